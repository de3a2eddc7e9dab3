"""Frames over a byte stream: a JSON object and any number of binary payloads, all with their lengths in front.

    magic "DHF1" | header length u32 | number of payloads u32 | length of each payload u64 ... | header | payloads

Big-endian. Pictures and files travel as payloads, so nothing is base64-encoded on its way to a child process. Whoever
reads does not trust whoever writes: every length is checked against a limit before memory is taken for it.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any, Protocol

MAGIC = b"DHF1"
MAX_HEADER = 64 * 1024 * 1024
MAX_PAYLOADS = 4096
MAX_PAYLOAD_BYTES = 1024 * 1024 * 1024  # of all payloads of one frame together

_PREFIX = struct.Struct(">4sII")
_READ_SIZE = 1024 * 1024


class FrameError(Exception):
    """What was read is not a frame, or what should be written does not fit into one."""


class ByteReader(Protocol):
    """The part of a binary file that `read_frame` needs."""

    def read(self, size: int, /) -> bytes | None:
        """Up to `size` bytes; empty at the end."""
        ...


class ByteWriter(Protocol):
    """The part of a binary file that `write_frame` needs."""

    def write(self, data: bytes, /) -> int | None:
        """Take all of `data` (buffered files do)."""
        ...

    def flush(self) -> None:
        """Hand it on."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """One message between two processes (not to be confused with the pixels of `core.protocols.Frame`)."""

    header: dict[str, Any]
    payloads: tuple[bytes, ...] = ()

    @property
    def type(self) -> str:
        """The header's `type`, by which both sides tell frames apart; empty if there is none."""
        value = self.header.get("type", "")
        return value if isinstance(value, str) else ""


def write_frame(stream: ByteWriter, header: dict[str, Any], *payloads: bytes) -> None:
    """Write one frame and flush. Raises FrameError if it breaks a limit, OSError from the stream."""
    encoded = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    lengths = [len(payload) for payload in payloads]
    _check(len(encoded), len(lengths), sum(lengths))
    stream.write(_PREFIX.pack(MAGIC, len(encoded), len(lengths)) + struct.pack(f">{len(lengths)}Q", *lengths) + encoded)
    for payload in payloads:
        stream.write(payload)
    stream.flush()


def read_frame(stream: ByteReader) -> Frame | None:
    """The next frame, or None if the stream ends before one begins. Raises FrameError for anything else."""
    first = stream.read(_PREFIX.size)
    if not first:
        return None
    prefix = first + _read_exactly(stream, _PREFIX.size - len(first))
    magic, header_length, count = _PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise FrameError("not a frame")
    _check(header_length, count, 0)
    lengths = struct.unpack(f">{count}Q", _read_exactly(stream, 8 * count))
    _check(header_length, count, sum(lengths))
    header = _parse(_read_exactly(stream, header_length))
    return Frame(header, tuple(_read_exactly(stream, length) for length in lengths))


def _check(header_length: int, count: int, payload_bytes: int) -> None:
    if header_length > MAX_HEADER:
        raise FrameError(f"header of {header_length} bytes is over the limit")
    if count > MAX_PAYLOADS:
        raise FrameError(f"{count} payloads are over the limit")
    if payload_bytes > MAX_PAYLOAD_BYTES:
        raise FrameError(f"payloads of {payload_bytes} bytes are over the limit")


def _parse(encoded: bytes) -> dict[str, Any]:
    try:
        header = json.loads(encoded)
    except (ValueError, RecursionError) as error:
        raise FrameError("header is not JSON") from error
    if not isinstance(header, dict):
        raise FrameError("header is not an object")
    return header


def _read_exactly(stream: ByteReader, size: int) -> bytes:
    """Read in pieces, so that a length that lies costs no more memory than what really arrives."""
    pieces = []
    missing = size
    while missing:
        piece = stream.read(min(missing, _READ_SIZE))
        if not piece:
            raise FrameError("the stream ended inside a frame")
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
