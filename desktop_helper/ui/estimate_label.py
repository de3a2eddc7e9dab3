"""The tokens of the next question, in as many words as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class EstimateLabel(QLabel):
    """Takes the room that is left in its row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._forms: tuple[str, ...] = ("",)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_forms(self, *forms: str) -> None:
        """Say the same in several lengths, the longest first: the first one that fits is shown."""
        self._forms = forms
        self._choose()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the longest."""
        return self._size_for(self._forms[0])

    def minimumSizeHint(self) -> QSize:
        """Room for the shortest."""
        return self._size_for(self._forms[-1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose anew."""
        super().resizeEvent(event)
        self._choose()

    def changeEvent(self, event: QEvent) -> None:
        """Another font: choose anew."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._choose()

    def _choose(self) -> None:
        fitting = (form for form in self._forms if self._size_for(form).width() <= self.width())
        chosen = next(fitting, self._forms[-1])
        if chosen != self.text():
            self.setText(chosen)

    def _size_for(self, text: str) -> QSize:
        self.ensurePolished()
        return QSize(self.fontMetrics().horizontalAdvance(text) + 1, super().sizeHint().height())
