"""Which part of the desktop each shared screen is. Plain arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop_helper.capture._wayland_outputs import Output
from desktop_helper.core.geometry import Rect

Size = tuple[int, int]
Placed = tuple[Output, Rect]


def screen_of(told: Rect | None, size: Size, placed: Sequence[Placed]) -> Placed | None:
    """Which screen is shared; None if that cannot be said.

    Desktops differ in what they tell: places in their own units or in pixels, always 0, 0, or none at all. So the
    surest sign that only one screen bears counts.

    Args:
        told: by the portal.
        size: pixels across and down of its pictures.
        placed: all screens.
    """
    signs: list[Callable[[Output], bool]] = []
    if told is not None:
        signs += [
            lambda output: output.logical == told,
            lambda output: _corner(output.logical) == _corner(told) and output.pixels == size,
        ]
    signs += [lambda output: output.pixels == size]
    if told is not None:
        signs += [
            lambda output: _size(output.logical) == _size(told),
            lambda output: _corner(output.logical) == _corner(told),
        ]
    signs += [lambda _output: True]
    for sign in signs:
        found = [screen for screen in placed if sign(screen[0])]
        if len(found) == 1:
            return found[0]
    return None


def unshared(area: Rect, shared: Sequence[str], placed: Sequence[Placed]) -> list[str]:
    """The names of the screens with a part of `area` that are not among those `shared`."""
    return [
        output.name for output, place in placed if place.intersected(area) is not None and output.name not in shared
    ]


def _corner(rect: Rect) -> Size:
    return rect.x, rect.y


def _size(rect: Rect) -> Size:
    return rect.width, rect.height
