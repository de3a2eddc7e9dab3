"""Draws the sample pictures of the app: scenes like those that are learned, but clean and twice as large.

    python -m training.samples resources/samples

They are 896 x 504, which the app makes half as large for the model: 16 x 9 tokens, the largest size that it is taught.
The questions are in `resources/samples/samples.toml`; `tests/unit/training/test_samples.py` knows the answers.
"""

from __future__ import annotations

import argparse
import colorsys
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from training.things import BUTTON, CHECKBOX, COLOURS, FIELD, KINDS, SHADES, Box, Thing

SIZE = (448, 252)  # in which things are placed
ENLARGED = 2
_FINE = 4  # times more pixels while it is drawn
_UNIT = ENLARGED * _FINE
_PAPER, _BAR, _INK = (250, 250, 251), (224, 226, 230), (150, 152, 158)
Rgb = tuple[int, int, int]


def _thing(colour: str, kind: str, box: Box) -> Thing:
    kinds, colours = [word.english for word in KINDS], [word.english for word in COLOURS]
    return Thing(kinds.index(kind), colours.index(colour), box)


SHAPES = (
    _thing("red", "circle", (38, 44, 112, 118)),
    _thing("blue", "star", (262, 128, 346, 212)),
    _thing("green", "triangle", (150, 136, 222, 208)),
    _thing("yellow", "square", (196, 34, 256, 94)),
    _thing("purple", "cross", (346, 36, 412, 102)),
)
FORM = (
    _thing("purple", "field", (40, 62, 196, 92)),
    _thing("green", "checkbox", (40, 126, 64, 150)),
    _thing("orange", "star", (326, 56, 394, 124)),
    _thing("blue", "button", (40, 188, 140, 222)),
    _thing("red", "button", (300, 188, 400, 222)),
)
STARS = (
    _thing("orange", "star", (44, 40, 112, 108)),
    _thing("blue", "star", (300, 140, 368, 208)),
    _thing("green", "star", (330, 42, 398, 110)),
    _thing("purple", "circle", (60, 146, 122, 208)),
    _thing("yellow", "square", (196, 36, 254, 94)),
)
LABELS = {"blue": "Open file", "red": "Delete"}


def shapes() -> Image.Image:
    """Five shapes."""
    return _finished(_Sheet(_PAPER), SHAPES)


def form() -> Image.Image:
    """What looks like a window with a field, a checkbox and two buttons."""
    sheet = _Sheet(_PAPER)
    sheet.bar(26, _BAR)
    sheet.line((14, 13), (96, 13), 3, _INK)
    sheet.line((78, 138), (168, 138), 3, _INK)
    return _finished(sheet, FORM)


def stars() -> Image.Image:
    """Three stars among other things."""
    return _finished(_Sheet((240, 240, 242)), STARS)


PICTURES = {"shapes": (shapes, SHAPES), "form": (form, FORM), "stars": (stars, STARS)}


class _Sheet:
    """Draws with coordinates of `SIZE`."""

    def __init__(self, paper: Rgb) -> None:
        self.image = Image.new("RGB", (SIZE[0] * _UNIT, SIZE[1] * _UNIT), paper)
        self._draw = ImageDraw.Draw(self.image)

    def bar(self, depth: float, colour: Rgb) -> None:
        """A strip along the upper edge."""
        self._draw.rectangle((0, 0, self.image.width, depth * _UNIT), colour)

    def line(self, begin: tuple[float, float], end: tuple[float, float], width: float, colour: Rgb) -> None:
        """With round ends."""
        around = width / 2
        low, high = (begin[0] - around, begin[1] - around), (end[0] + around, end[1] + around)
        self.rounded((*low, *high), around, fill=colour)

    def rounded(
        self, box: Box, radius: float, *, fill: Rgb | None = None, edge: Rgb | None = None, width: float = 0
    ) -> None:
        """A rectangle with round corners."""
        self._draw.rounded_rectangle(_scaled(box), radius * _UNIT, fill, edge, round(width * _UNIT))

    def circle(self, box: Box, colour: Rgb) -> None:
        """It fills the box."""
        self._draw.ellipse(_scaled(box), colour)

    def polygon(self, corners: Sequence[tuple[float, float]], colour: Rgb) -> None:
        """Filled."""
        self._draw.polygon([(x * _UNIT, y * _UNIT) for x, y in corners], colour)

    def strokes(self, corners: Sequence[tuple[float, float]], width: float, colour: Rgb) -> None:
        """Lines from corner to corner."""
        self._draw.line([(x * _UNIT, y * _UNIT) for x, y in corners], colour, round(width * _UNIT), "curve")

    def text(self, text: str, box: Box, height: float, colour: Rgb) -> None:
        """In the middle of the box, in the font that comes with Pillow."""
        middle = (box[0] + box[2]) / 2 * _UNIT, (box[1] + box[3]) / 2 * _UNIT
        self._draw.text(middle, text, colour, ImageFont.load_default(height * _UNIT), "mm")


