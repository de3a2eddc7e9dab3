"""Which part of the desktop, for `ask`, `shot` and `record`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from desktop_helper.cli._arguments import ALL_SCREENS, screen_number
from desktop_helper.cli._arguments import region as region_argument
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Capturer, Frame, Screen

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

_OURS = "Desktop Helper"  # in the title of each window of ours


def add(parser: argparse.ArgumentParser) -> None:
    """Add `--screen`, `--region` and `--window`, of which one may be given."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--screen",
        metavar="N",
        nargs="?",
        type=screen_number,
        help=tr("a screen; the main one without N; “all” for all of them"),
    )
    what.add_argument("--region", metavar="X,Y,W,H", type=region_argument, help=tr("a part of the desktop, in pixels"))
    what.add_argument("--window", metavar="TITLE", help=tr("the topmost window with TITLE in its title"))


@contextmanager
def opened(services: Services, window: str | None = None) -> Iterator[Capturer]:
    """A capturer for one picture, in which windows of a running instance are not, unless one of them is the `window`.

    Raises `HelperError(CAPTURE)`.
    """
    from desktop_helper.services.stand_aside import own_windows_aside

    wanted = (window or "").strip().casefold()
    ours = wanted and (wanted in _OURS.casefold() or _OURS.casefold() in wanted)
    capturer = services.capture()
    try:
        with nullcontext() if ours else own_windows_aside(services.paths.socket_path):
            yield capturer
    finally:
        capturer.close()


def area(arguments: argparse.Namespace, capturer: Capturer) -> Rect:
    """What these options name; the primary screen if none is given. Raises `HelperError(CAPTURE)`."""
    if arguments.region is not None:
        chosen: Rect = arguments.region
        return chosen
    if arguments.window is not None:
        return window(capturer, arguments.window)
    return _chosen(capturer.screens(), arguments.screen)


def screen(capturer: Capturer, number: int | None) -> Frame:
    """All of one screen; without a number, of the primary one. Raises `HelperError(CAPTURE)`."""
    return capturer.grab(_chosen(capturer.screens(), number))


def region(capturer: Capturer, rect: Rect) -> Frame:
    """Part of the desktop, in physical pixels. Raises `HelperError(CAPTURE)`."""
    return capturer.grab(rect)


def window(capturer: Capturer, title: str) -> Rect:
    """Where the topmost window is whose title contains `title`, whatever its case. Raises `HelperError(CAPTURE)`."""
    wanted = title.strip().casefold()
    windows = capturer.windows()
    if not windows:
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("No window is open here, or this desktop tells no program about its windows."),
            tr("Name a part of the screen with --region, or a screen with --screen."),
        )
    found = next((one for one in windows if wanted and wanted in one.title.casefold()), None)
    if found is None:
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("No visible window has “{title}” in its title.", title=title),
            tr("Write a part of the title as its title bar shows it."),
        )
    visible = [part for one in capturer.screens() if (part := found.rect.intersected(one.rect)) is not None]
    if not visible:
        raise HelperError(ErrorKind.CAPTURE, tr("That window lies outside every screen."), tr("Move it back."))
    return Rect.around(visible)


def _chosen(screens: list[Screen], number: int | None) -> Rect:
    if number is None:
        return next((one for one in screens if one.primary), screens[0]).rect
    if number == ALL_SCREENS:
        return Rect.around([one.rect for one in screens])
    found = next((one for one in screens if one.index == number), None)
    if found is None:
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("There is no screen {number}.", number=number),
            tr("The screens are numbered from 1 to {last}; “all” takes all of them.", last=len(screens))
            if len(screens) > 1
            else tr("There is only one here: leave the number out."),
        )
    return found.rect
