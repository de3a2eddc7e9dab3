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


def is_named(url: str) -> bool:
    """Whether a name or a password stands in `url` before the host."""
    return _name_in(url) is not None


def shown(url: str) -> str:
    """`url` without the name and the password that somebody may have written into it."""
    name = _name_in(url)
    return url if name is None else f"{url[: name.start]}…{url[name.stop :]}"


def escaped(url: str) -> str:
    """`url` as parsers understand it: a `/` in a password ends the host for them, and its beginning would be one."""
    from urllib.parse import quote

    name = _name_in(url)
    return url if name is None else url[: name.start] + quote(url[name], safe=":%@!$&'()*+,;=") + url[name.stop :]


def _name_in(url: str) -> slice | None:
    """Where it stands. The `@` of a path begins a segment (`/@user`), and before that is no colon."""
    import re

    scheme = re.match(r"([a-z][a-z0-9+.-]*:)?//", url, re.IGNORECASE)
    start = scheme.end() if scheme else 0
    before, at, _ = url[start:].rpartition("@")
    host = re.split("[/?#]", before, maxsplit=1)[0]
    in_path = before.endswith("/") and not re.search(r"[:@](?!.*\])", host)
    return slice(start, start + len(before)) if at and not in_path else None
