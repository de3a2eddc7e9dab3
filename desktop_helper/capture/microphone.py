"""What the default microphone hears, for recordings."""

from __future__ import annotations

from desktop_helper.capture._sound_support import availability
from desktop_helper.core.availability import Availability
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Hear, SoundInput, SoundSource

_CLASSES = {"Audio/Source", "Audio/Source/Virtual", "Audio/Duplex"}


def _availability() -> Availability:
    return availability(
        _CLASSES, tr("There is no microphone."), tr("Connect one, or switch it on in the desktop's sound settings.")
    )


def _open(hear: Hear) -> SoundInput:
    from desktop_helper.capture._pipewire_sound import SoundStream

    return SoundStream(hear, played=False)


SOUND = SoundSource("microphone", _availability, _open)
