from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop_helper.services.chord import (
    MODIFIER_ALIASES,
    NAMED_KEYS,
    Chord,
    ChordError,
    Modifier,
    conflicts,
    parse,
)

KEYS = st.one_of(st.sampled_from(NAMED_KEYS), st.characters(min_codepoint=0x21, max_codepoint=0x24F))
MODIFIERS = st.sets(st.sampled_from([Modifier.CTRL, Modifier.ALT, Modifier.META]), min_size=1).map(
    lambda chosen: Modifier(sum(modifier.value for modifier in chosen))
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Ctrl+Shift+X", "Ctrl+Shift+X"),
        ("shift + control + x", "Ctrl+Shift+X"),
        ("Win+Esc", "Meta+Escape"),
        ("cmd+option+pgdn", "Alt+Meta+PageDown"),
        ("Ctrl++", "Ctrl++"),
        ("ctrl+plus", "Ctrl++"),
        ("Ctrl+Shift+1", "Ctrl+Shift+1"),
        ("Ctrl+ö", "Ctrl+Ö"),
        ("Ctrl+ß", "Ctrl+ß"),
        ("F9", "F9"),
        ("PrtSc", "Print"),
        ("Shift+Print", "Shift+Print"),
    ],
)
def test_writes_chords_one_way_whatever_the_spelling(text, canonical):
    assert str(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Press the keys"),
        ("+", "needed for typing"),
        ("X", "needed for typing"),
        ("Shift+X", "needed for typing"),
        ("Shift+Space", "needed for typing"),
        ("Ctrl+Shift", "Add a key"),
        ("Hyper+X", "“Hyper” is not a key that can be held"),
        ("Ctrl+Shift+Frobnicate", "no key called “Frobnicate”"),
        ("Ctrl+ ", "no key called"),
        ("Ctrl+X+Y", "“X” is not a key that can be held"),
    ],
)
def test_says_what_is_wrong_with_a_chord(text, says):
    with pytest.raises(ChordError, match=says):
        parse(text)


@given(MODIFIERS, KEYS, st.booleans())
@example(Modifier.CTRL, "İ", False)  # two characters when it is small
def test_parsing_what_was_written_gives_the_same_chord(modifiers, key, shift):
    name = key if key in NAMED_KEYS or len(key.upper()) != 1 else key.upper()
    chord = Chord(modifiers | Modifier.SHIFT if shift else modifiers, name)
    try:
        again = parse(str(chord))
    except ChordError:
        assert not key.isprintable() or key.isspace()
    else:
        assert again == chord
        assert parse(str(chord).lower()) == again


@given(st.text(max_size=30))
def test_any_text_is_a_chord_or_a_chord_error(text):
    try:
        chord = parse(text)
    except ChordError as error:
        message = str(error)
        assert message.endswith(".") or "example" in message
    else:
        assert parse(str(chord)) == chord


@given(st.permutations(["ctrl", "ALT", "Shift", "super"]))
def test_the_order_of_held_keys_does_not_matter(held):
    assert str(parse("+".join([*held, "k"]))) == "Ctrl+Alt+Shift+Meta+K"


def test_names_of_held_keys_are_not_keys():
    for name in MODIFIER_ALIASES:
        with pytest.raises(ChordError, match="Add a key"):
            parse(f"Ctrl+{name}")


def test_conflicts_name_the_later_and_the_earlier_one():
    chords = {"region": parse("Ctrl+Shift+X"), "chat": parse("Ctrl+Space"), "screen": parse("shift+ctrl+x")}
    assert conflicts(chords) == {"screen": "region"}
