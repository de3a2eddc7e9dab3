"""The process that keeps the last seconds: what it keeps, what it never shows, and what it answers."""

from __future__ import annotations

import queue
from io import BytesIO
from typing import Any, cast

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.capture._covers import GREY, covered
from desktop_helper.capture._lens import Lens
from desktop_helper.capture._reel import Reel
from desktop_helper.capture._ring import Ring, track
from desktop_helper.capture._tracks import LOCK_S, WAITING, Track
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.ring import RingSpec, described, rects

AREA = Rect(100, 50, 64, 48)
SPEC = RingSpec((AREA,), 30.0, 5.0)
OURS = Rect(110, 60, 20, 20)


def grey(level: int) -> bytearray:
    return bytearray(bytes((level, level, level, 0)) * (AREA.width * AREA.height))


class Screen:
    """Shows what the test wants."""

    def __init__(self) -> None:
        self.level = 200

    size = (AREA.width, AREA.height)

    def look(self) -> bytearray:
        return grey(self.level)


def tracked(screen: Screen) -> Track[Reel]:
    return track(AREA, cast("Lens", screen), SPEC)


def clip(made: Track[Reel], now: float) -> bytes:
    return b"" if made.sink is None else made.sink.clip(now)


def pictures(film: bytes) -> list[np.ndarray]:
    with av.open(BytesIO(film)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def levels(film: bytes, x: int, y: int) -> list[int]:
    return [int(picture[y, x]) for picture in pictures(film)]


def test_what_stays_the_same_is_kept_once() -> None:
    screen = Screen()
    made = tracked(screen)
    assert made.look(0.0, 1)
    made.cover(1, (), ())
    assert not made.look(0.2, 2)
    screen.level = 60
    assert made.look(0.4, 3)
    made.cover(3, (), ())
    assert levels(clip(made, 0.6), 5, 5) == pytest.approx([200, 60, 60], abs=3)


def test_nothing_is_kept_before_it_is_known_where_our_windows_are() -> None:
    made = tracked(Screen())
    made.look(0.0, 1)
    assert clip(made, 0.2) == b""
    made.cover(0, (), ())
    assert clip(made, 0.2) == b"", "that was about an earlier picture"
    made.cover(1, (), ())
    assert clip(made, 0.2) != b""


def test_where_a_window_of_ours_was_or_is_the_picture_is_grey() -> None:
    made = tracked(Screen())
    made.look(0.0, 1)
    made.cover(1, (OURS,), ())
    found = pictures(clip(made, 0.1))[0].astype(int)
    inside = found[10:30, 10:30]
    assert np.abs(inside[4:-4, 4:-4] - GREY).max() <= 3
    found[10:30, 10:30] = 200
    assert np.abs(found[:, 40:] - 200).max() <= 3


def test_where_it_was_is_seen_again_when_it_is_gone_though_the_screen_stands_still() -> None:
    made = tracked(Screen())
    made.look(0.0, 1)
    made.cover(1, (OURS,), ())
    assert made.look(0.2, 2), "there is something to make good"
    made.cover(2, (), ())
    assert not made.look(0.4, 3)
    assert levels(clip(made, 0.6), 20, 20) == pytest.approx([GREY, 200, 200], abs=4)


def test_nothing_is_kept_while_nobody_knows_where_they_are() -> None:
    made = tracked(Screen())
    made.look(0.0, 1)
    made.cover(1, (), None)
    assert clip(made, 0.1) == b""
    assert made.look(0.2, 2)
    made.cover(2, None, ())
    assert clip(made, 0.3) == b"", "it may have been there when the picture was taken"
    assert made.look(0.4, 3)
    made.cover(3, (), ())
    assert levels(clip(made, 0.5), 5, 5) == pytest.approx([200, 200], abs=3)


def test_pictures_that_wait_for_a_window_that_hangs_do_not_pile_up() -> None:
    screen = Screen()
    made = tracked(screen)
    for number in range(50):
        screen.level = 40 + number
        made.look(number / 5, number)
        assert len(made._waiting) <= WAITING


class Channel:
    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, Any], tuple[bytes, ...]]] = []

    def send(self, header: dict[str, Any], *payloads: bytes) -> None:
        self.sent.append((header, payloads))


