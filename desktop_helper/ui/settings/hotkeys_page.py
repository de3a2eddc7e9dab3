"""Settings: global hotkeys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_helper.core.availability import Availability
from desktop_helper.core.i18n import tr
from desktop_helper.qt.hotkeys.provider import HotkeyProblem
from desktop_helper.qt.hotkeys.titles import action_titles
from desktop_helper.services.chord import ChordError, conflicts, parse
from desktop_helper.services.quick_actions import QuickActions
from desktop_helper.services.settings import Settings
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.settings.actions_box import ActionsBox
from desktop_helper.ui.settings.chord_edit import ChordEdit, KeyName
from desktop_helper.ui.settings.page import Page, QuietCombo, StatusLine, label
from desktop_helper.ui.theme import SPACE_1, SPACE_2

CHAT, HOLD, ASK = "chat", "hold", "ask"  # what a region is for when it is drawn


class HotkeyControl(Protocol):
    """What this page needs of `qt.hotkeys.manager.Hotkeys`."""

    @property
    def problems(self) -> list[HotkeyProblem]:
        """What does not work now."""
        ...

    def availability(self) -> Availability:
        """Whether hotkeys work here at all."""
        ...

    def check(self, name: str, text: str) -> HotkeyProblem | None:
        """Whether a chord could be taken."""
        ...

    def key_name(self, scan_code: int, virtual_key: int) -> str:
        """What is printed on a key."""
        ...

    def suspend(self) -> None:
        """Give the keys back for a while."""
        ...

    def resume(self) -> None:
        """Take them again."""
        ...


class HotkeysPage(Page):
    """One row for each action: what it does, its chord, and what is wrong with that."""

    def __init__(self, hotkeys: HotkeyControl, actions: QuickActions, parent: QWidget | None = None) -> None:
        super().__init__(tr("Hotkeys"), tr("They work in every program. Click a field and press the keys."), parent)
        self._hotkeys = hotkeys
        self._chords: dict[str, str] = {}
        self._recorded: set[str] = set()  # rows that no longer show what is in force
        self._availability = StatusLine()
        self.form.addWidget(self._availability)
        self.rows = {name: _Row(title, hotkeys.key_name) for name, title in action_titles().items()}
        for name, row in self.rows.items():
            row.edit.recorded.connect(lambda chord, name=name: self._on_recorded(name, chord))
            row.edit.listening_changed.connect(self._on_listening)
            self.form.addWidget(row)
        self.quick_actions = ActionsBox(actions)
        self.form.addWidget(self.quick_actions)
        self.after_drag = QuietCombo()
        for name, words in (
            (CHAT, tr("Put it into the chat")),
            (HOLD, tr("Hold it, so that it can be changed")),
            (ASK, tr("Type the question right there")),
        ):
            self.after_drag.addItem(words, name)
        self.after_drag.activated.connect(self.changed)
        self._after_drag = self.add_field(tr("When a region is drawn"), self.after_drag)
        self.after_drag.currentIndexChanged.connect(self._explain)
        self.form.setSpacing(SPACE_2)

    def load(self, settings: Settings) -> None:
        """Show `settings`, and what does not work of it."""
        self._recorded.clear()
        for name, row in self.rows.items():
            self._set_chord(name, settings.hotkeys.get(name, ""))
            row.status.clear()
        capture = settings.capture
        self.after_drag.select(ASK if capture.ask_first else HOLD if capture.adjust_first else CHAT)
        self._explain()
        self.quick_actions.show_actions()
        self._show_availability()
        self.show_problems()

    def apply(self, settings: Settings) -> Settings:
        """`settings` with this page's chords; those that this page does not know stay."""
        chosen = self.after_drag.currentData()
        capture = replace(settings.capture, adjust_first=chosen == HOLD, ask_first=chosen == ASK)
        return replace(settings, hotkeys=settings.hotkeys | self._chords, capture=capture)

    def show_problems(self) -> None:
        """What does not work of the running hotkeys, where the row still shows one; what was recorded here stays."""
        problems = {problem.name: problem for problem in self._hotkeys.problems}
        for name, row in self.rows.items():
            if name in self._recorded:
                continue
            problem = problems.get(name) if self._hotkeys.availability().ok else None
            if problem is not None:
                row.status.show_problem(problem.message)
            else:
                row.status.clear()
        self._show_conflicts(self.rows)

    def _explain(self) -> None:
        """What the other two need."""
        ways = {
            CHAT: tr("With Shift it is held first, with Ctrl the question is typed right there."),
            HOLD: tr("With Shift it is taken at once, with Ctrl the question is typed right there."),
            ASK: tr("The answer comes there too. With Shift the region goes into the chat at once."),
        }
        self._after_drag.set_hint(ways.get(self.after_drag.currentData(), ""))

    def _on_recorded(self, name: str, chord: str) -> None:
        status = self.rows[name].status
        self._recorded.add(name)
        status.clear()
        try:
            if chord:
                parse(chord)
        except ChordError as error:
            status.show_problem(str(error))
            self._set_chord(name, self._chords[name])
            return
        self._set_chord(name, chord)
        problem = self._hotkeys.check(name, chord) if chord and self._hotkeys.availability().ok else None
        if problem is not None:
            status.show_problem(problem.message)
        elif title := self.quick_actions.title_of(chord):
            status.show_problem(tr("{chord} is already used for “{other}”.", chord=chord, other=title))
        self._show_conflicts([other for other in self.rows if other != name or not status.text])
        self.changed.emit()

    def _set_chord(self, name: str, chord: str) -> None:
        self._chords[name] = chord
        self.rows[name].set_chord(chord)

    def _show_conflicts(self, names: Iterable[str]) -> None:
        """Name the action that has the same chord, and take back such a remark where it is no longer true."""
        titles = action_titles()
        parsed = {}
        for name in self.rows:
            try:
                parsed[name] = parse(self._chords[name])
            except ChordError:
                continue
        found = conflicts(parsed)
        for name in names:
            row = self.rows[name]
            if name in found:
                row.status.show_problem(
                    tr("{chord} is already used for “{other}”.", chord=parsed[name], other=titles[found[name]])
                )
                row.conflicting = True
            elif row.conflicting:
                row.status.clear()
                row.conflicting = False

    def _show_availability(self) -> None:
        state = self._hotkeys.availability()
        if state.ok:
            self._availability.clear()
        else:
            self._availability.show_note(state.reason, state.fix)

    def _on_listening(self, listening: bool) -> None:
        """A key that is taken from the whole desktop would not reach the field."""
        if listening:
            self._hotkeys.suspend()
        else:
            self._hotkeys.resume()


class _Row(QWidget):
    """An action, its chord, a button that empties it, and a remark below."""

    def __init__(self, title: str, key_name: KeyName) -> None:
        super().__init__()
        self.conflicting = False
        self.edit = ChordEdit(key_name)
        self.edit.setAccessibleName(tr("Hotkey: {action}", action=title))
        self.status = StatusLine()
        self.clear_button = IconButton("close", tr("No hotkey: {action}", action=title))
        self.clear_button.clicked.connect(lambda: self.edit.recorded.emit(""))
        name = label(title)
        name.setBuddy(self.edit)
        line = QHBoxLayout()
        line.setSpacing(SPACE_1)
        line.addWidget(name, 1)
        line.addWidget(self.edit)
        line.addWidget(self.clear_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self.status)

    def set_chord(self, chord: str) -> None:
        """Show `chord`."""
        self.edit.set_chord(chord)
        self.clear_button.setEnabled(bool(chord))
