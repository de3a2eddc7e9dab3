"""Which windows of a macOS desktop are offered."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_helper.capture._quartz_windows import WindowRecord, quartz_windows, shown
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo

AREA = Rect(100, 200, 640, 480)
OWN_PID = 4242


@pytest.mark.parametrize("changes", [{"layer": 25}, {"alpha": 0.0}, {"pid": OWN_PID}], ids=str)
def test_menus_overlays_and_ours_are_left_out(changes: dict[str, Any]) -> None:
    plain: dict[str, Any] = {"window_id": 7, "title": "Notes", "owner": "TextEdit", "rect": AREA}
    assert [window.window_id for window in shown([WindowRecord(**plain)], OWN_PID)] == [7]
    assert shown([WindowRecord(**plain | changes)], OWN_PID) == []


def test_a_window_whose_title_is_not_told_has_its_programs_name() -> None:
    records = [WindowRecord(1, "", "Safari", AREA), WindowRecord(2, "Letter", "Pages", Rect(700, 0, 5, 5))]
    windows = quartz_windows(lambda: Rect(0, 0, 1440, 900), lambda: records)
    assert windows.now() == [WindowInfo(1, "Safari", AREA)]
    windows.close()
