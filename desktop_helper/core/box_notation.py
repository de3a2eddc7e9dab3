"""How models name places in a picture, and where in it those are.

Most count its width and its height as a fixed number, whatever it measures. Others count pixels: those of the picture
as they read it, which is the one that was sent, rounded to whole tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_helper.core.image_parts import Area
from desktop_helper.core.image_tokens import read_size
from desktop_helper.core.messages import ImagePart

Size = tuple[int, int]
_LEAST = 0.01  # of a picture's width and height that an area has at least


class TooSmallError(ValueError):
    """There is nothing to see in it."""


@dataclass(frozen=True, slots=True)
class BoxNotation:
    """One way to name places.

    Args:
        name: in provider files.
        unit: for a model.
        whole: what width and height count as; 0: as their pixels.
    """

    name: str
    unit: str
    whole: int

    @property
    def in_pixels(self) -> bool:
        """Whether nobody knows where a place is who does not know the size of the picture that was sent."""
        return not self.whole

    def area(self, box: Sequence[float], read: Size | None) -> Area:
        """Left, top, width and height as shares, of left, top, right and bottom. What lies outside is cut off.

        Args:
            box: what a model names.
            read: pixels of the picture as it reads it; only for a notation `in_pixels`.

        Raises `TooSmallError`, or ValueError for what is no box.
        """
        width, height = self.sides(read)
        left, top, right, bottom = map(float, box)
        left, right = (min(max(0.0, value), width) for value in (left, right))
        top, bottom = (min(max(0.0, value), height) for value in (top, bottom))
        if right - left < _LEAST * width or bottom - top < _LEAST * height:
            raise TooSmallError
        return left / width, top / height, (right - left) / width, (bottom - top) / height

    def sides(self, read: Size | None) -> Size:
        """What width and height of a picture count as. Raises ValueError `in_pixels` if nobody says how it is read."""
        if not self.in_pixels:
            return self.whole, self.whole
        if read is None:
            raise ValueError("pixels of what?")
        return read


THOUSANDTHS = BoxNotation("thousandths", "thousandths", 1000)
USUAL = THOUSANDTHS  # of every GLM-V, and understood by others
NOTATIONS = {
    known.name: known
    for known in (
        THOUSANDTHS,
        BoxNotation("percent", "hundredths", 100),
        BoxNotation("shares", "shares", 1),
        BoxNotation("pixels", "pixels", 0),
    )
}


def as_read(picture: ImagePart) -> Size:
    """The pixels of a picture that was sent, as the model counts them."""
    return read_size(picture.width, picture.height)
