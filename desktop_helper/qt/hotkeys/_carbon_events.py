"""The real Carbon Event Manager for `carbon.py`. Loaded on macOS only."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

CARBON = "/System/Library/Frameworks/Carbon.framework/Carbon"


def _code(four: str) -> int:
    return int.from_bytes(four.encode("ascii"), "big")


KEYBOARD_CLASS = _code("keyb")
HOT_KEY_PRESSED = 5
DIRECT_OBJECT = _code("----")
HOT_KEY_ID_TYPE = _code("hkid")
SIGNATURE = _code("DskH")
NOT_HANDLED = -9874  # eventNotHandledErr: the event goes on to the next handler


class HotKeyId(ctypes.Structure):
    """`EventHotKeyID`."""

    _fields_ = (("signature", ctypes.c_uint32), ("id", ctypes.c_uint32))


class TypeSpec(ctypes.Structure):
    """`EventTypeSpec`."""

    _fields_ = (("event_class", ctypes.c_uint32), ("kind", ctypes.c_uint32))


HANDLER = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


class CarbonEvents:
    """See `carbon.EventManager`."""

    def __init__(self) -> None:
        self._carbon: Any = ctypes.CDLL(CARBON)
        _declare(self._carbon)
        self._references: dict[int, ctypes.c_void_p] = {}
        self._handler_reference = ctypes.c_void_p()
        self._handler: Any = None  # must live as long as it is installed

    def listen(self, on_hotkey: Callable[[int], None]) -> None:
        """Install the handler on the application's event target."""

        def handle(_call: int, event: int, _data: int) -> int:
            found = HotKeyId()
            status = self._carbon.GetEventParameter(
                event, DIRECT_OBJECT, HOT_KEY_ID_TYPE, None, ctypes.sizeof(found), None, ctypes.byref(found)
            )
            if status or found.signature != SIGNATURE:
                return NOT_HANDLED
            on_hotkey(int(found.id))
            return 0

        self._handler = HANDLER(handle)
        kinds = TypeSpec(KEYBOARD_CLASS, HOT_KEY_PRESSED)
        target = self._carbon.GetApplicationEventTarget()
        self._carbon.InstallEventHandler(
            target, self._handler, 1, ctypes.byref(kinds), None, ctypes.byref(self._handler_reference)
        )

    def register(self, hotkey_id: int, modifiers: int, key: int) -> int:
        """0 or an OSStatus."""
        reference = ctypes.c_void_p()
        target = self._carbon.GetApplicationEventTarget()
        status = self._carbon.RegisterEventHotKey(
            key, modifiers, HotKeyId(SIGNATURE, hotkey_id), target, 0, ctypes.byref(reference)
        )
        if not status:
            self._references[hotkey_id] = reference
        return int(status)

    def unregister(self, hotkey_id: int) -> None:
        """Give a key back."""
        reference = self._references.pop(hotkey_id, None)
        if reference is not None:
            self._carbon.UnregisterEventHotKey(reference)

    def close(self) -> None:
        """Take the handler out."""
        if self._handler is not None:
            self._carbon.RemoveEventHandler(self._handler_reference)
            self._handler = None


def _declare(carbon: Any) -> None:
    """Pointers are 64 bits: without declared types ctypes would cut them to an int."""
    pointer, uint32 = ctypes.c_void_p, ctypes.c_uint32
    carbon.GetApplicationEventTarget.restype = pointer
    carbon.RegisterEventHotKey.argtypes = (uint32, uint32, HotKeyId, pointer, uint32, pointer)
    carbon.UnregisterEventHotKey.argtypes = (pointer,)
    carbon.InstallEventHandler.argtypes = (pointer, HANDLER, ctypes.c_ulong, pointer, pointer, pointer)
    carbon.RemoveEventHandler.argtypes = (pointer,)
    carbon.GetEventParameter.argtypes = (pointer, uint32, uint32, pointer, ctypes.c_ulong, pointer, pointer)
