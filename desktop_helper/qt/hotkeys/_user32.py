"""The real user32 for `win32.py`. Loaded on Windows only."""

from __future__ import annotations

import ctypes
from typing import Any

MAPVK_VK_TO_CHAR = 2


class SystemUser32:
    """See `win32.User32`."""

    def __init__(self) -> None:
        # getattr: ctypes.WinDLL exists on Windows only, and the types of other systems do not know it.
        self._dll: Any = getattr(ctypes, "WinDLL")("user32", use_last_error=True)  # noqa: B009
        self._dll.RegisterHotKey.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_uint, ctypes.c_uint)
        self._dll.UnregisterHotKey.argtypes = (ctypes.c_void_p, ctypes.c_int)
        self._dll.VkKeyScanW.argtypes = (ctypes.c_wchar,)
        self._dll.VkKeyScanW.restype = ctypes.c_short
        self._dll.MapVirtualKeyW.argtypes = (ctypes.c_uint, ctypes.c_uint)
        self._dll.MapVirtualKeyW.restype = ctypes.c_uint

    def register(self, hotkey_id: int, modifiers: int, key: int) -> int:
        """0, or the system's error code."""
        if self._dll.RegisterHotKey(None, hotkey_id, modifiers, key):
            return 0
        return int(getattr(ctypes, "get_last_error")()) or -1  # noqa: B009 - see above

    def unregister(self, hotkey_id: int) -> None:
        """Give a key back."""
        self._dll.UnregisterHotKey(None, hotkey_id)

    def key_of_character(self, character: str) -> tuple[int, bool]:
        """The key in the low byte, the shift state in the high one; AltGr characters cannot be hotkeys."""
        if len(character) != 1 or ord(character) > 0xFFFF:
            return 0, False
        found = int(self._dll.VkKeyScanW(character))
        shift_state = (found >> 8) & 0xFF
        return (0, False) if found == -1 or shift_state > 1 else (found & 0xFF, shift_state == 1)

    def character_of_key(self, virtual_key: int) -> str:
        """The top bit marks dead keys."""
        code = int(self._dll.MapVirtualKeyW(virtual_key, MAPVK_VK_TO_CHAR)) & 0x7FFFFFFF
        return chr(code) if 0x20 < code < 0x10000 else ""
