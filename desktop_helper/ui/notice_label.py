"""What is said about the question above its text: a sentence a line, as many as leave room for everything else."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import set_role

MAX_LINES = 4  # before the rest is only counted
MAX_SHARE = 0.25  # of the window's height, where there is more than one line


class NoticeLabel(QLabel):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[str] = []
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        set_role(self, "bad")
        self.hide()

    def tell(self, sentences: str, role: str) -> bool:
        """Say these, one a line, in that role. Returns whether it is something else than before."""
        lines = sentences.splitlines()
        is_new, self._lines = lines != self._lines, lines
        set_role(self, role)
        self._fit()
        self.setVisible(bool(lines))
        return is_new

    def showEvent(self, event: QShowEvent) -> None:
        """The window is known from now on."""
        super().showEvent(event)
        self.window().installEventFilter(self)  # installing it again moves it to the front, no more
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of rows."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """So may another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In a lower window fewer are fair."""
        if watched is self.window() and event.type() == QEvent.Type.Resize:
            self._fit()
        return False

    def _fit(self) -> None:
        count = min(len(self._lines), MAX_LINES)
        while count > 2 and not self._is_fair(self._first(count)):
            count -= 1
        text = self._first(count)
        if text != self.text():
            self.setText(text)

    def _first(self, count: int) -> str:
        """So many lines, of which the last may count the others."""
        if count == len(self._lines):
            return "\n".join(self._lines)
        more = len(self._lines) - count + 1
        rest = tr("And {count} more: point at an attachment to read why.", count=more)
        return "\n".join([*self._lines[: count - 1], rest])

    def _is_fair(self, text: str) -> bool:
        if not self.isVisible() or self.parentWidget() is self.window():
            return True
        room = QRect(0, 0, self.width(), 1 << 16)
        needed = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
        return needed <= self.window().height() * MAX_SHARE
