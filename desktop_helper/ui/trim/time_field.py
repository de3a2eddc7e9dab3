"""A time in a video, to be read and typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_helper.core.clip_span import seconds_of
from desktop_helper.core.clips import fine_clock
from desktop_helper.core.i18n import tr
from desktop_helper.ui.announce import announce
from desktop_helper.ui.theme import Theme

_WIDEST = "0:00:00.0"


class TimeField(QLineEdit):
    """What is typed counts with Enter, or when the keyboard leaves; Esc brings back what stood there.

    Signals:
        chosen: another time, in seconds.
    """

    chosen = Signal(float)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._seconds = 0.0
        self.setAccessibleName(label)
        self.setToolTip(tr("A time like 12.5, 0:12 or 1:02:03"))
        self.textEdited.connect(lambda: self._mark(good=True))
        Theme.current().changed.connect(self._fit)
        self._fit()

    def set_seconds(self, seconds: float) -> None:
        """Show a time, unless another one is being typed."""
        self._seconds = seconds
        if not self.isModified():
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc are for what is being typed, and for the window if nothing is."""
        if self.isModified() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif self.isModified() and event.key() == Qt.Key.Key_Escape:
            self._show()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed counts, if it is a time."""
        super().focusOutEvent(event)
        if self.isModified() and not self._take():
            self._show()

    def _take(self) -> bool:
        try:
            seconds = seconds_of(self.text())
        except ValueError:
            self._mark(good=False)
            announce(self, tr("This is not a time."), urgent=True)
            return False
        self._seconds = seconds
        self._show()
        self.chosen.emit(seconds)
        return True

    def _show(self) -> None:
        self.setText(fine_clock(self._seconds))  # which is not modified then
        self._mark(good=True)

    def _mark(self, *, good: bool) -> None:
        if self.property("invalid") is not (not good):
            self.setProperty("invalid", not good)
            self.style().unpolish(self)
            self.style().polish(self)

    def _fit(self) -> None:
        self.ensurePolished()
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(_WIDEST) + 24)
