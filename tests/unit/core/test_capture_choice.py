"""Which source takes a picture, and which one records."""

from __future__ import annotations

from typing import Any, cast

import pytest

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.capture_choice import best_source
from desktop_helper.core.errors import HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Capturer, CaptureSource
from desktop_helper.core.recording import RecordingSpec


def source(name: str, priority: int, *, there: bool = True, **more: Any) -> CaptureSource:
    state = AVAILABLE if there else Availability(False, f"No {name}.", f"Get {name}.")
    return CaptureSource(name, lambda: state, lambda: cast("Capturer", name), priority=priority, **more)


def gnome(**there: bool) -> list[CaptureSource]:
    """The sources of Wayland."""
    return [
        source("cast", 5, stills=False, there=there.get("cast", True)),
        source("portal", 5, live=False, there=there.get("portal", True)),
        source("wlr", 15, there=there.get("wlr", False)),
        source("mss", 10, suits=lambda: False),
    ]


def test_where_the_compositor_gives_nothing_there_is_one_for_each() -> None:
    assert best_source(gnome()).name == "portal"
    assert best_source(gnome(), recording=True).name == "cast"


def test_where_it_does_the_portals_are_not_asked() -> None:
    assert best_source(gnome(wlr=True)).name == "wlr"
    assert best_source(gnome(wlr=True), recording=True).name == "wlr"


@pytest.mark.parametrize(("recording", "name"), [(False, "portal"), (True, "cast")])
def test_the_last_one_says_why_nothing_works(recording: bool, name: str) -> None:
    with pytest.raises(HelperError) as caught:
        best_source(gnome(cast=False, portal=False), recording=recording)
    assert (caught.value.message, caught.value.fix) == (f"No {name}.", f"Get {name}.")


def test_no_source_at_all() -> None:
    with pytest.raises(HelperError, match="No way to take a picture"):
        best_source([])


def test_who_must_know_what_is_recorded_is_told() -> None:
    spec = RecordingSpec(Rect(0, 0, 1, 1), cast("Any", None), cast("Any", None))
    told: list[RecordingSpec] = []

    def record(about: RecordingSpec) -> Capturer:
        told.append(about)
        return cast("Capturer", "its own")

    assert str(source("plain", 1).capturer_for(spec)) == "plain"
    assert str(source("cast", 1, record=record).capturer_for(spec)) == "its own"
    assert told == [spec]
