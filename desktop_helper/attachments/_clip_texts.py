"""What a video says of itself in words: its subtitles and its chapters."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import av
import av.error

from desktop_helper.attachments._clip import opened
from desktop_helper.core.clip_span import Span
from desktop_helper.core.clips import clock
from desktop_helper.core.i18n import tr
from desktop_helper.core.speech import Spoken

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.subtitles.stream import SubtitleStream

READING_S = 10.0  # subtitles stand among the pictures, so that all of a film may have to be read for them
MOST_LINES, MOST_CHAPTERS = 20_000, 50
_DEFAULT = 0x1  # AV_DISPOSITION_DEFAULT
_STYLE = re.compile(r"\{\\[^}]*\}")  # how ASS writes italics, places and colours
_BROKEN = "\0"  # in no subtitle
_BREAK = re.compile(r"\\[Nnh]")


@dataclass(frozen=True, slots=True)
class Subtitles:
    """Lines with their times.

    Args:
        lines: that were read.
        whole: whether those are all.
        drawn: whether they are pictures, which nobody reads.
        broken: whether some of them are damaged, or all.
    """

    lines: tuple[Spoken, ...] = ()
    whole: bool = True
    drawn: bool = False
    broken: bool = False


def subtitles(file: BinaryIO, span: Span) -> Subtitles:
    """Of a part of a video, from the track that is shown first."""
    try:
        with opened(file) as container:
            track = max(
                container.streams.subtitles, key=lambda one: bool(int(one.disposition) & _DEFAULT), default=None
            )
            return Subtitles() if track is None else _read(container, track, span)
    except av.error.FFmpegError:
        return Subtitles(broken=True)


def chapters(file: BinaryIO) -> str:
    """Where its chapters begin and what they are called, in a sentence; empty without any."""
    try:
        with opened(file) as container:
            found = [(_seconds(one), _title(one)) for one in container.chapters()[:MOST_CHAPTERS]]
    except av.error.FFmpegError:
        return tr("Its chapters cannot be read.")
    told = "; ".join(f"{clock(at)} {title}".strip() for at, title in found)
    return tr("Its chapters: {chapters}.", chapters=told) if told else ""


def _read(container: InputContainer, track: SubtitleStream, span: Span) -> Subtitles:
    lines: list[Spoken] = []
    drawn, broken, until = False, False, time.monotonic() + READING_S
    for start, end, text in _decoded(container, track):
        if text == _BROKEN:
            broken = True
        elif text is None:
            drawn = True
        elif text and end > span.start and (span.end is None or start < span.end):
            lines.append(Spoken(start, end, text))
        if len(lines) >= MOST_LINES or time.monotonic() > until:
            return Subtitles(tuple(lines), whole=False, broken=broken)
        if span.end is not None and start > span.end:
            break
    return Subtitles(tuple(lines), drawn=drawn and not lines, broken=broken)


def _decoded(container: InputContainer, track: SubtitleStream) -> Iterator[tuple[float, float, str | None]]:
    """Start, end and words of each; None for a picture of words, `_BROKEN` for what cannot be read."""
    for packet in container.demux(track):
        if packet.pts is None or packet.time_base is None:
            continue
        start = float(packet.pts * packet.time_base)
        end = start + float((packet.duration or 0) * packet.time_base)
        try:
            found: Any = packet.decode()
        except av.error.FFmpegError:
            yield start, end, _BROKEN
            continue
        for one in found:
            said = getattr(one, "dialogue", None)
            yield start, end, None if said is None else _plain(said)


def _plain(said: bytes) -> str:
    text = _BREAK.sub(" ", _STYLE.sub("", said.decode("utf-8", "replace")))
    return " ".join(text.split())


def _seconds(chapter: Any) -> float:
    return max(0.0, float(chapter["start"] * chapter["time_base"]))


def _title(chapter: Any) -> str:
    return " ".join(str(chapter["metadata"].get("title", "")).split())
