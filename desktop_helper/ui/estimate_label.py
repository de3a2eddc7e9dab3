"""The tokens of the next question, in as many words as there is room for, and the way to all that makes them up."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.question_estimate import Estimate, short
from desktop_helper.ui.text_safety import tooltip
from desktop_helper.ui.theme import set_role


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


class QuestionEstimate(EstimateLabel):
    """What the next question costs.

    Signals:
        clicked: all that makes it up is wanted; whoever listens has a key for the same.
    """

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        set_role(self, "meta")

    def show_estimate(self, estimate: Estimate) -> None:
        """Say it, if there is something to send."""
        if estimate.too_many:
            self.show_forms(estimate.of_pictures(), f"{estimate.pictures} / {estimate.most_pictures}")
        else:
            self.show_forms(estimate.of_limit(), estimate.short(), short(estimate.total))
        self.setVisible(estimate.total > 0)
        lines = [*estimate.lines(), tr("Ctrl+E shows it all and makes it fit.")]
        self.setToolTip(tooltip(*lines))
        self.setAccessibleDescription(" ".join(lines))
        set_role(self, "bad" if estimate.refused else "meta")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()
