"""Which moments a text speaks of, and which frame shows one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.clip_times import duration_of, mentions, nearest
from desktop_helper.core.clips import clock
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Moment


def frame(at: float, duration: float = 40.2, clip: str = "clip.mp4") -> ImagePart:
    return ImagePart(b"", "image/png", 8, 8, f"{clip}, {at}", 1, Moment(clip, at, duration, 1200))


CLIP: tuple[MediaPart, ...] = (FilePart(b"", "text/plain", "note", ""), frame(0), frame(5.5), frame(40.1))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("At 0:12 a dialog opens.", [("0:12", 12.0)]),
        ("From 0:12.5 to 1:03:", [("0:12.5", 12.5), ("1:03", 63.0)]),
        ("(1:02:03)", [("1:02:03", 3723.0)]),
        ("It flashes at 12.5 seconds and 3.0s.", [("12.5", 12.5), ("3.0", 3.0)]),
        ("在 0:07，第 12.5 秒", [("0:07", 7.0), ("12.5", 12.5)]),
        ("at 00:05.", [("00:05", 5.0)]),
        ("It took 5 seconds.", []),
        ("A ratio of 16:90, version 1.2.3, 12.5 scenes, 1:2, 0:123, 10:11:12:13", []),
        ("at 99:59", []),
    ],
)
def test_moments_and_nothing_else(text: str, found: list[tuple[str, float]]) -> None:
    assert [(text[one.start : one.end], one.at) for one in mentions(text, 4000.0)] == found


def test_what_lies_behind_the_end_is_no_moment_of_it() -> None:
    assert [one.at for one in mentions("0:40, 0:41, 9:40", 40.2)] == [40.0, 41.0]


@given(
    st.integers(0, 90_000),
    st.text(st.characters(exclude_categories=("Nd", "Cs"), exclude_characters=":.,"), max_size=9),
)
def test_every_time_that_we_write_is_found(seconds: int, around: str) -> None:
    text = f"{around} {clock(seconds)} {around}"
    assert [one.at for one in mentions(text, 100_000.0)] == [seconds]


@given(st.text("0123456789:., s秒", max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    end = 0
    for one in mentions(text, 1e6):
        assert end <= one.start < one.end <= len(text)
        end = one.end


def test_the_frame_next_to_a_moment() -> None:
    assert [nearest(CLIP, at) for at in (0, 2.7, 2.8, 5.5, 39, 41)] == [1, 1, 2, 2, 3, 3]
    assert nearest(CLIP, 60) is None
    assert nearest(CLIP[:1], 1) is None
    assert nearest(CLIP, float("nan")) is None


def test_the_length_of_the_longest() -> None:
    assert duration_of(CLIP) == 40.2
    assert duration_of((*CLIP, frame(3, 90.0, "b.mp4"))) == 90.0
    assert duration_of(CLIP[:1]) == 0
