"""Which windows of an X11 desktop a user would call windows, and how large they look."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_helper.capture._x11_windows import ALL_DESKTOPS, Extents, WindowRecord, X11Windows, visible
from desktop_helper.core.geometry import Rect

SCREEN = Rect(0, 0, 1920, 1080)
OWN_PID = 4242


def record(**changes: Any) -> WindowRecord:
    plain: dict[str, Any] = {
        "window_id": 7,
        "title": "Notes",
        "client": Rect(100, 200, 640, 480),
        "pid": 1,
        "desktop": 0,
    }
    return WindowRecord(**plain | changes)


def seen(*records: WindowRecord, desktop: int = 0) -> list[tuple[int, Rect]]:
    return [(window.window_id, window.rect) for window in visible(records, desktop, SCREEN, OWN_PID)]


def test_the_frame_belongs_to_the_window() -> None:
    framed = record(frame=Extents(left=4, right=6, top=24, bottom=8))
    assert seen(framed) == [(7, Rect(96, 176, 650, 512))]


def test_a_shadow_does_not() -> None:
    shadowed = record(shadow=Extents(left=26, right=26, top=23, bottom=29))
    assert seen(shadowed) == [(7, Rect(126, 223, 588, 428))]


def test_order_is_kept() -> None:
    assert [window for window, _ in seen(record(window_id=3), record(window_id=1), record(window_id=2))] == [3, 1, 2]


@pytest.mark.parametrize(
    "hidden",
    [
        {"states": frozenset({"_NET_WM_STATE_HIDDEN"})},
        {"viewable": False},
        {"desktop": 1},
        {"pid": OWN_PID},
        {"types": frozenset({"_NET_WM_WINDOW_TYPE_DESKTOP"})},
        {"types": frozenset({"_NET_WM_WINDOW_TYPE_TOOLTIP"})},
        {"client": Rect(2000, 200, 640, 480)},
        {"client": Rect(10, 10, 1, 1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_not_to_be_seen_is_left_out(hidden: dict[str, Any]) -> None:
    assert seen(record(**hidden)) == []


def test_a_window_on_every_workspace_is_on_this_one() -> None:
    assert seen(record(desktop=ALL_DESKTOPS), desktop=3)


def test_what_hangs_over_the_edge_is_cut() -> None:
    assert seen(record(client=Rect(-40, 1000, 200, 400))) == [(7, Rect(0, 1000, 160, 80))]


# python-xlib leaves its sockets to the garbage collector when a connection fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_without_a_display_there_are_no_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    windows = X11Windows()
    assert windows.now() == []
    windows.close()


class Answer:
    """Whatever attributes an answer of the server has."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


class FakeWindow:
    """A window with EWMH properties; `None` as geometry means that it was closed meanwhile."""

    def __init__(self, number: int, geometry: Rect | None, **properties: Any) -> None:
        self.id = number
        self.geometry = geometry
        self.properties = properties

    def get_geometry(self) -> Answer:
        if self.geometry is None:
            from Xlib.error import BadDrawable

            raise BadDrawable.__new__(BadDrawable)
        return Answer(width=self.geometry.width, height=self.geometry.height)

    def translate_coords(self, window: FakeWindow, _x: int, _y: int) -> Answer:
        assert window.geometry is not None
        return Answer(x=window.geometry.x, y=window.geometry.y)

    def get_full_property(self, atom: str, _kind: object) -> Answer | None:
        return Answer(value=self.properties[atom]) if atom in self.properties else None

    def get_attributes(self) -> Answer:
        return Answer(map_state=self.properties.get("map_state", 2))


class FakeDisplay:
    """Atoms are their own names."""

    def __init__(self, *windows: FakeWindow) -> None:
        self.windows = {window.id: window for window in windows}
        self.root = FakeWindow(
            1, SCREEN, _NET_CLIENT_LIST_STACKING=[window.id for window in windows], _NET_CURRENT_DESKTOP=[0]
        )

    def screen(self) -> Answer:
        return Answer(root=self.root)

    def intern_atom(self, name: str) -> str:
        return name

    def get_atom_name(self, atom: int) -> str:
        return {9: "_NET_WM_STATE_HIDDEN"}[atom]

    def create_resource_object(self, _kind: str, number: int) -> FakeWindow:
        return self.windows[number]

    def close(self) -> None:
        self.windows.clear()


def read(monkeypatch: pytest.MonkeyPatch, *windows: FakeWindow) -> list[tuple[str, Rect]]:
    reader = X11Windows()
    monkeypatch.setattr(reader, "_display", FakeDisplay(*windows))
    found = [(window.title, window.rect) for window in reader.now()]
    reader.close()
    return found


def test_the_topmost_comes_first_with_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    below = FakeWindow(10, Rect(0, 0, 300, 300), WM_NAME=b"old style")
    above = FakeWindow(
        11, Rect(50, 60, 200, 100), _NET_WM_NAME="标题".encode(), WM_NAME=b"?", _NET_FRAME_EXTENTS=[1, 1, 20, 1]
    )
    assert read(monkeypatch, below, above) == [("标题", Rect(49, 40, 202, 121)), ("old style", Rect(0, 0, 300, 300))]


def test_a_window_that_closes_meanwhile_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, there = FakeWindow(10, None), FakeWindow(11, Rect(0, 0, 300, 300), _NET_WM_NAME=b"there")
    assert [title for title, _ in read(monkeypatch, there, gone)] == ["there"]


def test_a_minimised_window_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, FakeWindow(10, Rect(0, 0, 300, 300), _NET_WM_STATE=[9])) == []


def test_broken_properties_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = FakeWindow(10, Rect(0, 0, 300, 300), _NET_WM_NAME=b"\xff\xfe", _NET_FRAME_EXTENTS=[1, 2], _NET_WM_PID=[])
    assert read(monkeypatch, odd) == [("��", Rect(0, 0, 300, 300))]


def test_our_own_windows_are_known_by_their_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getpid", lambda: OWN_PID)
    assert read(monkeypatch, FakeWindow(10, Rect(0, 0, 300, 300), _NET_WM_PID=[OWN_PID])) == []
