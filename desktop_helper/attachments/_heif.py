"""HEIC, as telephones write it: boxes that say which pieces of HEVC make up the picture, and how it is turned.

FFmpeg decodes the pieces; it does not put the tiles together that nearly all of these files consist of.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_helper.attachments import _boxes, _coded
from desktop_helper.attachments._boxes import Box, Item

if TYPE_CHECKING:
    from PIL import Image

BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx")
CODECS = {b"hvc1": ("hevc", b"hvcC"), b"av01": ("av1", b"av1C")}
MAX_TILES = 4096
MAX_DEPTH = 4  # a picture that is another one, turned, which is a grid
ALPHA = (b"urn:mpeg:hevc:2015:auxid:1", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha")


def looks_like_one(head: bytes) -> bool:
    """Whether a file that begins with `head` is one."""
    return head[4:8] == b"ftyp" and head[8:12] in BRANDS


@dataclass
class Heif:
    """A file whose boxes were read, and no pixel. Whatever is wrong with it raises ValueError, or what FFmpeg raises.

    Args:
        data: the whole file.
    """

    data: bytes = field(repr=False)

    def __post_init__(self) -> None:
        self._items, primary = _boxes.items(self.data)
        if primary not in self._items:
            raise ValueError("no picture")
        shown = [item.number for item in self._items.values() if self._is_shown(item)]
        self.pictures = [primary, *(number for number in shown if number != primary)]

    @property
    def size(self) -> tuple[int, int]:
        """Of the first picture, as it is stored."""
        return self._items[self.pictures[0]].size

    @property
    def width(self) -> int:
        """Of the first picture."""
        return self.size[0]

    @property
    def height(self) -> int:
        """Of the first picture."""
        return self.size[1]

    def picture(self, place: int = 0) -> Image.Image:
        """One of `pictures`: upright, RGB or with transparency."""
        item = self._items[self.pictures[place]]
        image = self._decoded(item, MAX_DEPTH)
        alpha = next((other for other in self._items.values() if self._is_alpha_of(other, item)), None)
        if alpha is not None:
            mask = self._decoded(alpha, MAX_DEPTH).convert("L")
            image.putalpha(mask if mask.size == image.size else mask.resize(image.size))
        profile = next((box.body[4:] for box in item.all(b"colr") if box.body[:4] in (b"prof", b"rICC")), b"")
        if profile:
            image.info["icc_profile"] = profile
        return image

    def _is_shown(self, item: Item) -> bool:
        if item.hidden or item.kind not in (*CODECS, b"grid", b"iden"):
            return False
        pieces = {to for other in self._items.values() for to in other.refers(b"dimg")}
        return item.number not in pieces and not item.refers(b"auxl") and not item.refers(b"thmb")

    def _is_alpha_of(self, other: Item, item: Item) -> bool:
        kinds = [box.body[4:].split(b"\0")[0] for box in other.all(b"auxC")]
        return item.number in other.refers(b"auxl") and any(kind in ALPHA for kind in kinds)

    def _decoded(self, item: Item, depth: int) -> Image.Image:
        if depth == 0:
            raise ValueError("pictures within pictures")
        if item.kind == b"grid":
            image = self._grid(item, depth)
        elif item.kind == b"iden":
            image = self._decoded(self._item(item.refers(b"dimg")[0]), depth - 1)
        else:
            image = self._coded(item)
        return _transformed(image, item)

    def _grid(self, item: Item, depth: int) -> Image.Image:
        from PIL import Image

        rows, columns, width, height = _grid_shape(item.content)
        tiles = item.refers(b"dimg")
        if (width, height) != item.size or rows * columns > MAX_TILES or len(tiles) < rows * columns:
            raise ValueError("the grid contradicts itself")
        paper = Image.new("RGB", (width, height))
        for place, number in enumerate(tiles[: rows * columns]):
            tile = self._decoded(self._item(number), depth - 1)
            row, column = divmod(place, columns)
            paper.paste(tile, (column * tile.width, row * tile.height))
        return paper

    def _item(self, number: int) -> Item:
        try:
            return self._items[number]
        except KeyError:
            raise ValueError("a piece is missing") from None

    def _coded(self, item: Item) -> Image.Image:
        codec, setup = CODECS.get(item.kind, ("", b""))
        if not codec:
            raise ValueError("an unusual kind of picture")
        width, height = item.size
        image = _coded.decoded(codec, next(item.all(setup)).body, item.content, width * height)
        if image.size == (width, height):
            return image
        return image.crop((0, 0, min(width, image.width), min(height, image.height)))


def _grid_shape(data: bytes) -> tuple[int, int, int, int]:
    """Rows, columns, width and height."""
    _version, flags, rows, columns = data[:4]
    width, height = struct.unpack_from(">II" if flags & 1 else ">HH", data, 4)
    return rows + 1, columns + 1, width, height


def _transformed(image: Image.Image, item: Item) -> Image.Image:
    """Cropped, turned and mirrored, in the order that the file says."""
    from PIL import Image

    turns = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}
    mirrors = (Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM)
    for box in item.properties:
        if box.kind == b"irot" and box.body[0] & 3:
            image = image.transpose(turns[box.body[0] & 3])
        elif box.kind == b"imir":
            image = image.transpose(mirrors[1 - (box.body[0] & 1)])
        elif box.kind == b"clap":
            image = image.crop(_clean_part(box, *image.size))
    return image


def _clean_part(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    numbers = struct.unpack_from(">8i", box.body)
    pairs: Iterator[tuple[int, int]] = zip(numbers[::2], numbers[1::2], strict=True)
    wide, high, right, down = (over / under for over, under in pairs)
    left, top = (width - wide) / 2 + right, (height - high) / 2 + down
    return max(0, round(left)), max(0, round(top)), min(width, round(left + wide)), min(height, round(top + high))
