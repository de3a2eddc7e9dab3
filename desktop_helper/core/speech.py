"""What is said in a video or in a sound, and the place that is kept for it while a file is read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_helper.core.clips import clock
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, MediaPart
from desktop_helper.core.notes import note

UNHEARD_MIME = "audio/x-unheard"
SPOKEN_MIME = "text/x-spoken"
"""Media type of a `FilePart` with what is said in a file: it is in no file as text."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Some words.

    Args:
        start, end: seconds from the beginning of the file.
        text: what was said. Untrusted, like everything that comes from a file.
    """

    start: float
    end: float
    text: str


def unheard(name: str) -> FilePart:
    """Holds the place of what is said in the file called `name`; never sent."""
    return FilePart(b"", UNHEARD_MIME, name, "")


def is_unheard(parts: Iterable[MediaPart]) -> bool:
    """Whether there is sound among them that nobody has listened to yet."""
    return any(part.mime == UNHEARD_MIME for part in parts)


def heard(parts: Sequence[MediaPart], spoken: Sequence[Spoken]) -> tuple[MediaPart, ...]:
    """The parts with what was said in the place that was kept for it."""
    return tuple(_transcript(part.name, spoken) if part.mime == UNHEARD_MIME else part for part in parts)


def not_heard(parts: Sequence[MediaPart], why: str) -> tuple[MediaPart, ...]:
    """The parts with the sentence `why` in that place."""
    return tuple(note(part.name, why) if part.mime == UNHEARD_MIME else part for part in parts)


def to_plain(spoken: Iterable[Spoken]) -> list[list[Any]]:
    """Numbers and texts only, e.g. for JSON."""
    return [[round(one.start, 2), round(one.end, 2), one.text] for one in spoken]


def from_plain(plain: Any) -> tuple[Spoken, ...]:
    """What `to_plain` was given. Raises TypeError, ValueError or OverflowError for anything else."""
    made = tuple(Spoken(float(start), float(end), str(text)) for start, end, text in plain)
    if not all(math.isfinite(one.start) and math.isfinite(one.end) for one in made):
        raise ValueError("a time is a number")
    return made


def written(title: str, spoken: Sequence[Spoken]) -> FilePart:
    """The words under each other, each with its time in front, so that answers can name it."""
    lines = "\n".join(f"[{clock(one.start)}] {' '.join(one.text.split())}" for one in spoken)
    return FilePart(lines.encode(), SPOKEN_MIME, title, lines)


def _transcript(name: str, spoken: Sequence[Spoken]) -> FilePart:
    if not spoken:
        return note(name, tr("Nobody was heard to speak in {name}.", name=name))
    return written(tr("What is said in {name}", name=name), spoken)
