"""What the process that watches a region tells."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from desktop_helper.capture._tracks import Track
from desktop_helper.capture._watcher import Lookout
from desktop_helper.core.geometry import Rect
from desktop_helper.core.watch import Rule, WatchSpec

AREA = Rect(10, 20, 320, 240)
SIZE = (AREA.width, AREA.height)
OURS = (Rect(0, 0, 200, 200),)


class Channel:
    def __init__(self) -> None:
        self.sent: list[tuple[dict[str, Any], bytes]] = []

    def send(self, header: dict[str, Any], *payloads: bytes) -> None:
        self.sent.append((header, *payloads))  # type: ignore[arg-type]

    @property
    def kinds(self) -> list[str]:
        return [header["type"] for header, _pixels in self.sent]


def grey(level: int) -> bytearray:
    return bytearray(bytes((level, level, level, 0)) * (AREA.width * AREA.height))


class Rig:
    """A region whose pixels are the test's, looked at eight times a second."""

    def __init__(self, rule: Rule = Rule.CHANGE) -> None:
        self.pixels, self.covers, self.channel, self.number = grey(200), (), Channel(), 0
        spec = WatchSpec(AREA, rule, rest_s=2.0)
        self.track: Track[Lookout] = Track(
            AREA,
            lambda: bytearray(self.pixels),
            lambda: SIZE,
            lambda size: Lookout(size, spec, cast("Any", self.channel)),
            hold=True,
        )

    def go_on(self, seconds: float, covers: tuple[Rect, ...] = ()) -> None:
        for _ in range(round(seconds * 8)):
            self.number += 1
            if self.track.look(self.number / 8, self.number):
                self.track.cover(self.number, covers, covers)


def test_the_first_picture_begins_it_and_news_have_their_pixels() -> None:
    rig = Rig()
    rig.go_on(2)
    rig.pixels = grey(90)
    rig.go_on(2)
    assert rig.channel.kinds == ["began", "news"]
    (_began, before), (header, after) = rig.channel.sent
    assert (header["width"], header["height"]) == SIZE
    assert (before, after) == (bytes(grey(200)), bytes(grey(90)))


def test_what_stands_still_comes_to_rest_though_no_picture_comes_any_more() -> None:
    rig = Rig(Rule.REST)
    rig.go_on(1)
    for level in range(60, 180, 5):
        rig.pixels = grey(level)
        rig.go_on(0.25)
    assert rig.channel.kinds == ["began"]
    rig.go_on(3)
    assert rig.channel.kinds == ["began", "news"]


def test_a_window_of_ours_is_no_change_and_what_is_beside_it_is() -> None:
    rig = Rig()
    rig.go_on(1)
    picture = np.frombuffer(bytes(rig.pixels), np.uint8).reshape(AREA.height, AREA.width, 4).copy()
    picture[:180, :190] = 20
    rig.pixels = bytearray(picture.tobytes())
    rig.go_on(2, OURS)
    assert rig.channel.kinds == ["began"]
    picture[190:, :] = 90
    rig.pixels = bytearray(picture.tobytes())
    rig.go_on(2, OURS)
    assert rig.channel.kinds == ["began", "news"]
    shown = np.frombuffer(rig.channel.sent[-1][1], np.uint8).reshape(AREA.height, AREA.width, 4)
    assert (shown[:180, :190, :3] == 200).all(), "as it was before"
    assert (shown[190:, :, :3] == 90).all()
