from __future__ import annotations

import pytest

from desktop_helper.qt.hotkeys import xkeys
from desktop_helper.qt.hotkeys.xkeys import Keyboard, Masks, XKey
from desktop_helper.services.chord import parse

MASKS = Masks(alt=8, meta=64, locks=(2, 16))


NO_MODIFIERS = ((),) * 8

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
    assert xkeys.resolve(Keyboard(keyboard, NO_MODIFIERS), parse(chord), MASKS) == expected


@pytest.mark.parametrize("keyboard", [US, US_AND_RUSSIAN, RUSSIAN, RUSSIAN_AND_US])
def test_names_a_key_by_its_latin_letter(keyboard):
    assert xkeys.key_name(Keyboard(keyboard, NO_MODIFIERS), 53) == "X"


def test_names_digits_and_special_keys_unshifted():
    keyboard = Keyboard(US, NO_MODIFIERS)
    assert [xkeys.key_name(keyboard, code) for code in (10, 65, 96, 250)] == ["1", "Space", "F12", ""]


def test_reads_which_bits_are_alt_super_and_the_locks():
    keys = {64: [xkeys.ALT_L], 77: [xkeys.NUM_LOCK], 78: [xkeys.SCROLL_LOCK], 133: [xkeys.SUPER_L]}
    rows = [[50], [66], [37], [64], [77], [78], [133], []]
    assert xkeys.read_masks(Keyboard(keys, rows)) == Masks(alt=8, meta=64, locks=(2, 16, 32))


def test_a_keyboard_without_lock_keys_has_caps_lock_only():
    assert xkeys.read_masks(Keyboard({}, NO_MODIFIERS)) == Masks(alt=8, meta=64, locks=(2,))


def test_every_combination_of_locks_is_grabbed_once():
    variants = list(xkeys.lock_variants((2, 16, 32)))
    assert len(variants) == len(set(variants)) == 8
    assert 0 in variants


def test_locks_buttons_and_layout_do_not_change_which_chord_it_is():
    control_shift, button_1, second_group = 1 | 4, 0x100, 0x2000
    assert xkeys.without_locks(control_shift | 2 | 16 | button_1 | second_group, MASKS.locks) == control_shift
