"""Sentences about a question or an attachment, one below the other, each in the colour of what it means."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop_helper.ui.theme import set_role


class Weight(StrEnum):
    """What a sentence is; its value is the role of its label. The gravest comes first."""

    BAD = "bad"  # something cannot be used
    WARN = "warn"  # something is missing
    FACT = "secondary"  # how things go

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Weight).index(self)


Line = tuple[str, Weight]


class Notices(QWidget):
    """Hidden as long as it says nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[QLabel] = []
        self._lines: tuple[Line, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.hide()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is said, and what each line is."""
        return self._lines

    def text(self) -> str:
        """All of it."""
        return "\n".join(line for line, _weight in self._lines)

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Say these, the gravest first; else in their order."""
        self._lines = tuple(sorted(lines, key=lambda line: line[1].rank))
        while len(self._labels) < len(self._lines):
            self._labels.append(self._made_label())
        for place, label in enumerate(self._labels):
            said = place < len(self._lines)
            line, weight = self._lines[place] if said else ("", Weight.FACT)
            label.setText(line)
            set_role(label, weight)
            label.setVisible(said)
        self.setVisible(bool(self._lines))

    def _made_label(self) -> QLabel:
        label = QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        self._layout.addWidget(label)
        return label
