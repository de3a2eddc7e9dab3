"""From chord keys to X key codes and back.

Keysym numbers are those of `X11/keysymdef.h`. Key codes of the letter rows are those that every evdev keyboard has,
used where the layout has no Latin letters at all, so that Ctrl+Shift+X stays on the same key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from desktop_helper.services.chord import Chord, Modifier

SHIFT_MASK, LOCK_MASK, CONTROL_MASK, MOD1_MASK, MOD4_MASK = 1, 2, 4, 8, 64
ALL_MODIFIERS = 0xFF

NUM_LOCK, SCROLL_LOCK, ALT_L, SUPER_L = 0xFF7F, 0xFF14, 0xFFE9, 0xFFEB

NAMED_KEYSYMS = {
    "Space": 0x20,
    "Tab": 0xFF09,
    "Return": 0xFF0D,
    "Backspace": 0xFF08,
    "Escape": 0xFF1B,
    "Insert": 0xFF63,
    "Delete": 0xFFFF,
    "Home": 0xFF50,
    "End": 0xFF57,
    "PageUp": 0xFF55,
    "PageDown": 0xFF56,
    "Left": 0xFF51,
    "Up": 0xFF52,
    "Right": 0xFF53,
    "Down": 0xFF54,
    "Print": 0xFF61,
    "Pause": 0xFF13,
    "Menu": 0xFF67,
} | {f"F{number}": 0xFFBE + number - 1 for number in range(1, 25)}

_NAMES = {keysym: name for name, keysym in NAMED_KEYSYMS.items()}

_ROWS = ((24, "QWERTYUIOP"), (38, "ASDFGHJKL"), (52, "ZXCVBNM"), (10, "1234567890"))
EVDEV_CODES = {key: start + offset for start, row in _ROWS for offset, key in enumerate(row)}
_EVDEV_NAMES = {code: key for key, code in EVDEV_CODES.items()}


class XKey(NamedTuple):
    """What XGrabKey takes: a key code and the exact modifier mask."""

    code: int
    mask: int


class Keyboard(NamedTuple):
    """The server's tables.

    Args:
        keys: key code to its keysyms: unshifted, shifted, the same of the second layout, then those with AltGr.
        modifiers: for each of the eight modifier bits, the key codes that set it.
    """

    keys: Mapping[int, Sequence[int]]
    modifiers: Sequence[Sequence[int]]

    def codes_of(self, keysym: int) -> list[tuple[int, int]]:
        """Where `keysym` is: key code and index."""
        return [(code, row.index(keysym)) for code, row in self.keys.items() if keysym in row]

    def keysym(self, code: int, index: int) -> int:
        """The keysym of a key, 0 if there is none."""
        row = self.keys.get(code, ())
        return row[index] if index < len(row) else 0


class Masks(NamedTuple):
    """Which modifier bits mean what on this keyboard; `locks` are ignored."""

    alt: int
    meta: int
    locks: tuple[int, ...]


def keysym_of(key: str) -> int:
    """The keysym of a chord's key, unshifted."""
    named = NAMED_KEYSYMS.get(key)
    if named is not None:
        return named
    code = ord(key.lower())
    return code if code < 0x100 else 0x01000000 | code


def read_masks(keyboard: Keyboard) -> Masks:
    """Which modifier bits Alt, Super and the lock keys are."""

    def mask_of(keysym: int) -> int:
        codes = {code for code, _index in keyboard.codes_of(keysym)}
        return next((1 << bit for bit, row in enumerate(keyboard.modifiers) if codes.intersection(row)), 0)

    locks = {LOCK_MASK, mask_of(NUM_LOCK), mask_of(SCROLL_LOCK)} - {0}
    return Masks(mask_of(ALT_L) or MOD1_MASK, mask_of(SUPER_L) or MOD4_MASK, tuple(sorted(locks)))


def resolve(keyboard: Keyboard, chord: Chord, masks: Masks) -> XKey | None:
    """The key to grab for `chord`, or None if the keyboard does not have it."""
    mask = mask_of_modifiers(chord.modifiers, masks)
    # Even indices are unshifted, odd ones shifted; 4 and above need AltGr, which a grab cannot ask for.
    found = [(index, code) for code, index in keyboard.codes_of(keysym_of(chord.key)) if index < 4]
    if found:
        index, code = min(found)
        return XKey(code, mask | (SHIFT_MASK if index % 2 else 0))
    if chord.key in EVDEV_CODES:
        return XKey(EVDEV_CODES[chord.key], mask)
    return None


def mask_of_modifiers(modifiers: Modifier, masks: Masks) -> int:
    """The modifier mask of a chord."""
    bits = {
        Modifier.CTRL: CONTROL_MASK,
        Modifier.SHIFT: SHIFT_MASK,
        Modifier.ALT: masks.alt,
        Modifier.META: masks.meta,
    }
    return sum(bit for modifier, bit in bits.items() if modifier in modifiers)


def lock_variants(locks: Sequence[int]) -> Iterator[int]:
    """Every combination of the lock bits: a grab is exact, and Num Lock is usually on."""
    for count in range(len(locks) + 1):
        for chosen in combinations(locks, count):
            yield sum(chosen)


def without_locks(state: int, locks: Sequence[int]) -> int:
    """The modifier mask of a key event, without lock keys, mouse buttons and the layout group."""
    return state & ALL_MODIFIERS & ~sum(locks)


def key_name(keyboard: Keyboard, code: int) -> str:
    """What is printed on the key: its unshifted Latin character or name; empty if there is none."""
    for index in (0, 2):
        keysym = keyboard.keysym(code, index)
        if keysym in _NAMES:
            return _NAMES[keysym]
        if 0x20 < keysym < 0x100:
            return chr(keysym).upper()
    return _EVDEV_NAMES.get(code, "")
