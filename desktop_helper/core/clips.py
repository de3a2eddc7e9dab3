"""Pictures of videos among the parts of a message: which belong together, and how their times are told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import (
    CLIP_MIME,
    NOTE_MIME,
    FilePart,
    ImagePart,
    MediaPart,
    Moment,
    Part,
    TextPart,
    is_note,
)


def moment_of(described: object) -> Moment | None:
    """A moment that was written down as an object with its fields. Raises ValueError, KeyError or TypeError."""
    if described is None:
        return None
    if not isinstance(described, Mapping):
        raise TypeError("a moment is an object")
    try:
        at, duration, frames = float(described["at"]), float(described["duration"]), int(described["frames"])
        part = None if described.get("part") is None else tuple(float(end) for end in described["part"])
    except OverflowError:
        raise ValueError("a moment is a time") from None
    if not all(map(math.isfinite, (at, duration, *(part or ())))) or (part is not None and len(part) != 2):
        raise ValueError("a moment is a time")
    return Moment(str(described["clip"]), at, duration, frames, part)


def fields_of(moment: Moment) -> dict[str, Any]:
    """What `moment_of` makes a moment of."""
    return {name: value for name, value in asdict(moment).items() if value is not None}


def extent(moment: Moment) -> str:
    """How long its video is, or which part of it was looked at: `0:42`, `0:10 – 0:20`, `0:10.2 – 0:10.7`."""
    if moment.part is None:
        return clock(moment.duration)
    start, end = map(clock, moment.part)
    if start == end:
        start, end = map(fine_clock, moment.part)
    return start if start == end else f"{start} – {end}"


def told(frames: Sequence[ImagePart]) -> str:
    """`0:42 · 12 of 300 frames`: how much of which length goes, in the same words wherever it is said."""
    moment = frames[0].moment if frames else None
    if moment is None:
        return ""
    if moment.frames == 1:
        return tr("{time} · a single frame", time=extent(moment))
    total = f"{moment.frames:,}"
    return tr("{time} · {count} of {total} frames", time=extent(moment), count=len(frames), total=total)


def name_of(media: Sequence[MediaPart]) -> str:
    """What the first of them is called: a video by its file, not by the note that comes with its pictures."""
    if not media:
        return ""
    first = media[1] if is_note(media[0]) and len(media) > 1 else media[0]
    moment = first.moment if isinstance(first, ImagePart) else None
    return media[0].name if moment is None else moment.clip


def with_times(parts: Iterable[Part], *, whole: bool = False) -> Iterator[Part]:
    """What is sent: each picture of a video is followed by its time, as GLM-V was trained to read it.

    `whole`: a video that is there whole goes without its pictures.
    """
    sent = False
    for part in parts:
        if sent and isinstance(part, ImagePart) and part.moment is not None:
            continue
        sent = whole and isinstance(part, FilePart) and part.mime == CLIP_MIME
        yield part
        if isinstance(part, ImagePart) and part.moment is not None:
            yield TextPart(f"{part.moment.at:.1f} seconds")


def pictures_sent(parts: Iterable[Part], *, whole: bool = False) -> list[int]:
    """Places of the pictures that are sent, of all that `with_times` gets."""
    places, sent = [], False
    for place, part in enumerate(parts):
        if sent and isinstance(part, ImagePart) and part.moment is not None:
            continue
        sent = whole and isinstance(part, FilePart) and part.mime == CLIP_MIME
        if isinstance(part, ImagePart):
            places.append(place)
    return places


def frames_only(part: Part) -> Part:
    """A whole video becomes the note about its pictures, which are sent then; anything else stays what it is."""
    if isinstance(part, FilePart) and part.mime == CLIP_MIME:
        return FilePart(part.text.encode(), NOTE_MIME, part.name, part.text)
    return part


def grouped(parts: Sequence[MediaPart]) -> list[tuple[MediaPart, ...]]:
    """The parts in their order, those of one video together, every other one alone."""
    groups: list[tuple[MediaPart, ...]] = []
    for part in parts:
        if groups and _goes_on(groups[-1][-1], part):
            groups[-1] += (part,)
        else:
            groups.append((part,))
    return groups


def are_one_video(parts: Sequence[MediaPart]) -> bool:
    """Whether an attachment is a video: a folder that holds some begins with the list of its files."""
    first = next((part for part in parts if not is_note(part)), None)
    return isinstance(first, ImagePart) and first.moment is not None


def attachments(parts: Sequence[MediaPart]) -> tuple[tuple[str, tuple[MediaPart, ...]], ...]:
    """The parts in their order, with their names: a video is one attachment, its note with its pictures."""
    found: list[tuple[str, tuple[MediaPart, ...]]] = []
    for group in grouped(parts):
        first = group[0]
        is_clip = isinstance(first, ImagePart) and first.moment is not None
        if is_clip and found and is_note(found[-1][1][-1]):
            note = found.pop()[1]
            found.append((name_of(group), note + group))
        else:
            found.append((name_of(group), group))
    return tuple(found)


def clock(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def fine_clock(seconds: float) -> str:
    """The same with a tenth of a second: `0:07.3`. It is never later than `seconds`, nor a tenth earlier."""
    tenths = int(seconds * 10 + 1e-6)
    return f"{clock(tenths // 10)}.{tenths % 10}"


def _goes_on(before: MediaPart, part: MediaPart) -> bool:
    one = before.moment if isinstance(before, ImagePart) else None
    other = part.moment if isinstance(part, ImagePart) else None
    if one is None or other is None:
        return False
    return replace(one, at=other.at) == other and one.at < other.at
