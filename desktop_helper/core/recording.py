"""What is recorded, how far it is, how it ended: what `services.recording` and the recorder process tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktop_helper.core.geometry import Rect

KEEP_FREE = 200 * 1000 * 1000  # bytes of the disk that a recording leaves to everything else


def even(area: Rect, desktop: Rect) -> Rect:
    """`area`, a pixel larger where its size is odd: H.264 wants even ones, and all that was chosen is to be there.

    At the right and the lower edge of `desktop` it grows to the other side; what fills an odd desktop stays odd.
    """
    x, width = _even(area.x, area.width, desktop.x, desktop.right)
    y, height = _even(area.y, area.height, desktop.y, desktop.bottom)
    return Rect(x, y, width, height)


def _even(start: int, size: int, least: int, most: int) -> tuple[int, int]:
    if size % 2 and start + size < most:
        return start, size + 1
    if size % 2 and start > least:
        return start - 1, size + 1
    return start, size


class Ending(StrEnum):
    """Why a recording is over."""

    TIME = "time"  # it is as long as was asked for
    SIZE = "size"  # it is as large as was allowed
    STOPPED = "stopped"  # by the user
    DISCARDED = "discarded"  # by the user, and the file is gone
    DISK = "disk"  # there is no room left, or the file cannot be written
    SCREEN = "screen"  # what was recorded is no longer there
    ORPHANED = "orphaned"  # whoever had it recorded is gone


@dataclass(frozen=True, slots=True)
class RecordingSpec:
    """What to record.

    Args:
        area: of the desktop, in the units of `Capturer.grab`; odd sizes lose a line, see `even`.
        file: gets its name when the recording has ended.
        partial: where it is written until then; can be played at any time, also after a crash.
        fps: pictures a second.
        seconds: ends it; time in which it is paused does not count.
        max_bytes: ends it before the file is larger.
        keep_free: ends it when the disk has less room than this.
        pointer: draw the mouse pointer, and a ring around it where a button is pressed.
        microphone: record what the default microphone hears.
        system_sound: record what the default loudspeakers play; both are mixed.
        consent: where it is kept what the desktop shares without asking again, on desktops that ask; None forgets it.
    """

    area: Rect
    file: Path
    partial: Path
    fps: float = 30.0
    seconds: float | None = None
    max_bytes: int | None = None
    keep_free: int = KEEP_FREE
    pointer: bool = True
    microphone: bool = False
    system_sound: bool = False
    consent: Path | None = None

    def to_header(self) -> dict[str, Any]:
        """As a part of a frame's header."""
        area = self.area
        return {
            "area": [area.x, area.y, area.width, area.height],
            "file": str(self.file),
            "partial": str(self.partial),
            "fps": self.fps,
            "seconds": self.seconds,
            "max_bytes": self.max_bytes,
            "keep_free": self.keep_free,
            "pointer": self.pointer,
            "microphone": self.microphone,
            "system_sound": self.system_sound,
            "consent": None if self.consent is None else str(self.consent),
        }

    @classmethod
    def from_header(cls, header: Mapping[str, Any]) -> RecordingSpec:
        """The spec that `to_header` described."""
        return cls(
            area=Rect(*header["area"]),
            file=Path(header["file"]),
            partial=Path(header["partial"]),
            fps=header["fps"],
            seconds=header["seconds"],
            max_bytes=header["max_bytes"],
            keep_free=header["keep_free"],
            pointer=header["pointer"],
            microphone=header["microphone"],
            system_sound=header["system_sound"],
            consent=None if header["consent"] is None else Path(header["consent"]),
        )


@dataclass(frozen=True, slots=True)
class RecordingProgress:
    """How far it is.

    Args:
        seconds: length so far, without pauses.
        bytes: size of the file so far.
        delivered: pictures taken in time; those that equal the one before cost nothing in the file.
        dropped: pictures that could not be taken or written in time.
        paused: nothing is recorded just now.
        microphone: it is on, also in a pause.
    """

    seconds: float
    bytes: int
    delivered: int
    dropped: int
    paused: bool = False
    microphone: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """How it ended.

    Args:
        ending: why.
        file: where it is; None if it was discarded.
        began: when the first picture was taken, in seconds since 1970.
        seconds, bytes, delivered, dropped: as in `RecordingProgress`, at the end.
        width, height: of the video, in pixels.
        message, fix: sentences for the user where `ending` is not as they wished; empty otherwise.
        sound: there is a track of it.
        sound_problem: sentences about the sound that was wished for and is missing; empty if none is.
    """

    ending: Ending
    file: Path | None
    began: float
    seconds: float
    bytes: int
    delivered: int
    dropped: int
    width: int
    height: int
    message: str = ""
    fix: str = ""
    sound: bool = False
    sound_problem: str = ""