class Clock:
    """A step of the ring ends at once: whoever waits is where it wants to be."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Inbox(queue.SimpleQueue[Frame]):
    """Time passes only while the ring waits."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def get(self, block: bool = True, timeout: float | None = None) -> Frame:
        try:
            return super().get(block=False)
        except queue.Empty:
            self._clock.now += timeout or 0.0
            raise


def test_it_asks_about_each_picture_that_changed_and_hands_the_clip_over() -> None:
    screen, channel, clock = Screen(), Channel(), Clock()
    inbox = Inbox(clock)
    ring = Ring([tracked(screen)], 5.0, inbox, cast("Any", channel), clock)
    for step in range(6):
        screen.level = 200 if step < 3 else 60
        ring.step()
        said = [header for header, _ in channel.sent]
        if said and said[-1]["type"] == "seen":
            inbox.put(Frame({"type": "cover", "number": said[-1]["number"], "covers": []}))
    assert [header["number"] for header, _ in channel.sent] == [1, 4]
    inbox.put(Frame({"type": "take", "token": 7, "area": 0, "covers": [], "at": clock.now}))
    ring.step()
    ((header, (film,)),) = [one for one in channel.sent if one[0]["type"] == "clip"]
    assert header["token"] == 7
    assert levels(film, 5, 5)[0] == pytest.approx(200, abs=3)
    assert levels(film, 5, 5)[-1] == pytest.approx(60, abs=3)


def test_a_clip_ends_with_what_is_there_when_it_is_taken() -> None:
    screen, channel, clock = Screen(), Channel(), Clock()
    inbox = Inbox(clock)
    ring = Ring([tracked(screen)], 5.0, inbox, cast("Any", channel), clock)
    ring.step()
    screen.level = 90  # between two looks
    inbox.put(Frame({"type": "take", "token": 1, "area": 0, "covers": [], "at": clock.now}))
    ring.step()
    (film,) = next(payloads for header, payloads in channel.sent if header["type"] == "clip")
    assert levels(film, 5, 5)[-1] == pytest.approx(90, abs=3)


def test_where_looking_takes_longer_than_there_is_time_windows_are_heard_of_and_clips_handed_over() -> None:
    screen, channel, clock = Screen(), Channel(), Clock()
    inbox = Inbox(clock)

    class Slow(Screen):
        def look(self) -> bytearray:
            clock.now += 0.3
            return screen.look()

    ring = Ring([tracked(Slow())], 5.0, inbox, cast("Any", channel), clock)
    for step in range(5):
        screen.level = 40 + 30 * step
        ring.step()
        inbox.put(Frame({"type": "cover", "number": step + 1, "covers": []}))
    inbox.put(Frame({"type": "take", "token": 1, "area": 0, "covers": [], "at": clock.now}))
    ring.step()
    (film,) = next(payloads for header, payloads in channel.sent if header["type"] == "clip")
    seen = levels(film, 5, 5)
    assert [40 + 30 * step for step in range(5)] == pytest.approx(seen[:5], abs=3)


def test_what_was_opened_since_it_was_asked_for_is_not_in_a_clip() -> None:
    screen, channel, clock = Screen(), Channel(), Clock()
    inbox = Inbox(clock)
    ring = Ring([tracked(screen)], 5.0, inbox, cast("Any", channel), clock)
    ring.step()
    inbox.put(Frame({"type": "cover", "number": 1, "covers": []}))
    screen.level = 120
    ring.step()  # asked for now, while this picture waits
    asked_at = clock.now
    clock.now += 0.25  # as long as it takes to encode a large picture
    screen.level = 40  # the window of ours
    ring._look()
    inbox.put(Frame({"type": "take", "token": 1, "area": 0, "covers": [], "at": asked_at}))
    ring.step()
    (film,) = next(payloads for header, payloads in channel.sent if header["type"] == "clip")
    seen = levels(film, 5, 5)
    assert seen[0] == pytest.approx(200, abs=3)
    assert seen[-1] == pytest.approx(120, abs=3)


