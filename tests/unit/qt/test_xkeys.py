from __future__ import annotations

import pytest

from desktop_helper.qt.hotkeys import xkeys
from desktop_helper.qt.hotkeys.chord import parse
from desktop_helper.qt.hotkeys.xkeys import Masks, XKey

MASKS = Masks(alt=8, meta=64, locks=(2, 16))


class FakeDisplay:
    """A keyboard: key code -> keysyms (unshifted, shifted, second layout unshifted, shifted, AltGr...)."""

    def __init__(self, keys: dict[int, list[int]], modifiers: list[list[int]] | None = None) -> None:
        self.keys = keys
        self.modifiers = modifiers or [[] for _ in range(8)]

    def keysym_to_keycodes(self, keysym: int):
        return [(code, row.index(keysym)) for code, row in self.keys.items() if keysym in row]

    def keycode_to_keysym(self, code: int, index: int) -> int:
        row = self.keys.get(code, [])
        return row[index] if index < len(row) else 0

    def get_modifier_mapping(self):
        return self.modifiers


US = {53: [ord("x"), ord("X")], 10: [ord("1"), ord("!")], 65: [0x20], 96: [0xFFC9]}
GERMAN = {16: [ord("7"), ord("/")], 24: [ord("q"), ord("Q"), 0, 0, ord("@")], 47: [0xF6, 0xD6]}
RUSSIAN = {53: [0x6DE, 0x6FE]}
US_AND_RUSSIAN = {53: [ord("x"), ord("X"), 0x6DE, 0x6FE]}
RUSSIAN_AND_US = {53: [0x6DE, 0x6FE, ord("x"), ord("X")]}


@pytest.mark.parametrize(
    ("keyboard", "chord", "expected"),
    [
        (US, "Ctrl+Shift+X", XKey(53, 1 | 4)),
        (US, "Ctrl+Shift+1", XKey(10, 1 | 4)),
        (US, "Ctrl+!", XKey(10, 1 | 4)),
        (US, "Meta+Alt+Space", XKey(65, 64 | 8)),
        (US, "F12", XKey(96, 0)),
        (GERMAN, "Ctrl+/", XKey(16, 1 | 4)),
        (GERMAN, "Ctrl+Ö", XKey(47, 4)),
        (GERMAN, "Ctrl+@", None),
        (RUSSIAN, "Ctrl+Shift+X", XKey(53, 1 | 4)),
        (RUSSIAN_AND_US, "Ctrl+X", XKey(53, 4)),
        (US, "Ctrl+F24", None),
    ],
)
def test_finds_the_key_of_a_chord_on_each_keyboard(keyboard, chord, expected):
    assert xkeys.resolve(FakeDisplay(keyboard), parse(chord), MASKS) == expected


@pytest.mark.parametrize("keyboard", [US, US_AND_RUSSIAN, RUSSIAN, RUSSIAN_AND_US])
def test_names_a_key_by_its_latin_letter(keyboard):
    assert xkeys.key_name(FakeDisplay(keyboard), 53) == "X"


def test_names_digits_and_special_keys_unshifted():
    display = FakeDisplay(US)
    assert [xkeys.key_name(display, code) for code in (10, 65, 96, 250)] == ["1", "Space", "F12", ""]


def test_reads_which_bits_are_alt_super_and_the_locks():
    keys = {64: [xkeys.ALT_L], 77: [xkeys.NUM_LOCK], 78: [xkeys.SCROLL_LOCK], 133: [xkeys.SUPER_L]}
    rows = [[50], [66], [37], [64], [77], [78], [133], []]
    assert xkeys.read_masks(FakeDisplay(keys, rows)) == Masks(alt=8, meta=64, locks=(2, 16, 32))


def test_a_keyboard_without_lock_keys_has_caps_lock_only():
    assert xkeys.read_masks(FakeDisplay({})) == Masks(alt=8, meta=64, locks=(2,))


def test_every_combination_of_locks_is_grabbed_once():
    variants = list(xkeys.lock_variants((2, 16, 32)))
    assert len(variants) == len(set(variants)) == 8
    assert 0 in variants


def test_locks_buttons_and_layout_do_not_change_which_chord_it_is():
    control_shift, button_1, second_group = 1 | 4, 0x100, 0x2000
    assert xkeys.without_locks(control_shift | 2 | 16 | button_1 | second_group, MASKS.locks) == control_shift
