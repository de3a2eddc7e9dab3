"""Model servers that play a part: each scenario is a file that says, byte by byte if need be, what a server does.

`script` is the data, `dialect` how a server writes what it says, `reading` makes both of the files in
`resources/scenarios`. `services.scenario_server` plays them over loopback, `backends.scripted` without any network.
"""
