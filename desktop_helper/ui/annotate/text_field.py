"""Where words are typed onto the picture, in place, with all that the system's input methods can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.annotate.marks import Mark
from desktop_helper.ui.annotate.shapes import contrast, letters

_SHEET = 220  # opacity of what lies under the words while they are typed
_EDGE = 1  # of its dashed line
_ROOM = 24  # logical pixels for the next letter


class TextField:
    """Made when words are wanted, and again each time.

    Args:
        overlay: where it lies.
        written: gets the mark when the words are complete.
        dropped: the user wants none.
    """

    def __init__(self, overlay: QWidget, written: Callable[[Mark], None], dropped: Callable[[], None]) -> None:
        self._overlay, self._written, self._dropped = overlay, written, dropped
        self._mark: Mark | None = None
        self._edit: _Edit | None = None
        self._unit = 1.0

    @property
    def is_open(self) -> bool:
        """Whether words are being typed."""
        return self._edit is not None

    def open(self, mark: Mark, unit: float) -> None:
        """Ask for the words of `mark`."""
        self._mark, self._unit = mark, unit
        self._edit = edit = _Edit(self._overlay)
        edit.setAccessibleName(tr("Words on the picture"))
        edit.setFrame(False)
        edit.setTextMargins(0, 0, 0, 0)
        edit.textChanged.connect(self._fit)
        edit.done.connect(self.finish)
        edit.dropped.connect(self._drop)
        self.restyle(mark.colour, mark.size)
        edit.show()
        edit.setFocus()

    def restyle(self, colour: str, size: int) -> None:
        """Another colour and size for what is being typed."""
        if self._edit is None or self._mark is None:
            return
        self._mark = replace(self._mark, colour=colour, size=size)
        self._edit.setFont(letters(round(size / self._unit)))
        ground = contrast(colour)
        # A rule of its own: the theme's would give it the look of a form's field.
        self._edit.setStyleSheet(
            f"QLineEdit {{ color: {colour};"
            f" background: rgba({ground.red()}, {ground.green()}, {ground.blue()}, {_SHEET});"
            f" border: {_EDGE}px dashed {colour}; border-radius: 4px; padding: 0; min-height: 0;"
            f" font-size: {round(size / self._unit)}px; font-weight: 600; }}"
        )
        self._fit()

    def finish(self) -> None:
        """The words are complete."""
        edit, mark = self._edit, self._mark
        if edit is not None and mark is not None:
            text = edit.text()
            self.close()
            self._written(replace(mark, text=text))

    def close(self) -> None:
        """Drop the words, if there are any."""
        edit, self._edit, self._mark = self._edit, None, None
        if edit is not None:
            edit.hide()
            edit.deleteLater()
            self._overlay.setFocus()

    def _drop(self) -> None:
        self.close()
        self._dropped()

    def _fit(self) -> None:
        """As wide as the words, on the line where they will be."""
        if self._edit is None or self._mark is None:
            return
        metrics = QFontMetrics(letters(round(self._mark.size / self._unit)))
        height = metrics.height() + 2 * _EDGE
        x, y = (round(value / self._unit) for value in self._mark.points[0])
        width = metrics.horizontalAdvance(self._edit.text()) + _ROOM
        # 2 pixels: QLineEdit keeps that much before its first letter
        self._edit.setGeometry(x - _EDGE - 2, y - height // 2, width, height)


class _Edit(QLineEdit):
    """One line. Enter ends it, Esc drops it; neither these nor Tab mean anything else while it is there."""

    done = Signal()
    dropped = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.dropped.emit()
        else:
            super().keyPressEvent(event)
        event.accept()

    def focusNextPrevChild(self, _next: bool) -> bool:
        """Tab stays here."""
        return True
