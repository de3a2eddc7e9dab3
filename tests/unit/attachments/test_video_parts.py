"""A part of a video: what is seen in it and nothing else, with the times of the whole video."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest

from desktop_helper.attachments import _clip, _clip_scan, video
from desktop_helper.core.clip_span import Cut, Span
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import FilePart, ImagePart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import clip_files, sample_files
from tests.support.clip_files import COLOURS, clip, painted


def read(data: bytes, cut: Cut, name: str = "clip.mp4") -> tuple[str, list[ImagePart]]:
    note, *pictures = video.HANDLER.convert(data, name, ConvertOptions(cut=cut))
    assert isinstance(note, FilePart)
    return note.text, [part for part in pictures if isinstance(part, ImagePart)]


def seen(pictures: list[ImagePart]) -> list[tuple[float, int]]:
    """Time and which of red, green and blue."""
    found = []
    for part in pictures:
        assert part.moment is not None
        pixel = np.asarray(sample_files.decoded(part.data).convert("RGB"))[20, 20].astype(int)
        colour = min(range(3), key=lambda n: int(np.abs(np.array(COLOURS[n]) - pixel).sum()))
        found.append((round(part.moment.at, 3), colour))
    return found


@pytest.mark.parametrize("kind", clip_files.CODECS)
def test_a_part_is_read_from_every_container(kind: str) -> None:
    """Red until 1, green until 2, blue until 3; ten a second."""
    said, pictures = read(clip(kind), Cut(Span(1.45, 2.55)), f"a.{kind}")
    assert seen(pictures) == [(1.45, 1), (2.0, 2), (2.5, 2)]
    assert "Of the part from 0:01.4 to 0:02.5, 3 of 12 frames are attached" in said
    assert ("its time in the whole animation" in said) is (kind in ("gif", "apng"))
    assert {part.moment.part for part in pictures if part.moment} == {(1.45, 2.55)}
    assert [part.moment.duration for part in pictures if part.moment] == [pytest.approx(3, abs=0.25)] * 3


@pytest.mark.parametrize(("start", "shown"), [(0.0, 0), (1.9, 1), (2.9, 2), (3.0, 2)])
def test_one_moment_is_one_picture(start: float, shown: int) -> None:
    said, pictures = read(clip("mkv"), Cut(Span(start, start)))
    assert seen(pictures) == [(start, shown)]
    assert "its only frame is attached" in said


def test_what_is_behind_the_end_is_a_sentence() -> None:
    with pytest.raises(HelperError) as caught:
        read(clip("mp4"), Cut(Span(7.5)))
    assert caught.value.message == "clip.mp4 is 0:03.0 long: nothing of it is at 0:07.5."


def test_an_end_behind_the_end_is_the_end() -> None:
    said, pictures = read(clip("mp4"), Cut(Span(2.2, 99)))
    assert seen(pictures) == [(2.2, 2), (2.9, 2)]
    assert "from 0:02.2 to 0:03.0" in said
    assert "breaks off" not in said


def test_what_stands_still_for_long_is_seen_at_the_beginning_of_the_part() -> None:
    """The picture of second 1.7 is still seen at 4, and its change to the next one comes at 6."""
    shown = [painted(COLOURS[number]) for number in (0, 1, 2, 2)]
    pictures = read(clip("mkv", shown, times_ms=(0, 1700, 6000, 9000)), Cut(Span(4, 8)))[1]
    assert seen(pictures) == [(4, 1), (6, 2)]


def test_few_frames_are_those_that_matter_most_and_keep_their_detail() -> None:
    shown = [painted(COLOURS[n % 3], 1280, 720, str(n)) for n in range(40) for _ in range(4)]
    data = clip("mkv", shown, 10)
    many, few = (read(data, Cut(most_frames=count))[1] for count in (64, 5))
    assert len(few) == 5
    assert {part.moment.at for part in few if part.moment} <= {part.moment.at for part in many if part.moment}
    assert few[0].tokens > many[0].tokens
    assert sum(part.tokens for part in read(data, Cut(most_tokens=3000))[1]) <= 3000


def test_a_long_part_is_sampled_inside_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRIAL_S", "WHOLE_S"):
        monkeypatch.setattr(_clip_scan, name, 0.0)
    shown = [painted(COLOURS[0 if n < 300 else 1 if n < 600 else 2]) for n in range(900)]
    said, pictures = read(clip("mkv", shown, 10), Cut(Span(33.33, 66.66)))
    found = seen(pictures)
    assert found[0] == (33.33, 1)
    assert found[-1] == (66.6, 2)
    assert {colour for _at, colour in found} == {1, 2}
    assert "It is long" in said
    assert "of 333 frames" in said


@pytest.mark.parametrize("whole", [True, False])
def test_frames_are_filled_up_evenly_where_nothing_changes(whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not whole:
        for name in ("TRIAL_S", "WHOLE_S"):
            monkeypatch.setattr(_clip_scan, name, 0.0)
    still = [painted(COLOURS[0])] * 300
    data = clip("mkv", still, 10, options={"cluster_time_limit": "500"})
    assert len(read(data, Cut(most_frames=8))[1]) == 2
    said, pictures = read(data, Cut(most_frames=8, evenly=True))
    assert "smaller changes were left out" not in said
    times = [at for at, _colour in seen(pictures)]
    assert times[0] == 0
    assert times[-1] == pytest.approx(29.9)
    if whole:
        assert len(times) == 8
        assert max(b - a for a, b in pairwise(times)) < 5.5


def test_changes_count_more_than_even_distances() -> None:
    shown = [painted(COLOURS[0])] * 97 + [painted(COLOURS[1])] * 3 + [painted(COLOURS[2])] * 200
    pictures = read(clip("mkv", shown, 10), Cut(most_frames=6, evenly=True))[1]
    assert len(pictures) == 6
    assert {colour for _at, colour in seen(pictures)} == {0, 1, 2}


@pytest.mark.parametrize(("usable", "threads"), [(1, 1), (64, 4)])
def test_a_video_is_read_with_the_processors_there_are(
    monkeypatch: pytest.MonkeyPatch, usable: int, threads: int
) -> None:
    monkeypatch.setattr(_clip, "processor_count", lambda: usable)
    opened = _clip.Clip(BytesIO(clip("mp4")))
    assert opened._stream.codec_context.thread_count == threads
    opened.close()
