"""What every source needs that asks the desktop's portal."""

from __future__ import annotations

import importlib.util
from contextlib import closing

from desktop_helper.capture import _capture_errors
from desktop_helper.capture._wayland_outputs import Output, on_one_desktop, outputs
from desktop_helper.capture._wayland_wire import Connection
from desktop_helper.core.availability import Availability
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.freedesktop import portal as desktop_portal
from desktop_helper.freedesktop.session import is_wayland


def availability(interface: str) -> Availability:
    """Whether there is a compositor, which knows the screens, and a portal with `interface`."""
    if not is_wayland():
        return Availability(
            False, tr("This is no Wayland session."), tr("Nothing is needed: other ways to take pictures are used.")
        )
    if importlib.util.find_spec("jeepney") is None:
        return Availability(
            False, tr("The package jeepney is not installed."), tr("Run installers/from_source.py setup.")
        )
    try:
        Connection().close()
    except OSError as error:
        refusal = _capture_errors.compositor_silent(error)
        return Availability(False, refusal.message, refusal.fix)
    return desktop_portal.availability(interface)


def placed() -> list[tuple[Output, Rect]]:
    """All screens, where the Screenshot portal shows them. Raises `HelperError(CAPTURE)`."""
    try:
        with closing(Connection()) as connection:
            found = outputs(connection)
    except OSError as error:
        raise _capture_errors.compositor_silent(error) from error
    if not found:
        raise _capture_errors.no_screen()
    return on_one_desktop(found, true_size=False)
