"""Addresses of servers: which are on this machine, and what of them may be shown."""

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


def shown(url: str) -> str:
    """`url` without the name and the password that somebody may have written into it."""
    import re

    return re.sub(r"//[^/]*@", "//…@", url)
