"""Key chords as people write them: `Ctrl+Shift+X`. No Qt, no display."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Flag

from desktop_helper.core.i18n import tr


class Modifier(Flag):
    """Keys that are held. META is the Windows or Command key."""

    NONE = 0
    CTRL = 1
    ALT = 2
    SHIFT = 4
    META = 8


# In the order in which a chord is written.
MODIFIER_NAMES = {Modifier.CTRL: "Ctrl", Modifier.ALT: "Alt", Modifier.SHIFT: "Shift", Modifier.META: "Meta"}

MODIFIER_ALIASES = {
    "ctrl": Modifier.CTRL,
    "control": Modifier.CTRL,
    "alt": Modifier.ALT,
    "option": Modifier.ALT,
    "opt": Modifier.ALT,
    "shift": Modifier.SHIFT,
    "meta": Modifier.META,
    "super": Modifier.META,
    "win": Modifier.META,
    "cmd": Modifier.META,
    "command": Modifier.META,
}

NAMED_KEYS = (
    *("Space", "Tab", "Return", "Backspace", "Escape", "Insert", "Delete", "Home", "End", "PageUp", "PageDown"),
    *("Left", "Right", "Up", "Down", "Print", "Pause", "Menu"),
    *(f"F{number}" for number in range(1, 25)),
)

KEY_ALIASES = {
    "enter": "Return",
    "esc": "Escape",
    "ins": "Insert",
    "del": "Delete",
    "pgup": "PageUp",
    "pgdown": "PageDown",
    "pgdn": "PageDown",
    "prtsc": "Print",
    "printscreen": "Print",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "period": ".",
}

_NAMED = {name.lower(): name for name in NAMED_KEYS} | KEY_ALIASES

# Keys that nothing else is typed with, so they may stand alone.
_STANDALONE = frozenset({"Print", "Pause", "Menu", *(f"F{number}" for number in range(1, 25))})


class ChordError(ValueError):
    """The text is no chord, or one that must not be taken. Its message is for the user."""


@dataclass(frozen=True, slots=True)
class Chord:
    """Held modifiers and one key: an upper-case letter, a digit, a printable character or one of `NAMED_KEYS`."""

    modifiers: Modifier
    key: str

    def __str__(self) -> str:
        held = [name for modifier, name in MODIFIER_NAMES.items() if modifier in self.modifiers]
        return "+".join([*held, self.key])


def parse(text: str) -> Chord:
    """The chord written as `text`; order, case and the usual other names of keys do not matter. Raises `ChordError`."""
    *held, key_name = _split(text)
    modifiers = Modifier.NONE
    for name in held:
        modifier = MODIFIER_ALIASES.get(name.lower())
        if modifier is None:
            raise ChordError(tr("“{name}” is not a key that can be held; use Ctrl, Alt, Shift or Meta.", name=name))
        modifiers |= modifier
    return validate(Chord(modifiers, key_from_name(key_name)))


def key_from_name(name: str) -> str:
    """The canonical name of a single key. Raises `ChordError`."""
    known = _NAMED.get(name.lower())
    if known is not None:
        return known
    upper = unicodedata.normalize("NFC", name.upper())  # "İ".lower() is an i and a dot of its own
    if 1 in (len(name), len(upper)) and name.isprintable() and not name.isspace():
        return upper if len(upper) == 1 else name  # "ß".upper() is "SS"
    if name.lower() in MODIFIER_ALIASES:
        raise ChordError(tr("Add a key to “{name}”, for example Ctrl+Shift+X.", name=name))
    raise ChordError(tr("There is no key called “{name}”.", name=name))


def validate(chord: Chord) -> Chord:
    """`chord`, unless taking it everywhere would break ordinary typing. Raises `ChordError`."""
    if chord.key in _STANDALONE:
        return chord
    if chord.modifiers in (Modifier.NONE, Modifier.SHIFT):
        raise ChordError(
            tr("“{chord}” is needed for typing. Hold Ctrl, Alt or Meta with it, for example Ctrl+Shift+X.", chord=chord)
        )
    return chord


def conflicts(chords: Mapping[str, Chord]) -> dict[str, str]:
    """Which names share a chord with an earlier one: later name -> earlier name."""
    first: dict[Chord, str] = {}
    found: dict[str, str] = {}
    for name, chord in chords.items():
        if chord in first:
            found[name] = first[chord]
        else:
            first[chord] = name
    return found


def _split(text: str) -> list[str]:
    """Parts between plus signs; a plus sign at the end is the key itself (`Ctrl++`)."""
    stripped = text.strip()
    if not stripped:
        raise ChordError(tr("Press the keys, for example Ctrl+Shift+X."))
    if stripped == "+":
        return ["+"]
    if stripped.endswith("++"):
        return [*(part.strip() for part in stripped[:-2].split("+")), "+"]
    return [part.strip() for part in stripped.split("+")]
