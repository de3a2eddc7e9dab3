"""The few X requests that hotkeys need, through libxcb, which Qt's own X plug-in has loaded already.

python-xlib would do the same and cost 125 ms of CPU to import and connect, two thirds of what a bare Qt window takes to
start (docs/adr). Layouts are those of `xcb/xproto.h`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from desktop_helper.qt.hotkeys.xkeys import Keyboard

KEY_PRESS, KEY_RELEASE, MAPPING_NOTIFY = 2, 3, 34
GRAB_MODE_ASYNC = 1


class _Cookie(ctypes.Structure):
    """Every `xcb_*_cookie_t`."""

    _fields_ = (("sequence", ctypes.c_uint),)


class _Setup(ctypes.Structure):
    """The start of `xcb_setup_t`."""

    _fields_ = (
        ("status", ctypes.c_uint8),
        ("pad", ctypes.c_uint8 * 33),
        ("min_keycode", ctypes.c_uint8),
        ("max_keycode", ctypes.c_uint8),
    )


class _ScreenIterator(ctypes.Structure):
    """`xcb_screen_iterator_t`; a screen starts with its root window."""

    _fields_ = (("data", ctypes.POINTER(ctypes.c_uint32)), ("rem", ctypes.c_int), ("index", ctypes.c_int))


class _Event(ctypes.Structure):
    """`xcb_key_press_event_t`; errors and replies share the first two bytes."""

    _fields_ = (
        ("response_type", ctypes.c_uint8),
        ("detail", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("time", ctypes.c_uint32),
        ("windows", ctypes.c_uint32 * 3),
        ("positions", ctypes.c_int16 * 4),
        ("state", ctypes.c_uint16),
    )


class XEvent(NamedTuple):
    """A key event, or a note that the keyboard has changed."""

    kind: int
    code: int
    state: int
    time: int


class XcbConnection:
    """A connection of our own. Every method raises ConnectionError once the server is gone."""

    def __init__(self, display_name: str | None = None) -> None:
        self._xcb, self._free = _libraries()
        screen = ctypes.c_int()
        name = display_name.encode() if display_name else None
        self._connection = self._xcb.xcb_connect(name, ctypes.byref(screen))
        if self._xcb.xcb_connection_has_error(self._connection):
            self._xcb.xcb_disconnect(self._connection)
            raise ConnectionError("the X server cannot be reached")
        setup = self._xcb.xcb_get_setup(self._connection)
        self._first = setup.contents.min_keycode
        self._count = setup.contents.max_keycode - self._first + 1
        screens = self._xcb.xcb_setup_roots_iterator(setup)
        for _ in range(screen.value):
            self._xcb.xcb_screen_next(ctypes.byref(screens))
        self._root = int(screens.data[0])

    def fileno(self) -> int:
        """The socket, for waiting."""
        return int(self._xcb.xcb_get_file_descriptor(self._connection))

    def close(self) -> None:
        """Hang up; the server gives our grabs back."""
        if self._connection is not None:
            self._xcb.xcb_disconnect(self._connection)
            self._connection = None

    def keyboard(self) -> Keyboard:
        """What each key means now."""
        xcb, connection = self._xcb, self._connection
        cookie = xcb.xcb_get_keyboard_mapping(connection, self._first, self._count)
        reply = self._reply(xcb.xcb_get_keyboard_mapping_reply, cookie)
        length = xcb.xcb_get_keyboard_mapping_keysyms_length(reply)
        keysyms = xcb.xcb_get_keyboard_mapping_keysyms(reply)[:length]
        width = reply.contents.detail  # keysyms per key code
        self._free(reply)
        keys = {self._first + row: tuple(keysyms[row * width : (row + 1) * width]) for row in range(self._count)}
        reply = self._reply(xcb.xcb_get_modifier_mapping_reply, xcb.xcb_get_modifier_mapping(connection))
        width = reply.contents.detail  # key codes per modifier
        codes = xcb.xcb_get_modifier_mapping_keycodes(reply)[: 8 * width]
        self._free(reply)
        return Keyboard(keys, tuple(tuple(codes[row * width : (row + 1) * width]) for row in range(8)))

    def grab_key(self, code: int, masks: Iterable[int]) -> bool:
        """Take a key with each of the modifier masks, or with none of them; False if another program has it."""
        masks = tuple(masks)
        cookies = [
            self._xcb.xcb_grab_key_checked(
                self._connection, 0, self._root, mask, code, GRAB_MODE_ASYNC, GRAB_MODE_ASYNC
            )
            for mask in masks
        ]
        # Every request is checked: an error that nobody asks for would turn up among the events.
        errors = [self._error(cookie) for cookie in cookies]
        self._raise_if_gone()
        if not any(errors):
            return True
        self.ungrab_key(code, masks)
        return False

    def ungrab_key(self, code: int, masks: Iterable[int]) -> None:
        """Give a key back."""
        for mask in masks:
            self._xcb.xcb_ungrab_key(self._connection, code, self._root, mask)
        self._xcb.xcb_flush(self._connection)
        self._raise_if_gone()

    def events(self) -> Iterator[XEvent]:
        """Everything that has arrived."""
        while event := self._xcb.xcb_poll_for_event(self._connection):
            found = event.contents
            kind = found.response_type & 0x7F  # the top bit marks events that another program made up
            sent = XEvent(kind, found.detail, found.state, found.time)
            self._free(event)
            yield sent
        self._raise_if_gone()

    def _reply(self, wait: Any, cookie: _Cookie) -> Any:
        reply = wait(self._connection, cookie, None)
        self._raise_if_gone()
        if not reply:
            raise ConnectionError("the X server refused a request")
        return reply

    def _error(self, cookie: _Cookie) -> int:
        error = self._xcb.xcb_request_check(self._connection, cookie)
        if not error:
            return 0
        code = int(error.contents.detail)
        self._free(error)
        return code

    def _raise_if_gone(self) -> None:
        if self._xcb.xcb_connection_has_error(self._connection):
            raise ConnectionError("the X server is gone")


@cache
def _libraries() -> tuple[Any, Any]:
    """The library with its types declared, and the C library's `free`."""
    xcb: Any = ctypes.CDLL("libxcb.so.1")
    u8, u16, u32, pointer = ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_void_p
    reply = ctypes.POINTER(_Event)
    for name, result, arguments in (
        ("xcb_connect", pointer, (ctypes.c_char_p, pointer)),
        ("xcb_disconnect", None, (pointer,)),
        ("xcb_connection_has_error", ctypes.c_int, (pointer,)),
        ("xcb_get_file_descriptor", ctypes.c_int, (pointer,)),
        ("xcb_flush", ctypes.c_int, (pointer,)),
        ("xcb_get_setup", ctypes.POINTER(_Setup), (pointer,)),
        ("xcb_setup_roots_iterator", _ScreenIterator, (ctypes.POINTER(_Setup),)),
        ("xcb_screen_next", None, (pointer,)),
        ("xcb_get_keyboard_mapping", _Cookie, (pointer, u8, u8)),
        ("xcb_get_keyboard_mapping_reply", reply, (pointer, _Cookie, pointer)),
        ("xcb_get_keyboard_mapping_keysyms", ctypes.POINTER(u32), (reply,)),
        ("xcb_get_keyboard_mapping_keysyms_length", ctypes.c_int, (reply,)),
        ("xcb_get_modifier_mapping", _Cookie, (pointer,)),
        ("xcb_get_modifier_mapping_reply", reply, (pointer, _Cookie, pointer)),
        ("xcb_get_modifier_mapping_keycodes", ctypes.POINTER(u8), (reply,)),
        ("xcb_grab_key_checked", _Cookie, (pointer, u8, u32, u16, u8, u8, u8)),
        ("xcb_ungrab_key", _Cookie, (pointer, u8, u32, u16)),
        ("xcb_request_check", reply, (pointer, _Cookie)),
        ("xcb_poll_for_event", reply, (pointer,)),
    ):
        function = getattr(xcb, name)
        function.restype, function.argtypes = result, arguments
    free = ctypes.CDLL(None).free
    free.restype, free.argtypes = None, (pointer,)
    return xcb, free
