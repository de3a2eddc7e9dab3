"""Spoils files so that readers get far: inside of zips, with right checksums, with numbers that matter."""

from __future__ import annotations

import gzip
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO

NUMBERS = (
    b"-1",
    b"0",
    b"1",
    b"2147483647",
    b"2147483648",
    b"4294967296",
    b"99999999999999999999",
    b"1e309",
    b"nan",
    b"",
)
WORDS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_NUMBER = re.compile(rb"\d+")
_ELEMENT = re.compile(rb"<[^<>]{1,200}>")
PNG = b"\x89PNG\r\n\x1a\n"


def mutated(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Another file, like `data` but for a few places. `others` are files to take pieces of."""
    if data.startswith(b"PK\x03\x04") and chance.random() < 0.75:
        return _in_zip(data, others, chance)
    if data.startswith(b"\x1f\x8b") and chance.random() < 0.75:
        return gzip.compress(spoilt(gzip.decompress(data), others, chance), 1)
    if data.startswith(PNG) and chance.random() < 0.75:
        return _in_png(data, others, chance)
    return spoilt(data, others, chance)


def spoilt(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """The bytes with one to eight mistakes."""
    content = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        if not content:
            break
        chance.choice(_DEEDS)(content, others, chance)
    return bytes(content)


def _in_zip(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as archive, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        members = archive.namelist()
        chosen = set(chance.sample(members, min(len(members), chance.choice((1, 1, 1, 2)))))
        for member in dict.fromkeys(members):
            content = archive.read(member)
            made.writestr(member, spoilt(content, others, chance) if member in chosen else content)
    return buffer.getvalue()


def _in_png(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Chunks keep right lengths and checksums."""
    pieces, at = [], len(PNG)
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        pieces.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += length + 12
    spoils = chance.randrange(len(pieces))
    made = [PNG]
    for number, (kind, content) in enumerate(pieces):
        body = spoilt(content, others, chance) if number == spoils else content
        made.append(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
    return b"".join(made)


Deed = Callable[[bytearray, Sequence[bytes], random.Random], None]


def _bit(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _byte(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    content[chance.randrange(len(content))] = chance.choice((0, 0xFF, 0x80, 0x7F, chance.randrange(256)))


def _head(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    """Heads say what is huge."""
    content[chance.randrange(min(len(content), 200))] = chance.choice((0, 0xFF, 0x80, 0x7F, chance.randrange(256)))


def _number(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    """Of two or four bytes."""
    kind = chance.choice(("<H", ">H", "<I", ">I"))
    at = chance.randrange(len(content))
    content[at : at + struct.calcsize(kind)] = struct.pack(
        kind, chance.choice(WORDS) % (1 << 8 * struct.calcsize(kind))
    )


def _written_number(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(content))
    found = _NUMBER.search(content, at, at + 20_000) or _NUMBER.search(content, 0, 20_000)
    if found:
        content[found.start() : found.end()] = chance.choice(NUMBERS)


def _element(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    """An XML tag is taken away, or comes a few times, or a thousand times."""
    at = chance.randrange(len(content))
    found = _ELEMENT.search(content, at, at + 20_000)
    if found:
        content[found.start() : found.end()] = found[0] * chance.choice((0, 2, 3, 1000))


def _removal(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(content))
    del content[at : at + chance.choice((1, 2, 4, 16, 300, len(content)))]


def _again(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    """A piece comes twice, or many times."""
    at, length = chance.randrange(len(content)), chance.choice((1, 4, 16, 300))
    content[at:at] = bytes(content[at : at + length]) * chance.choice((1, 1, 1, 3, 500))


def _foreign(content: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    """A piece of another file."""
    other = chance.choice(others)
    begin, length = chance.randrange(max(1, len(other))), chance.choice((4, 16, 300, 4000))
    at = chance.randrange(len(content))
    content[at : at + chance.choice((0, length))] = other[begin : begin + length]


_DEEDS: tuple[Deed, ...] = (_bit, _byte, _byte, _head, _number, _number, _written_number, _written_number, _element,
                            _removal, _again, _foreign)  # fmt: skip
