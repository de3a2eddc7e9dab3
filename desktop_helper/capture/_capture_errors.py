"""What capture sources say alike."""

from __future__ import annotations

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr


def outside(rect: Rect, desktop: Rect) -> HelperError:
    """A region that is not on the desktop."""
    return HelperError(
        ErrorKind.CAPTURE,
        tr(
            "The region {x},{y} with {width} × {height} pixels reaches outside the desktop.",
            x=rect.x,
            y=rect.y,
            width=rect.width,
            height=rect.height,
        ),
        tr(
            "The desktop begins at {x},{y} and has {width} × {height} pixels: give a region inside it.",
            x=desktop.x,
            y=desktop.y,
            width=desktop.width,
            height=desktop.height,
        ),
    )


def no_screen() -> HelperError:
    """A desktop without monitors."""
    return HelperError(ErrorKind.CAPTURE, tr("The system reports no screen."), tr("Connect a screen."))


def part_gone() -> HelperError:
    """A screen that was recorded, and that somebody has unplugged."""
    return HelperError(
        ErrorKind.CAPTURE,
        tr("The recording ended, since that part of the screen is no longer there."),
        tr("What was recorded until then is kept; connect the screen and record again."),
    )


def compositor_silent(error: OSError) -> HelperError:
    """A Wayland compositor that cannot be asked."""
    return HelperError(
        ErrorKind.CAPTURE,
        tr("The Wayland compositor does not answer: {detail}.", detail=error),
        tr("Start it inside a desktop session."),
    )
