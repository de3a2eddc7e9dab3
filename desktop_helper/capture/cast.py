"""Recordings on Wayland where the compositor does not hand out its own pixels: GNOME, KDE and others.

The desktop lets the user choose what to share, through its ScreenCast portal, and sends pictures of that over PipeWire
when something changes. Single pictures are the Screenshot portal's (`portal.py`), whose coordinates are those of this
source as well. What takes the pictures is in `_cast_capturer`, which is not needed to know whether this works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_helper.capture._portal_support import availability
from desktop_helper.core.availability import Availability
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Capturer, CaptureSource
from desktop_helper.freedesktop.session import is_wayland

if TYPE_CHECKING:
    from desktop_helper.core.recording import RecordingSpec


def _availability() -> Availability:
    from desktop_helper.capture._libpipewire import is_there
    from desktop_helper.freedesktop.screen_cast import INTERFACE

    if is_wayland() and not is_there():
        return Availability(
            False,
            tr("There is no PipeWire library, through which the desktop hands over its pictures."),
            tr(
                "Install PipeWire: libpipewire-0.3-0 on Debian or Ubuntu, pipewire-libs on Fedora, libpipewire on Arch."
            ),
        )
    return availability(INTERFACE)


def _record(spec: RecordingSpec) -> Capturer:
    from desktop_helper.capture._cast_capturer import CastCapturer

    return CastCapturer(spec.area, pointer=spec.pointer, fps=spec.fps, consent=spec.consent)


def _create() -> Capturer:
    from desktop_helper.capture._cast_capturer import CastCapturer

    return CastCapturer()


SOURCE = CaptureSource(
    name="cast",
    availability=_availability,
    create=_create,
    suits=is_wayland,
    priority=5,
    stills=False,
    record=_record,
)