def _finished(sheet: _Sheet, things: Sequence[Thing]) -> Image.Image:
    for thing in things:
        _DRAWN.get(KINDS[thing.kind].english, _polygon)(sheet, thing)
    size = SIZE[0] * ENLARGED, SIZE[1] * ENLARGED
    return sheet.image.resize(size, Image.Resampling.LANCZOS)


def _circle(sheet: _Sheet, thing: Thing) -> None:
    sheet.circle(thing.box, _colour(thing))


def _square(sheet: _Sheet, thing: Thing) -> None:
    sheet.polygon(_corners(thing.box, [(0, 0), (1, 0), (1, 1), (0, 1)]), _colour(thing))


def _polygon(sheet: _Sheet, thing: Thing) -> None:
    near, far = 0.34, 0.66
    turns = [-math.pi / 2 + index * math.pi / 5 for index in range(10)]
    spikes = [(math.cos(turn) * (0.4, 1)[index % 2 == 0], math.sin(turn) * (0.4, 1)[index % 2 == 0])
              for index, turn in enumerate(turns)]  # fmt: skip
    wide, high = max(x for x, _ in spikes), (min(y for _, y in spikes), max(y for _, y in spikes))
    outlines = {
        "triangle": [(0.5, 0.0), (1.0, 1.0), (0.0, 1.0)],
        "star": [((x + wide) / (2 * wide), (y - high[0]) / (high[1] - high[0])) for x, y in spikes],
        "cross": [(near, 0), (far, 0), (far, near), (1, near), (1, far), (far, far),
                  (far, 1), (near, 1), (near, far), (0, far), (0, near), (near, near)],
    }  # fmt: skip
    sheet.polygon(_corners(thing.box, outlines[KINDS[thing.kind].english]), _colour(thing))


def _button(sheet: _Sheet, thing: Thing) -> None:
    sheet.rounded(thing.box, 5, fill=_colour(thing))
    sheet.text(LABELS[COLOURS[thing.colour].english], thing.box, 14, (255, 255, 255))


def _field(sheet: _Sheet, thing: Thing) -> None:
    sheet.rounded(thing.box, 2, fill=(255, 255, 255), edge=_colour(thing), width=2)
    left, top, _right, bottom = thing.box
    sheet.line((left + 12, (top + bottom) / 2), (left + 78, (top + bottom) / 2), 3, _INK)


def _checkbox(sheet: _Sheet, thing: Thing) -> None:
    sheet.rounded(thing.box, 3, fill=_colour(thing))
    sheet.strokes(_corners(thing.box, [(0.22, 0.52), (0.42, 0.74), (0.80, 0.28)]), 2.6, (255, 255, 255))


_DRAWN = {
    "circle": _circle,
    "square": _square,
    KINDS[BUTTON].english: _button,
    KINDS[FIELD].english: _field,
    KINDS[CHECKBOX].english: _checkbox,
}


def _scaled(box: Box) -> tuple[float, float, float, float]:
    return box[0] * _UNIT, box[1] * _UNIT, box[2] * _UNIT, box[3] * _UNIT


def _corners(box: Box, shares: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    left, top, right, bottom = box
    return [(left + x * (right - left), top + y * (bottom - top)) for x, y in shares]


def _colour(thing: Thing) -> Rgb:
    """The middle of what is called so."""
    hue, saturation, lightness = (sum(limits) / 2 for limits in SHADES[thing.colour])
    red, green, blue = colorsys.hls_to_rgb(hue / 360 % 1, lightness, saturation)
    return round(red * 255), round(green * 255), round(blue * 255)


def main() -> None:
    """Write them into a folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, (draw, _things) in PICTURES.items():
        draw().quantize(128, dither=Image.Dither.NONE).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
