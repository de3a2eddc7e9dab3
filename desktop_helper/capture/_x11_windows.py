"""The windows of an X11 desktop, as the window manager tells them (EWMH).

`X11Windows` reads properties; `visible` decides from plain data which windows a user would call a window, so that the
rules are tested without a server.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from desktop_helper.capture._window_rules import capturable
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import WindowInfo

ALL_DESKTOPS = 0xFFFFFFFF
_NOT_WINDOWS = frozenset({"_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DND", "_NET_WM_WINDOW_TYPE_TOOLTIP"})


@dataclass(frozen=True, slots=True)
class Extents:
    """Pixels that a frame or a shadow adds on each side, in the order of `_NET_FRAME_EXTENTS`."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0


@dataclass(frozen=True, slots=True)
class WindowRecord:
    """What the server says about one client window.

    Args:
        client: the client's area on the root window.
        frame: what the window manager draws around it.
        shadow: what the client itself draws beyond its visible edge (`_GTK_FRAME_EXTENTS`).
        desktop: the workspace, `ALL_DESKTOPS` if it is on every one.
        viewable: it and its ancestors are mapped.
    """

    window_id: int
    title: str
    client: Rect
    frame: Extents = Extents()
    shadow: Extents = Extents()
    pid: int = 0
    desktop: int = ALL_DESKTOPS
    types: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    viewable: bool = True

    @property
    def outline(self) -> Rect:
        """The rectangle that a user sees as the window."""
        left = self.frame.left - self.shadow.left
        top = self.frame.top - self.shadow.top
        width = self.client.width + left + self.frame.right - self.shadow.right
        height = self.client.height + top + self.frame.bottom - self.shadow.bottom
        return Rect(self.client.x - left, self.client.y - top, width, height)


def visible(records: Iterable[WindowRecord], desktop: int, screen: Rect, own_pid: int) -> list[WindowInfo]:
    """The windows that can be captured, cut to `screen`.

    Args:
        records: what the server says; their order is kept.
        desktop: the workspace that is shown.
        screen: the whole desktop; what lies beyond it has no pixels.
        own_pid: windows of this process are left out.
    """
    shown = (
        WindowInfo(record.window_id, record.title, record.outline)
        for record in records
        if record.viewable
        and "_NET_WM_STATE_HIDDEN" not in record.states
        and record.desktop in (desktop, ALL_DESKTOPS)
        and record.pid != own_pid
        and not record.types & _NOT_WINDOWS
    )
    return capturable(shown, screen)


class X11Windows:
    """Asks the X server named by DISPLAY. Belongs to the thread that made it."""

    def __init__(self) -> None:
        self._display: Any = None
        self._atoms: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def now(self) -> list[WindowInfo]:
        """The visible windows, topmost first; empty if the server or the window manager does not tell."""
        from Xlib.error import ConnectionClosedError, DisplayError, XError

        try:
            root = self._open().screen().root
            size = root.get_geometry()
            desktop = self._numbers(root, "_NET_CURRENT_DESKTOP")
            whole = Rect(0, 0, size.width, size.height)
            return visible(self._records(root), desktop[0] if desktop else 0, whole, os.getpid())
        except (DisplayError, ConnectionClosedError, XError, OSError):
            self.close()
            return []

    def close(self) -> None:
        """Hang up."""
        display, self._display = self._display, None
        self._atoms.clear()
        self._names.clear()
        if display is not None:
            from Xlib.error import ConnectionClosedError

            with contextlib.suppress(ConnectionClosedError, OSError):  # the server may have hung up first
                display.close()

    def _open(self) -> Any:
        if self._display is None:
            from Xlib.display import Display

            self._display = Display()
        return self._display

    def _records(self, root: Any) -> Iterator[WindowRecord]:
        from Xlib.error import XError

        stacking = self._numbers(root, "_NET_CLIENT_LIST_STACKING") or self._numbers(root, "_NET_CLIENT_LIST")
        for window_id in reversed(stacking):
            try:
                yield self._record(root, self._display.create_resource_object("window", window_id))
            except XError:
                continue  # closed while we were asking

    def _record(self, root: Any, window: Any) -> WindowRecord:
        from Xlib import X

        size = window.get_geometry()
        origin = root.translate_coords(window, 0, 0)
        desktop = self._numbers(window, "_NET_WM_DESKTOP")
        pid = self._numbers(window, "_NET_WM_PID")
        return WindowRecord(
            window_id=window.id,
            title=self._text(window, "_NET_WM_NAME") or self._text(window, "WM_NAME"),
            client=Rect(origin.x, origin.y, size.width, size.height),
            frame=self._extents(window, "_NET_FRAME_EXTENTS"),
            shadow=self._extents(window, "_GTK_FRAME_EXTENTS"),
            pid=pid[0] if pid else 0,
            desktop=desktop[0] if desktop else ALL_DESKTOPS,
            types=self._atom_names(window, "_NET_WM_WINDOW_TYPE"),
            states=self._atom_names(window, "_NET_WM_STATE"),
            viewable=window.get_attributes().map_state == X.IsViewable,
        )

    def _property(self, window: Any, name: str) -> Any:
        from Xlib import X

        if name not in self._atoms:
            self._atoms[name] = self._display.intern_atom(name)
        answer = window.get_full_property(self._atoms[name], X.AnyPropertyType)
        return None if answer is None else answer.value

    def _numbers(self, window: Any, name: str) -> list[int]:
        value = self._property(window, name)
        return [] if value is None or isinstance(value, (bytes, str)) else [int(number) for number in value]

    def _text(self, window: Any, name: str) -> str:
        value = self._property(window, name)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")

    def _extents(self, window: Any, name: str) -> Extents:
        numbers = self._numbers(window, name)
        return Extents(*numbers) if len(numbers) == 4 else Extents()

    def _atom_names(self, window: Any, name: str) -> frozenset[str]:
        found = set()
        for atom in self._numbers(window, name):
            if atom not in self._names:
                self._names[atom] = self._display.get_atom_name(atom)
            found.add(self._names[atom])
        return frozenset(found)
