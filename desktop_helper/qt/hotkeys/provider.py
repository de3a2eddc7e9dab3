"""What a way of taking global hotkeys must do. No Qt here, so that fakes are cheap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from desktop_helper.core.availability import Availability
from desktop_helper.core.i18n import tr
from desktop_helper.services.chord import Chord


@dataclass(frozen=True, slots=True)
class HotkeyProblem:
    """A hotkey that does not work.

    Args:
        name: what it was for, e.g. `region`.
        chord: as the user wrote it.
        message: one sentence, what is wrong.
        fix: one sentence, what to do.
    """

    name: str
    chord: str
    message: str
    fix: str = ""


class HotkeyProvider(Protocol):
    """Takes keys from the whole desktop. Created with `(on_pressed, on_changed)`; used on the thread of the window.

    `on_pressed(name)` may come from any thread. `on_changed(name, problem)` tells of a key that worked and no longer
    does, e.g. after a change of the keyboard layout, and with None of one that works now.
    """

    name: str

    def grab(self, name: str, chord: Chord) -> str | None:
        """Take `chord` for `name`. Returns None, or one sentence why it could not be taken."""
        ...

    def release_all(self) -> None:
        """Give every key back."""
        ...

    def close(self) -> None:
        """Give every key back and free the connection to the system. May be called twice."""
        ...

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """What is printed on a key that Qt reports with these native codes; empty to use Qt's own name for it.

        Qt says `!` for Shift+1; this says `1`.
        """
        ...


@dataclass(frozen=True, slots=True)
class HotkeyPlug:
    """`PROVIDER` of a module in this package: one way, and whether it works here, found out without connecting."""

    name: str
    availability: Callable[[], Availability]
    create: Callable[[Callable[[str], None], Callable[[str, str | None], None]], HotkeyProvider]
    priority: int = 0


def taken_message(chord: Chord) -> str:
    """The sentence for a key that another program holds."""
    return tr("{chord} is taken by another program.", chord=chord)


def missing_message(chord: Chord) -> str:
    """The sentence for a key that this keyboard does not have."""
    return tr("This keyboard has no key “{key}”.", key=chord.key)
