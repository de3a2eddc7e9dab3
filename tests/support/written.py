"""Pictures with text on them, drawn with the font that is part of Pillow: every machine has it."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageDraw, ImageFont

from tests.support.sample_files import encoded

PAPER, INK = (255, 255, 255), (20, 20, 24)
Place = tuple[int, int, str]


def picture(
    texts: Iterable[Place],
    size: tuple[int, int] = (640, 360),
    points: float = 22,
    colours: tuple[tuple[int, int, int], tuple[int, int, int]] = (PAPER, INK),
) -> Image.Image:
    """`texts` with the upper left corner of each, on paper of one colour."""
    paper, ink = colours
    image = Image.new("RGB", size, paper)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(points)
    for x, y, text in texts:
        draw.text((x, y), text, ink, font)
    return image


def png(texts: Iterable[Place], size: tuple[int, int] = (640, 360), points: float = 22) -> bytes:
    """The same as a file."""
    return encoded(picture(texts, size, points), "PNG")
