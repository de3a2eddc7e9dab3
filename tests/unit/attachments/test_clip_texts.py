"""Subtitles and chapters of videos: read with their times, and never in the way of the pictures."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest

from desktop_helper.attachments import _clip_texts, video
from desktop_helper.attachments._clip_texts import chapters, subtitles
from desktop_helper.core.clip_span import Cut, Span
from desktop_helper.core.messages import NOTE_MIME
from desktop_helper.core.notes import is_marked
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.core.speech import Spoken, is_unheard
from tests.support import clip_files

FILES = Path("tests/support/corpus/files")
RED, BLUE = Spoken(0.5, 1.5, "A red wall"), Spoken(2.0, 3.0, "A blue wall")


@pytest.fixture(params=["words.mkv", "words.mp4"])
def film(request: pytest.FixtureRequest) -> bytes:
    return (Path(request.config.rootpath) / FILES / request.param).read_bytes()


def with_chapters(*titles: str) -> bytes:
    buffer = BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        track: Any = container.add_stream("libx264", rate=10)
        track.width, track.height, track.pix_fmt = 320, 240, "yuv420p"
        told: list[Any] = [
            {
                "id": n,
                "start": n * 1000,
                "end": n * 1000 + 1000,
                "time_base": Fraction(1, 1000),
                "metadata": {"title": title},
            }
            for n, title in enumerate(titles)
        ]
        container.set_chapters(told)
        for picture in clip_files.three_colours():
            container.mux(track.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(track.encode(None))
    return buffer.getvalue()


def test_each_line_has_its_time(film: bytes) -> None:
    found = subtitles(BytesIO(film), Span())
    assert [one.text for one in found.lines] == [RED.text, BLUE.text]
    assert found.whole
    assert found.lines[0].end <= found.lines[1].start


def test_a_part_has_its_own_lines(film: bytes) -> None:
    assert [one.text for one in subtitles(BytesIO(film), Span(2.5)).lines] == [BLUE.text]
    assert [one.text for one in subtitles(BytesIO(film), Span(0.0, 1.0)).lines] == [RED.text]


def test_they_go_after_the_pictures_and_nobody_listens_then(film: bytes) -> None:
    parts = video.HANDLER.convert(film, "a.mkv", ConvertOptions(hears=True))
    assert not is_unheard(parts)
    assert (parts[-1].name, parts[0].mime) == ("Subtitles of a.mkv", NOTE_MIME)
    assert "left out" not in getattr(parts[0], "text", "")


def test_reading_ends_after_a_while_and_that_is_told(film: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_clip_texts, "READING_S", -1.0)
    note = video.HANDLER.convert(film, "a.mkv", ConvertOptions())[0]
    assert "Its subtitles are attached up to 0:" in getattr(note, "text", "")


def test_chapters_are_told_with_their_times() -> None:
    data = with_chapters("Intro", "片尾")
    assert chapters(BytesIO(data)) == "Its chapters: 0:00 Intro; 0:01 片尾."
    note = video.HANDLER.convert(data, "a.mkv", ConvertOptions(cut=Cut(Span(0.0, 2.0))))[0]
    assert "Its chapters: 0:00 Intro" in getattr(note, "text", "")


@pytest.mark.parametrize("kind", ["mkv", "mp4", "avi"])
def test_a_video_without_words_has_none(kind: str) -> None:
    data = clip_files.clip(kind)
    assert subtitles(BytesIO(data), Span()).lines == ()
    assert chapters(BytesIO(data)) == ""


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_damaged_file_has_what_can_be_read(film: bytes, share: float) -> None:
    assert len(subtitles(BytesIO(film[: int(len(film) * share)]), Span()).lines) <= 2


@pytest.mark.parametrize(("kept", "said"), [(True, "Some of its subtitles are damaged"), (False, "Its subtitles are")])
def test_what_ffmpeg_cannot_decode_is_told(film: bytes, kept: bool, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = _clip_texts._decoded

    def spoiled(container: Any, track: Any) -> Any:
        for place, (start, end, text) in enumerate(read(container, track)):
            yield start, end, text if kept and place == 0 else _clip_texts._BROKEN

    monkeypatch.setattr(_clip_texts, "_decoded", spoiled)
    note, *parts = video.HANDLER.convert(film, "a.mkv", ConvertOptions())
    assert said in getattr(note, "text", "")
    assert not is_marked(note), "the user is warned"
    assert any(part.name == "Subtitles of a.mkv" for part in parts) is kept
