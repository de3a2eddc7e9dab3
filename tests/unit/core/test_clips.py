"""Pictures of videos among the parts of a message."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.clips import (
    clock,
    extent,
    fields_of,
    fine_clock,
    grouped,
    moment_of,
    name_of,
    told,
    with_times,
)
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, Moment, TextPart


def frame(at: float, clip: str = "a.mkv", duration: float = 40.0) -> ImagePart:
    return ImagePart(b"x", "image/jpeg", 28, 28, f"{clip}, {at}", 1, Moment(clip, at, duration, 1200))


PICTURE = ImagePart(b"p", "image/png", 28, 28, "Region", 1)
NOTE = FilePart(b"n", NOTE_MIME, "note", "n")


def test_each_picture_of_a_video_is_followed_by_its_time_in_glms_words() -> None:
    parts = (NOTE, frame(0), frame(12), frame(12.34), PICTURE, TextPart("What?"))
    said = [part.text for part in with_times(parts) if isinstance(part, TextPart)]
    assert said == ["0.0 seconds", "12.0 seconds", "12.3 seconds", "What?"]
    assert list(with_times(parts))[:3] == [NOTE, frame(0), TextPart("0.0 seconds")]


def test_pictures_of_one_video_belong_together() -> None:
    parts = (PICTURE, NOTE, frame(0), frame(1), frame(0), frame(2), frame(3, "b.mkv"), frame(4, "b.mkv", 9), PICTURE)
    assert [len(group) for group in grouped(parts)] == [1, 1, 2, 2, 1, 1, 1]
    assert sum(grouped(parts), ()) == parts


@given(st.lists(st.sampled_from([PICTURE, NOTE, frame(0), frame(1), frame(0, "b")]), max_size=12))
def test_grouping_loses_nothing(parts: list[ImagePart | FilePart]) -> None:
    assert [part for group in grouped(parts) for part in group] == parts


def test_times_as_people_write_them() -> None:
    assert [clock(seconds) for seconds in (0, 7.9, 750, 3723)] == ["0:00", "0:07", "12:30", "1:02:03"]
    assert [fine_clock(seconds) for seconds in (0.0, 0.3, 7.96, 59.99, 60)] == [
        "0:00.0",
        "0:00.3",
        "0:07.9",
        "0:59.9",
        "1:00.0",
    ]


def test_a_video_is_called_by_its_file() -> None:
    assert name_of([]) == ""
    assert name_of([PICTURE, frame(1)]) == "Region"
    assert name_of([NOTE, frame(1), frame(2)]) == "a.mkv"
    assert name_of([frame(1), PICTURE]) == "a.mkv"
    assert name_of([NOTE, PICTURE]) == "note"


def test_a_moment_that_was_written_down_comes_back() -> None:
    assert moment_of(None) is None
    assert moment_of({"clip": "a", "at": 1, "duration": 2, "frames": 3}) == Moment("a", 1.0, 2.0, 3)
    for moment in (Moment("a", 1.0, 2.0, 3), Moment("a", 1.0, 2.0, 3, (0.5, 1.5))):
        assert moment_of(json.loads(json.dumps(fields_of(moment)))) == moment
    for part in ((1,), (1, 2, 3), (0, "x"), (0, float("inf"))):
        with pytest.raises(ValueError, match=r".*"):
            moment_of({"clip": "a", "at": 1, "duration": 2, "frames": 3, "part": part})


def test_a_part_of_a_video_says_which() -> None:
    assert extent(Moment("a", 1.0, 42.0, 3)) == "0:42"
    assert extent(Moment("a", 11.0, 42.0, 3, (10.0, 20.5))) == "0:10 – 0:20"
    first, second = (replace(frame(at), moment=Moment("a.mkv", at, 40, 9, (at, 40))) for at in (1, 2))
    assert grouped((first, second)) == [(first,), (second,)], "two parts of one video are two attachments"


@pytest.mark.parametrize(
    "bad",
    [
        7,
        "x",
        [],
        {},
        {"clip": "a", "at": "x", "duration": 2, "frames": 3},
        {"clip": "a", "at": float("nan"), "duration": 2, "frames": 3},
        {"clip": "a", "at": 10**400, "duration": 2, "frames": 3},
        {"clip": "a", "at": 1, "duration": 2, "frames": float("inf")},
    ],
)
def test_what_is_no_moment_is_an_error(bad: object) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        moment_of(bad)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (None, "1:02"),
        ((10.0, 20.9), "0:10 – 0:20"),
        ((10.2, 10.75), "0:10.2 – 0:10.7"),
        ((10.2, 10.21), "0:10.2"),
    ],
)
def test_a_part_is_told_as_finely_as_it_needs(part: tuple[float, float] | None, said: str) -> None:
    assert extent(Moment("a.mp4", 10.2, 62.0, 9, part)) == said


def test_how_much_of_which_length_goes() -> None:
    frames = [ImagePart(b"", "image/jpeg", 8, 8, "f", 1, Moment("a.mp4", at, 62.0, 1500)) for at in range(3)]
    assert told(frames) == "1:02 · 3 of 1,500 frames"
    assert told([replace(frames[0], moment=Moment("a.mp4", 0, 0.04, 1))]) == "0:00 · a single frame"
    assert told([replace(frames[0], moment=None)]) == told([]) == ""
