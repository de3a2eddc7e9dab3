"""No test reaches beyond this machine.

Unix sockets and loopback addresses are allowed. Anything else raises `NetworkRefused` at the call, and fails the test
even if the code under test swallows that error. Names under `.invalid` and `.test` resolve to nothing, as RFC 6761
promises, without asking a server: tests of unreachable hosts use them.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class NetworkRefused(OSError):
    """A test tried to reach another machine."""


def is_local(host: object) -> bool:
    """Whether `host` (a name or an address, as `socket` functions take it) is this machine."""
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if name in ("", "localhost", "0.0.0.0", "::"):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return name.endswith(".localhost")


def _is_reserved(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else str(host)
    return name.rstrip(".").endswith((".invalid", ".test"))


@contextmanager
def loopback_only() -> Iterator[list[str]]:
    """Refuse other machines inside the block; yields the list of what was refused."""
    refused: list[str] = []

    def refuse(what: str) -> None:
        refused.append(what)
        raise NetworkRefused(f"tests reach only this machine; refused: {what}")

    def guarded(method: Callable[..., Any], verb: str, address_at: int) -> Callable[..., Any]:
        def call(sock: socket.socket, *args: Any) -> Any:
            address = args[address_at]
            if sock.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
                refuse(f"{verb} {address[0]}:{address[1]}")
            return method(sock, *args)

        return call

    real_getaddrinfo = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if _is_reserved(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not is_local(host):
            refuse(f"resolve {host}")
        return real_getaddrinfo(host, *args, **kwargs)

    real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
    positions = {"connect": 0, "connect_ex": 0, "sendto": -1}
    try:
        for name, method in real.items():
            setattr(socket.socket, name, guarded(method, name, positions[name]))
        socket.getaddrinfo = getaddrinfo
        yield refused
    finally:
        for name, method in real.items():
            setattr(socket.socket, name, method)
        socket.getaddrinfo = real_getaddrinfo
