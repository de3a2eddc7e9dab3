"""What the default loudspeakers or headphones play, for recordings."""

from __future__ import annotations

from desktop_helper.capture._sound_support import availability
from desktop_helper.core.availability import Availability
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Hear, SoundInput, SoundSource

_CLASSES = {"Audio/Sink", "Audio/Duplex"}


def _availability() -> Availability:
    return availability(
        _CLASSES,
        tr("There is nothing that plays sound, so there is none to record."),
        tr("Connect loudspeakers or headphones, or switch them on in the desktop's sound settings."),
    )


def _open(hear: Hear) -> SoundInput:
    from desktop_helper.capture._pipewire_sound import SoundStream

    return SoundStream(hear, played=True)


SOUND = SoundSource("system_sound", _availability, _open)
