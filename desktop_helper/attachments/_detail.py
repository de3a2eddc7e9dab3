"""Pictures in full detail: a part of one, or all of one in several, each pixel for pixel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from desktop_helper.core import notes
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.image_parts import OVERLAP, OVERVIEW_TOKENS, Box, Wish, box_of, parts
from desktop_helper.core.image_tokens import MAX_SIDE, PATCH
from desktop_helper.core.messages import FilePart

if TYPE_CHECKING:
    from PIL import Image

MOST_ENLARGED = 3.0
BICUBIC = 3  # Pillow's number for it


def cropped(image: Image.Image, wish: Wish) -> Image.Image:
    """The part that is wanted."""
    return image if wish.area is None else _cut(image, box_of(wish.area, *image.size))


def enlarged(image: Image.Image, max_tokens: int) -> Image.Image:
    """A small one up to three times as large, as far as it may cost that."""
    most = math.sqrt(max_tokens * PATCH * PATCH / (image.width * image.height))
    factor = min(MOST_ENLARGED, most, (MAX_SIDE - 1) / max(image.size))
    if factor <= 1:
        return image
    return image.resize((round(image.width * factor), round(image.height * factor)), BICUBIC)


def in_several(image: Image.Image, name: str, max_tokens: int) -> list[tuple[str, Image.Image, int]]:
    """Names, pictures and what they may cost: all of it smaller, then its parts. Empty if there would be too many."""
    boxes = parts(*image.size, max_tokens)
    if not boxes:
        return []
    found = [(tr("{name}, all of it", name=name), image, min(max_tokens, OVERVIEW_TOKENS))]
    for number, box in enumerate(boxes, start=1):
        title = tr("{name}, part {number} of {count}", name=name, number=number, count=len(boxes))
        found.append((title, _cut(image, box), max_tokens))
    return found


def note(image: Image.Image, name: str, max_tokens: int) -> FilePart:
    """What the parts are, for the user and for the model."""
    boxes = parts(*image.size, max_tokens)
    columns, rows = (len({box[side] for box in boxes}) for side in (0, 1))
    size, count = f"{image.width} × {image.height}", len(boxes)
    shape = f"{columns} × {rows}"
    said = [
        tr("{name} measures {size} pixels. The first picture shows all of it, smaller.", name=name, size=size),
        tr("The next {count} show it in full detail, row by row ({shape}).", count=count, shape=shape),
        tr("Neighbours share {overlap} pixels.", overlap=OVERLAP),
    ]
    text = sentences(*said)
    return notes.note(tr("{name} in {count} parts", name=name, count=len(boxes)), text, fact=True)


def _cut(image: Image.Image, box: Box) -> Image.Image:
    left, top, width, height = box
    return image.crop((left, top, left + width, top + height))
