"""The boxes of an ISO media file that say where its pictures are. Whatever contradicts itself raises ValueError."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_ITEMS = 20_000
MAX_EXTENTS = 4096


@dataclass(frozen=True, slots=True)
class Box:
    """A kind of four letters and what is in it."""

    kind: bytes
    body: bytes = field(repr=False)


@dataclass(slots=True)
class Item:
    """A picture, a piece of one, or something about one.

    Args:
        number: by which others refer to it.
        kind: four letters, e.g. `hvc1` or `grid`.
        hidden: it is not for itself.
        properties: in their order.
        references: kind, and the numbers that it refers to.
        content: its bytes.
    """

    number: int
    kind: bytes
    hidden: bool = False
    properties: list[Box] = field(default_factory=list)
    references: list[tuple[bytes, list[int]]] = field(default_factory=list)
    content: bytes = b""

    @property
    def size(self) -> tuple[int, int]:
        """As it is declared."""
        for box in self.all(b"ispe"):
            width, height = struct.unpack_from(">II", box.body, 4)
            if width and height:
                return width, height
        raise ValueError("no size")

    def all(self, kind: bytes) -> Iterator[Box]:
        """Its properties of a kind."""
        return (box for box in self.properties if box.kind == kind)

    def refers(self, kind: bytes) -> list[int]:
        """To which items."""
        return [number for one, numbers in self.references if one == kind for number in numbers]


class Reader:
    """Numbers from bytes, one after the other."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def number(self, size: int) -> int:
        """Of so many bytes; none is 0."""
        piece = self.take(size)
        return int.from_bytes(piece, "big")

    def take(self, size: int) -> bytes:
        """The next bytes."""
        if size < 0 or self.at + size > len(self.data):
            raise ValueError("it breaks off")
        self.at += size
        return self.data[self.at - size : self.at]


def boxes(data: bytes) -> Iterator[Box]:
    """Those that `data` consists of."""
    reader = Reader(data)
    while reader.at + 8 <= len(data):
        start, size, kind = reader.at, reader.number(4), reader.take(4)
        if size == 1:
            size = reader.number(8)
        elif size == 0:
            size = len(data) - start
        yield Box(kind, reader.take(size - (reader.at - start)))


def items(data: bytes) -> tuple[dict[int, Item], int]:
    """All items by their numbers, and the number of the one that the file is about."""
    meta = next((box for box in boxes(data) if box.kind == b"meta"), None)
    if meta is None:
        raise ValueError("no pictures are described")
    inside = {box.kind: box.body for box in boxes(meta.body[4:])}
    for kind in (b"pitm", b"iinf", b"iloc", b"iprp"):
        if kind not in inside:
            raise ValueError("half of the description is missing")
    found = {item.number: item for item in _described(inside[b"iinf"])}
    _add_properties(found, inside[b"iprp"])
    _add_references(found, inside.get(b"iref", b""))
    _add_bytes(found, inside[b"iloc"], data, inside.get(b"idat", b""))
    return found, Reader(inside[b"pitm"], 4).number(2 if inside[b"pitm"][0] == 0 else 4)


def _described(body: bytes) -> Iterator[Item]:
    entries = list(boxes(body[6 if body[0] == 0 else 8 :]))
    if len(entries) > MAX_ITEMS:
        raise ValueError("too many items")
    for entry in entries:
        version, flags = entry.body[0], entry.body[3]
        if entry.kind == b"infe" and version >= 2:
            reader = Reader(entry.body, 4)
            number, _protection = reader.number(2 if version == 2 else 4), reader.number(2)
            yield Item(number, reader.take(4), hidden=bool(flags & 1))


def _add_properties(found: dict[int, Item], body: bytes) -> None:
    inside = list(boxes(body))
    known = list(boxes(next(box.body for box in inside if box.kind == b"ipco")))
    for box in (box for box in inside if box.kind == b"ipma"):
        reader = Reader(box.body, 4)
        wide = box.body[3] & 1
        for _ in range(reader.number(4)):
            number = reader.number(2 if box.body[0] == 0 else 4)
            for _ in range(reader.number(1)):
                index = reader.number(2) & 0x7FFF if wide else reader.number(1) & 0x7F
                if number in found and 0 < index <= len(known):
                    found[number].properties.append(known[index - 1])


def _add_references(found: dict[int, Item], body: bytes) -> None:
    size = 2 if body[:1] == b"\0" else 4
    for box in boxes(body[4:]):
        reader = Reader(box.body)
        number = reader.number(size)
        targets = [reader.number(size) for _ in range(reader.number(2))]
        if number in found:
            found[number].references.append((box.kind, targets))


def _add_bytes(found: dict[int, Item], body: bytes, data: bytes, local: bytes) -> None:
    version, reader = body[0], Reader(body, 4)
    sizes = reader.number(2)
    offset, length, base, index = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15 if version else 0
    for _ in range(reader.number(2 if version < 2 else 4)):
        number = reader.number(2 if version < 2 else 4)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)  # other files are none of ours
        start, pieces = reader.number(base), []
        source = local if method == 1 else data
        extents = reader.number(2)
        if extents > MAX_EXTENTS:
            raise ValueError("too many pieces")
        for _ in range(extents):
            reader.number(index)
            at, size = start + reader.number(offset), reader.number(length)
            pieces.append((at, size or len(source) - at))
        if number in found and method < 2:
            # Pieces that overlap could grow without end: no item is larger than its file.
            if sum(size for _, size in pieces) > len(source):
                raise ValueError("it breaks off")
            found[number].content = b"".join(Reader(source, at).take(size) for at, size in pieces)
