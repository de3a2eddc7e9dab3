"""Pictures of the screen for `ask` and `shot`."""

from __future__ import annotations

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Capturer, Frame, Screen


def screen(capturer: Capturer, number: int | None) -> Frame:
    """All of one screen; without a number, of the primary one. Raises `HelperError(CAPTURE)`."""
    return capturer.grab(_chosen(capturer.screens(), number).rect)


def region(capturer: Capturer, rect: Rect) -> Frame:
    """Part of the desktop, in physical pixels. Raises `HelperError(CAPTURE)`."""
    return capturer.grab(rect)


def window(capturer: Capturer, title: str) -> Frame:
    """The topmost window whose title contains `title`, whatever its case. Raises `HelperError(CAPTURE)`."""
    wanted = title.casefold()
    found = next((one for one in capturer.windows() if wanted in one.title.casefold()), None)
    if found is None:
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("No visible window has “{title}” in its title.", title=title),
            tr("Write a part of the title as its title bar shows it."),
        )
    visible = [part for one in capturer.screens() if (part := found.rect.intersected(one.rect)) is not None]
    if not visible:
        raise HelperError(ErrorKind.CAPTURE, tr("That window lies outside every screen."), tr("Move it back."))
    return capturer.grab(_around(visible))


def _chosen(screens: list[Screen], number: int | None) -> Screen:
    if number is None:
        return next((one for one in screens if one.primary), screens[0])
    found = next((one for one in screens if one.index == number), None)
    if found is None:
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("There is no screen {number}.", number=number),
            tr("The screens are numbered from 1 to {count}.", count=len(screens)),
        )
    return found


def _around(parts: list[Rect]) -> Rect:
    x, y = min(part.x for part in parts), min(part.y for part in parts)
    return Rect(x, y, max(part.right for part in parts) - x, max(part.bottom for part in parts) - y)
