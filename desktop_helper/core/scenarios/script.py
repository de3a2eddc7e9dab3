"""What a server does, as data."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

STREAM_TYPE = "text/event-stream"
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause."""

    seconds: float


class Halt(StrEnum):
    """After it, nothing of the reply follows."""

    HANG = "hang"  # until the client goes away
    CUT = "cut"  # the connection is reset


Step = bytes | Wait | Halt


class Connection(StrEnum):
    """How far a client gets before HTTP begins."""

    OPEN = "open"
    REFUSED = "refused"  # nobody listens
    UNKNOWN_NAME = "unknown-name"  # no such host
    UNKNOWN_CA = "unknown-ca"  # TLS, with a certificate that nobody vouches for
    NO_TLS = "no-tls"  # the address says https, the server does not
    PROXY_REFUSES = "proxy-refuses"  # the way leads through a proxy that says no
    PROXY_ASKS = "proxy-asks"  # the same with one that wants a password
    PROXY_DOWN = "proxy-down"  # the same with one that is not there


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server does with one request.

    Args:
        steps: the body.
        status, headers: of HTTP.
        before: what happens before the status line is sent.
        chunked: the body comes in chunks as it is made; else its length is told ahead.
    """

    steps: tuple[Step, ...]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    chunked: bool = True

    def filled(self, places: Mapping[str, str]) -> Reply:
        """The same with `{name}` replaced by what `places` has for it, in the body and in the headers."""
        headers = {name: _filled(value.encode(), places).decode() for name, value in self.headers.items()}
        steps = tuple(_filled(step, places) if isinstance(step, bytes) else step for step in self.steps)
        return replace(self, steps=steps, headers=headers)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A server in one mood.

    Args:
        name: `dialect/fault`, as it is asked for.
        about: one sentence for people.
        provider: the provider file for servers of this kind.
        model: the id of the model that it has.
        models: what it lists; None if it has no such list.
        replies: to the first chat request, the second and so on; the last one is repeated.
        connection: what comes before HTTP.
    """

    name: str
    about: str
    provider: str
    model: str
    models: tuple[str, ...] | None
    replies: tuple[Reply, ...]
    connection: Connection = Connection.OPEN

    def reply(self, number: int) -> Reply:
        """To the chat request of that number, counted from 0."""
        return self.replies[min(number, len(self.replies) - 1)]


def recut(steps: tuple[Step, ...], size: int) -> Iterator[Step]:
    """The same bytes in pieces of `size`; pauses and faults stay where they are."""
    for are_bytes, group in itertools.groupby(steps, lambda step: isinstance(step, bytes)):
        if not are_bytes:
            yield from group
            continue
        whole = b"".join(step for step in group if isinstance(step, bytes))
        yield from (whole[at : at + size] for at in range(0, len(whole), size))


def zipped(steps: tuple[Step, ...]) -> Iterator[Step]:
    """The same as one gzip stream, each step of it readable as soon as it has arrived."""
    packer = zlib.compressobj(wbits=31)
    for step in steps:
        yield packer.compress(step) + packer.flush(zlib.Z_SYNC_FLUSH) if isinstance(step, bytes) else step
    yield packer.flush()


def _filled(data: bytes, places: Mapping[str, str]) -> bytes:
    for name, value in places.items():
        data = data.replace(b"{%s}" % name.encode(), value.encode())
    return data
