"""The app's hotkeys: chooses a provider, checks what the user wrote, and reports what does not work by name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from desktop_helper.core import registry, trace
from desktop_helper.core.availability import Availability
from desktop_helper.core.i18n import tr
from desktop_helper.qt.hotkeys.provider import HotkeyPlug, HotkeyProblem, HotkeyProvider
from desktop_helper.services import hotkey_support
from desktop_helper.services.chord import Chord, ChordError, conflicts, parse

_log = logging.getLogger(__name__)


def plugs() -> list[HotkeyPlug]:
    """Every provider in this package, the best one first."""
    found: list[HotkeyPlug] = list(registry.discover("desktop_helper.qt.hotkeys", "PROVIDER"))
    return sorted(found, key=lambda plug: -plug.priority)


class Hotkeys(QObject):
    """Global hotkeys by name.

    Signals:
        activated(str): the hotkey of this name was pressed.
        lost(HotkeyProblem): a key that worked no longer does, e.g. after a change of the keyboard layout.
        regained(str): the hotkey of this name did not work and does now.
    """

    activated = Signal(str)
    lost = Signal(object)
    regained = Signal(str)

    def __init__(self, parent: QObject | None = None, *, find_plugs: Callable[[], list[HotkeyPlug]] = plugs) -> None:
        super().__init__(parent)
        self._find_plugs = find_plugs
        self._provider: HotkeyProvider | None = None
        self._availability: Availability | None = None
        self._chords: dict[str, str] = {}
        self._problems: dict[str, HotkeyProblem] = {}
        self._suspended = False

    @property
    def provider_name(self) -> str:
        """Which provider is in use; empty before the first `apply` and where none works."""
        return self._provider.name if self._provider is not None else ""

    @property
    def problems(self) -> list[HotkeyProblem]:
        """What does not work now."""
        return list(self._problems.values())

    def availability(self) -> Availability:
        """Whether hotkeys work on this desktop, and what to do if not."""
        if self._availability is None:
            states = ((plug.name, plug.availability()) for plug in self._find_plugs())
            self._availability = hotkey_support.choose(states)
        return self._availability

    def apply(self, chords: Mapping[str, str]) -> list[HotkeyProblem]:
        """Take exactly these keys; an empty chord is none. Returns what did not work; the rest is in force."""
        begin = trace.now_us()
        self._chords = {name: text for name, text in chords.items() if text.strip()}
        self._problems = {}
        if self._provider is not None:
            self._provider.release_all()
        if self._chords and not self._suspended:
            self._take_all()
        trace.complete("hotkeys.apply", begin, provider=self.provider_name, problems=len(self._problems))
        return self.problems

    def check(self, name: str, text: str) -> HotkeyProblem | None:
        """Whether `text` could be the chord of `name`: tries it and gives it back. For the settings window."""
        try:
            chord = parse(text)
        except ChordError as error:
            return HotkeyProblem(name, text, str(error))
        provider = self._open()
        if provider is None:
            return self._unavailable(name, text)
        message = None if self._is_ours(chord) else provider.grab(name, chord)
        if not self._is_ours(chord):
            self._restore()
        return HotkeyProblem(name, text, message, _other_key()) if message else None

    def suspend(self) -> None:
        """Give the keys back for a while, so that a settings field can hear them."""
        self._suspended = True
        if self._provider is not None:
            self._provider.release_all()

    def resume(self) -> None:
        """Take the keys again after `suspend`."""
        if self._suspended:
            self._suspended = False
            self._restore()

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """What is printed on a key, see `HotkeyProvider.key_name`; empty if the provider does not know."""
        provider = self._open()
        return provider.key_name(scan_code, virtual_key) if provider is not None else ""

    def close(self) -> None:
        """Give every key back. May be called twice."""
        if self._provider is not None:
            self._provider.close()
            self._provider = None
        self._chords = {}

    def _take_all(self) -> None:
        parsed = self._parse_all()
        for name, other in conflicts(parsed).items():
            message = tr("{chord} is already used for “{other}”.", chord=parsed.pop(name), other=other)
            self._problems[name] = HotkeyProblem(name, self._chords[name], message, _other_key())
        provider = self._open()
        for name, chord in parsed.items():
            if provider is None:
                self._problems[name] = self._unavailable(name, self._chords[name])
                continue
            problem = provider.grab(name, chord)
            if problem:
                self._problems[name] = HotkeyProblem(name, self._chords[name], problem, _other_key())

    def _parse_all(self) -> dict[str, Chord]:
        parsed = {}
        for name, text in self._chords.items():
            try:
                parsed[name] = parse(text)
            except ChordError as error:
                self._problems[name] = HotkeyProblem(name, text, str(error), _other_key())
        return parsed

    def _open(self) -> HotkeyProvider | None:
        """The provider, connected on first use; the next best one where connecting fails."""
        if self._provider is None and self.availability().ok:
            for plug in self._find_plugs():
                if not plug.availability().ok:
                    continue
                try:
                    self._provider = plug.create(self.activated.emit, self._on_changed)
                    break
                except Exception as error:  # noqa: BLE001 - foreign system code; the next provider may still work
                    _log.info("hotkeys through %s do not work: %s", plug.name, error)
            else:
                self._availability = hotkey_support.nothing_works()
        return self._provider

    def _restore(self) -> None:
        """Bring the provider back to `self._chords`."""
        chords = dict(self._chords)
        if self._suspended:
            if self._provider is not None:
                self._provider.release_all()
        else:
            self.apply(chords)

    def _is_ours(self, chord: Chord) -> bool:
        """Whether we hold `chord` already, so that trying it would prove nothing."""
        if self._suspended:
            return False
        return chord in [held for name, held in self._parse_all().items() if name not in self._problems]

    def _on_changed(self, name: str, problem: str | None) -> None:
        if problem is not None:
            self._problems[name] = HotkeyProblem(name, self._chords.get(name, ""), problem, _other_key())
            self.lost.emit(self._problems[name])
        elif self._problems.pop(name, None) is not None:
            self.regained.emit(name)

    def _unavailable(self, name: str, text: str) -> HotkeyProblem:
        state = self.availability()
        return HotkeyProblem(name, text, state.reason, state.fix)


def _other_key() -> str:
    return tr("Choose another one in Settings.")