class Dark(Screen):
    """Gives no pictures when `dark` is set."""

    dark = False

    def look(self) -> bytearray:
        if self.dark:
            raise HelperError(ErrorKind.CAPTURE, "Access is denied.")
        return super().look()


def locked_ring() -> tuple[Dark, Ring, Inbox, Clock]:
    """One whose screen has just become dark."""
    screen, clock = Dark(), Clock()
    inbox = Inbox(clock)
    ring = Ring([tracked(screen)], 5.0, inbox, cast("Any", Channel()), clock)
    ring.step()
    inbox.put(Frame({"type": "cover", "number": 1, "covers": []}))
    ring.step()
    screen.dark = True
    return screen, ring, inbox, clock


def test_a_screen_that_is_dark_because_the_session_is_locked_is_waited_for() -> None:
    screen, ring, inbox, clock = locked_ring()
    while clock.now < LOCK_S / 2:
        ring.step()
    inbox.put(Frame({"type": "cover", "number": 0, "covers": None}))
    while clock.now < 100 * LOCK_S:
        ring.step()
    inbox.put(Frame({"type": "cover", "number": 0, "covers": []}))
    ring.step()
    screen.dark, screen.level = False, 90
    for _ in range(5):
        ring.step()
    inbox.put(Frame({"type": "take", "token": 1, "area": 0, "covers": [], "at": clock.now}))
    ring.step()
    (film,) = next(payloads for header, payloads in cast("Any", ring)._channel.sent if header["type"] == "clip")
    assert levels(film, 5, 5)[-1] == pytest.approx(90, abs=3)


def test_one_that_stays_dark_for_no_known_reason_is_an_error() -> None:
    _screen, ring, _inbox, clock = locked_ring()

    def go_on() -> None:
        while clock.now < 10 * LOCK_S:
            ring.step()

    with pytest.raises(HelperError, match="denied"):
        go_on()
    assert clock.now < 2 * LOCK_S


def test_one_that_was_dark_from_the_beginning_is_an_error_at_once() -> None:
    screen, clock = Dark(), Clock()
    screen.dark = True
    ring = Ring([tracked(screen)], 5.0, Inbox(clock), cast("Any", Channel()), clock)
    with pytest.raises(HelperError, match="denied"):
        ring.step()


@given(st.tuples(st.integers(0, 250), st.integers(0, 200), st.integers(1, 120), st.integers(1, 120)))
def test_covers_are_grey_and_nothing_else_is(numbers: tuple[int, int, int, int]) -> None:
    cover, pixels = Rect(*numbers), grey(10)
    painted = covered(pixels, AREA, (AREA.width, AREA.height), [cover])
    part = cover.intersected(AREA)
    if part is None:
        assert painted is pixels
        return
    if part == AREA:
        assert painted is None
        return
    assert painted is not None
    found = np.frombuffer(painted, np.uint8).reshape(AREA.height, AREA.width, 4)
    assert (found == GREY).all(axis=2).sum() == part.width * part.height
    assert (found[part.y - AREA.y, part.x - AREA.x] == GREY).all()
    assert pixels == grey(10), "what was seen stays as it is"


def test_a_cover_in_points_is_painted_in_pixels() -> None:
    area = Rect(0, 0, 32, 24)
    painted = covered(grey(10), area, (64, 48), [Rect(4, 4, 8, 8)])
    assert painted is not None
    found = np.frombuffer(painted, np.uint8).reshape(48, 64, 4)
    assert (found[8:24, 8:24] == GREY).all()
    assert (found == GREY).all(axis=2).sum() == 16 * 16


def test_what_is_asked_for_survives_the_way_to_the_process() -> None:
    spec = RingSpec((AREA, Rect(0, 0, 10, 10)), 12.5, 3.0, False, 1000)
    assert RingSpec.from_header(spec.to_header()) == spec
    assert rects(described(None)) is None
    assert rects(described((OURS,))) == (OURS,)
