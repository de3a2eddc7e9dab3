"""A label that shortens its text when there is not enough room, and never asks for more than a limit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LEAST = "…"
_NUMBER = "0123456789.,:"
_LOOSE = " ×→–·/"  # what stands between words, and for nothing behind the last one
_ROUNDING = 2  # pixels: neither widths of glyphs are whole ones, nor is the frame, which is measured with them


class ElidedLabel(QLabel):
    """Plain text only.

    Args:
        limit: pixels of the text before it is shortened even where there is room; None: no limit.
        at: where it is shortened.
        between: what stands between parts of it, of which the last ones are left out before one is shortened. Then no
            number is cut: half of it says something else.
    """

    def __init__(
        self,
        text: str = "",
        limit: int | None = None,
        parent: QWidget | None = None,
        *,
        at: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
        between: str = "",
    ) -> None:
        super().__init__(parent)
        self._full, self._limit, self._at, self._between = text, limit, at, between
        self.setIndent(0)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._elide()

    def set_limit(self, limit: int | None) -> None:
        """Another limit, for what is set next."""
        self._limit = limit

    @property
    def full_text(self) -> str:
        """The text, whole."""
        return self._full

    def set_full_text(self, text: str) -> None:
        """Show as much of `text` as there is room for."""
        self._full = text
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for the whole text, or for what the limit allows."""
        return self._size_for(self.fontMetrics().horizontalAdvance(self._full))

    def minimumSizeHint(self) -> QSize:
        """Room for hardly anything."""
        return self._size_for(self.fontMetrics().horizontalAdvance(self._full[:1] + _LEAST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten anew."""
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        """Another font or padding: shorten anew."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._elide()

    def _size_for(self, text_width: int) -> QSize:
        shown = super().sizeHint()
        wanted = text_width if self._limit is None else min(text_width, self._limit)
        return QSize(wanted + _ROUNDING + self._frame(), shown.height())

    def _frame(self) -> int:
        """Padding and border of the stylesheet."""
        self.ensurePolished()
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())

    def _elide(self) -> None:
        room, metrics, whole = self.width() - self._frame(), self.fontMetrics(), self._full
        while self._between and self._between in whole and metrics.horizontalAdvance(whole) > room:
            whole = whole.rpartition(self._between)[0]
        shown = metrics.elidedText(whole, self._at, max(0, room))
        if self._between and shown != whole and shown.endswith(_LEAST):
            shown = _without_half_a_number(shown.removesuffix(_LEAST), whole) + _LEAST
        if shown != self.text():
            self.setText(shown)


def _without_half_a_number(kept: str, whole: str) -> str:
    """The beginning of a text without what is left of a number at its end."""
    if kept[-1:] not in tuple(_NUMBER) or whole[len(kept) : len(kept) + 1] not in tuple(_NUMBER):
        return kept
    return kept.rstrip(_NUMBER).rstrip(_LOOSE)
