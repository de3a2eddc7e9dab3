"""Questions a test asks the X server directly, without the app and without xdotool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from Xlib import X, error
from Xlib.display import Display

if TYPE_CHECKING:
    from PIL.Image import Image


class Connection:
    """A connection of the test's own."""

    def __init__(self, display: str) -> None:
        self.display = Display(display)
        self.root = self.display.screen().root

    def close(self) -> None:
        """Hang up."""
        self.display.close()

    def atom(self, name: str) -> int:
        """The number of an atom."""
        return int(self.display.intern_atom(name))

    def has_window_manager(self) -> bool:
        """Whether a window manager that speaks EWMH runs."""
        return self.root.get_full_property(self.atom("_NET_SUPPORTING_WM_CHECK"), X.AnyPropertyType) is not None

    def tray_owner(self) -> int:
        """The window of the tray host, 0 if there is none."""
        owner = self.display.get_selection_owner(self.atom("_NET_SYSTEM_TRAY_S0"))
        return int(owner.id) if owner else 0

    def tray_icons(self) -> int:
        """How many icons are docked: children of the panel that speak XEMBED."""
        found = [window for window in self._descendants(self.root) if self._has(window, "_XEMBED_INFO")]
        return sum(1 for window in found if self._state(window) == X.IsViewable)

    def pointer(self) -> tuple[int, int]:
        """Where the mouse is."""
        answer = self.root.query_pointer()
        return answer.root_x, answer.root_y

    def focused(self) -> int:
        """The window that has the keyboard (the client's, not its frame)."""
        focus = self.display.get_input_focus().focus
        return int(focus.id) if hasattr(focus, "id") else int(focus)

    def active_window(self) -> int:
        """What the window manager calls the active window."""
        value = self.root.get_full_property(self.atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
        return int(value.value[0]) if value is not None and len(value.value) else 0

    def visible_windows(self) -> list[int]:
        """Mapped windows: managed clients, then unmanaged ones that have a title; topmost last."""
        clients = self._clients()
        unmanaged = [child.id for child in self.root.query_tree().children if self._unmanaged(child)]
        return [window for window in clients + unmanaged if self._state(self.window(window)) == X.IsViewable]

    def title(self, window: int) -> str:
        """The title, empty if the window has none or is gone."""
        try:
            for name in ("_NET_WM_NAME", "WM_NAME"):
                value = self.window(window).get_full_property(self.atom(name), X.AnyPropertyType)
                if value is not None:
                    return (
                        value.value.decode("utf-8", "replace") if isinstance(value.value, bytes) else str(value.value)
                    )
        except error.XError:
            pass
        return ""

    def pid(self, window: int) -> int:
        """The process of a window as it says itself, 0 if it does not."""
        value = self.window(window).get_full_property(self.atom("_NET_WM_PID"), X.AnyPropertyType)
        return int(value.value[0]) if value is not None else 0

    def geometry(self, window: int) -> tuple[int, int, int, int]:
        """x, y, width, height of a window's contents on the root."""
        handle = self.window(window)
        size = handle.get_geometry()
        place = handle.translate_coords(self.root, 0, 0)
        return -place.x, -place.y, size.width, size.height

    def states(self, window: int) -> set[str]:
        """EWMH states of a window, e.g. `_NET_WM_STATE_ABOVE`."""
        value = self.window(window).get_full_property(self.atom("_NET_WM_STATE"), X.AnyPropertyType)
        return {self.display.get_atom_name(atom) for atom in value.value} if value is not None else set()

    def window(self, window: int) -> Any:
        """python-xlib's handle of a window id."""
        return self.display.create_resource_object("window", window)

    def screenshot(self) -> Image:
        """The root window as an RGB picture."""
        from PIL import Image

        size = self.root.get_geometry()
        raw = self.root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
        return Image.frombytes("RGB", (size.width, size.height), raw.data, "raw", "BGRX")

    def _clients(self) -> list[int]:
        value = self.root.get_full_property(self.atom("_NET_CLIENT_LIST_STACKING"), X.AnyPropertyType)
        return [int(window) for window in value.value] if value is not None else []

    def _unmanaged(self, window: Any) -> bool:
        try:
            return bool(window.get_attributes().override_redirect) and self.title(window.id) != ""
        except error.XError:
            return False

    def _state(self, window: Any) -> int:
        try:
            return int(window.get_attributes().map_state)
        except error.XError:
            return int(X.IsUnmapped)

    def _has(self, window: Any, property_name: str) -> bool:
        try:
            return window.get_full_property(self.atom(property_name), X.AnyPropertyType) is not None
        except error.XError:
            return False

    def _descendants(self, window: Any) -> list[Any]:
        try:
            children = window.query_tree().children
        except error.XError:
            return []
        return [found for child in children for found in (child, *self._descendants(child))]
