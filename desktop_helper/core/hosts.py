"""Which servers are on this machine."""

from __future__ import annotations


def is_this_machine(host: str) -> bool:
    """Whether `host`, a name or an address, cannot be anywhere else.

    Of names only `localhost` itself: some resolvers ask the network for those below it.
    """
    import ipaddress

    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
