"""Questions that were asked while an answer runs: they wait above the text field and go when it has ended well."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.question import Question
from desktop_helper.ui.composer_line import ComposerLine


class QuestionQueue(ComposerLine):
    """One line: the next question, and how many follow it.

    Signals:
        changed: something was added or taken.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("send", tr("Edit"), parent=parent)
        self.button.setToolTip(tr("Take it back into the field (Esc)"))
        self.button.setAccessibleName(tr("Take the waiting question back into the field"))
        self._waiting: list[Question] = []

    @property
    def waiting(self) -> tuple[Question, ...]:
        """The questions, the next one first."""
        return tuple(self._waiting)

    def add(self, question: Question) -> None:
        """Wait behind the others."""
        self._waiting.append(question)
        self._refresh()

    def take_next(self) -> Question | None:
        """The one whose turn it is; None if there is none."""
        return self._take(0)

    def take_last(self) -> Question | None:
        """The one that was asked last; None if there is none."""
        return self._take(-1)

    def _take(self, at: int) -> Question | None:
        if not self._waiting:
            return None
        question = self._waiting.pop(at)
        self._refresh()
        return question

    def _refresh(self) -> None:
        self.say(self._sentence())
        self.changed.emit()

    def _sentence(self) -> str:
        if not self._waiting:
            return ""
        question = self._waiting[0]
        names = ", ".join(name for name, _parts in question.attachments)
        what = " · ".join(part for part in (" ".join(question.text.split()), names) if part)
        if len(self._waiting) == 1:
            return tr("Asked next: {question}", question=what)
        return tr("Asked next, and {count} more: {question}", count=len(self._waiting) - 1, question=what)
