"""Asks for one line: which pages, or a password. What is wrong with it is said in its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.text_safety import wrappable
from desktop_helper.ui.theme import SPACE_2, SPACE_4, SPACE_5, Theme, set_role


class LineDialog(QDialog):
    """Not modal for anything but its own window; closes itself.

    Signals:
        given: the line, which `problem_of` found nothing wrong with.

    Args:
        title: of the window.
        question: what is wanted. May hold a file's name, with its controls revealed.
        problem_of: what is wrong with a line, in a sentence; empty if nothing is.
        line: that stands there at first.
        secret: whether what is typed is hidden, and never offered again.
    """

    given = Signal(str)

    def __init__(
        self,
        title: str,
        question: str,
        problem_of: Callable[[str], str],
        parent: QWidget,
        *,
        line: str = "",
        secret: bool = False,
    ) -> None:
        super().__init__(parent)
        self._problem_of = problem_of
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(title)
        self.setMinimumWidth(Theme.current().icon_px(380))
        asked, self._problem = QLabel(wrappable(question)), QLabel()
        for label in (asked, self._problem):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        set_role(self._problem, "bad")
        self.edit = QLineEdit(line)
        self.edit.setAccessibleName(title)
        self.edit.setAccessibleDescription(question)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.textEdited.connect(lambda: self._say(""))
        asked.setBuddy(self.edit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_5, SPACE_5, SPACE_5, SPACE_4)
        layout.setSpacing(SPACE_2)
        for widget in (asked, self.edit, self._problem):
            layout.addWidget(widget)
        layout.addSpacing(SPACE_2)
        layout.addLayout(self._buttons())
        self._say("")
        self.edit.selectAll()
        self.edit.setFocus()

    @property
    def problem(self) -> str:
        """What is said to be wrong."""
        return self._problem.text()

    def _buttons(self) -> QHBoxLayout:
        cancel, take = QPushButton(tr("Cancel")), QPushButton(tr("OK"))
        set_role(take, "primary")
        take.setDefault(True)
        cancel.clicked.connect(self.reject)
        take.clicked.connect(self._take)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(take)
        return row

    def _take(self) -> None:
        line = self.edit.text()
        problem = self._problem_of(line)
        self._say(problem)
        if problem:
            self.edit.setFocus()
            return
        self.accept()
        self.given.emit(line)

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
