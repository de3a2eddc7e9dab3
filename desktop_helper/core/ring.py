"""What is kept of the last seconds: what `services.ring` and the process that keeps them tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop_helper.core.geometry import Rect

MAX_BYTES = 48 * 1000 * 1000  # of all areas together; what is older than fits is forgotten early


@dataclass(frozen=True, slots=True)
class RingSpec:
    """What to keep in memory.

    Args:
        areas: of the desktop, in the units of `Capturer.grab`; a clip shows one of them.
        seconds: what is older is forgotten.
        fps: how often to look; what has not changed costs next to nothing.
        pointer: draw the mouse pointer, and a ring around it where a button is pressed.
        max_bytes: of pictures that are kept; then fewer seconds are.
    """

    areas: tuple[Rect, ...]
    seconds: float = 30.0
    fps: float = 5.0
    pointer: bool = True
    max_bytes: int = MAX_BYTES

    def to_header(self) -> dict[str, Any]:
        """As a part of a frame's header."""
        return {
            "areas": described(self.areas),
            "seconds": self.seconds,
            "fps": self.fps,
            "pointer": self.pointer,
            "max_bytes": self.max_bytes,
        }

    @classmethod
    def from_header(cls, header: Mapping[str, Any]) -> RingSpec:
        """The spec that `to_header` described."""
        areas = rects(header["areas"]) or ()
        return cls(areas, header["seconds"], header["fps"], header["pointer"], header["max_bytes"])


def described(areas: tuple[Rect, ...] | None) -> list[list[int]] | None:
    """Rectangles as they stand in a header; None stays None."""
    return None if areas is None else [[area.x, area.y, area.width, area.height] for area in areas]


def rects(found: list[list[int]] | None) -> tuple[Rect, ...] | None:
    """What `described` made."""
    return None if found is None else tuple(Rect(*one) for one in found)
