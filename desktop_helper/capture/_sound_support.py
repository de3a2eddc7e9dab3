"""Whether a recording can have sound here, and what to do where it cannot."""

from __future__ import annotations

import sys
from collections.abc import Set as AbstractSet

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr


def availability(classes: AbstractSet[str], reason: str, fix: str) -> Availability:
    """Available where PipeWire has a node of one of these `classes`; else `reason` and `fix`.

    PipeWire is asked what it has. Nothing is opened, so no light and no icon says that somebody listens.
    """
    if sys.platform != "linux":
        return Availability(False, tr("On this system recordings have no sound."))
    from desktop_helper.capture import _libpipewire, _pipewire_nodes

    if not _libpipewire.is_there():
        return Availability(
            False,
            tr("There is no PipeWire library, through which recordings get their sound."),
            tr(
                "Install PipeWire: libpipewire-0.3-0 on Debian or Ubuntu, pipewire-libs on Fedora, libpipewire on Arch."
            ),
        )
    try:
        there = _pipewire_nodes.media_classes()
    except HelperError:
        return Availability(
            False,
            tr("PipeWire does not run in this session, so recordings have no sound."),
            tr("Install pipewire and wireplumber, log out and in again."),
        )
    return AVAILABLE if there & classes else Availability(False, reason, fix)
