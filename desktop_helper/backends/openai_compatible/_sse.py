"""Server-sent events: bytes to the text of their `data` fields.

Not the decoder of the `openai` package: it hides comments (a server that says "still working" is not silent), gives up
on the rest of the body at `[DONE]` (so the connection could not be used again), and drops the last event of a server
that forgets the final blank line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

DONE = "[DONE]"
MAX_EVENT = 16 * 1024 * 1024  # bytes that are held and decoded at once


class GarbledError(Exception):
    """What came is not the protocol."""


class WebPageError(GarbledError):
    """What came is for a browser."""


class PackedError(Exception):
    """What came is compressed in a way that cannot be read."""


class EndlessError(Exception):
    """More came than any answer is long."""


def events(chunks: Iterable[bytes]) -> Iterator[str]:
    """The data of each event. A comment or an empty chunk of time yields an empty text: a sign of life."""
    data: list[str] = []
    size = 0
    for line in _lines(chunks):
        if line:
            if line.startswith(b"data:"):
                size += len(line)  # also of lines without text: there may be millions of them
                if size > MAX_EVENT:
                    raise EndlessError
                data.append(line[5:].removeprefix(b" ").decode("utf-8", "replace"))
            elif line.startswith(b":"):
                yield ""
        elif data:
            yield "\n".join(data)
            data, size = [], 0
    if data:
        yield "\n".join(data)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends, which are LF, CR or CRLF."""
    held = bytearray()
    after_cr = False
    for chunk in chunks:
        start = 1 if after_cr and chunk.startswith(b"\n") else 0  # the rest of a CRLF that was cut in two
        after_cr = chunk.endswith(b"\r") or (after_cr and not chunk)
        *ended, rest = chunk[start:].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in ended:
            yield bytes(held) + line
            held.clear()
        held += rest
        if len(held) > MAX_EVENT:
            raise EndlessError
    if held:
        yield bytes(held)
