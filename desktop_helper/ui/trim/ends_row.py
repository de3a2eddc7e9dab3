"""Where the window looks, and from when to when the part goes: by buttons and in figures."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop_helper.core.clip_span import Ends
from desktop_helper.core.clips import fine_clock
from desktop_helper.core.i18n import tr
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, Theme, set_role
from desktop_helper.ui.trim.time_field import TimeField

_WIDEST = "00:00:00.0"
_MINUTE_S = 60.0


class EndsRow(QWidget):
    """Between the picture and the timeline.

    Signals:
        stepped: by -1 or 1 picture.
        start_here, end_here: the part is to begin or end at what is looked at.
        start_typed, end_typed: or at a time.
    """

    stepped = Signal(int)
    start_here = Signal()
    end_here = Signal()
    start_typed = Signal(float)
    end_typed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at, self._length = QLabel(), QLabel()
        set_role(self._at, "heading")
        set_role(self._length, "secondary")
        self.start, self.end = TimeField(tr("Beginning of the part")), TimeField(tr("End of the part"))
        back, forward = (
            IconButton("chevron-left", tr("One picture back (←)")),
            IconButton("chevron-right", tr("One picture on (→)")),
        )
        start_here = IconButton("span-start", tr("Begin here (I)"))
        end_here = IconButton("span-end", tr("End here (O)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_1)
        there: tuple[QWidget, ...] = (back, forward, self._at)
        part = (start_here, _word(tr("From")), self.start, _word(tr("to")), self.end, end_here)
        for widget in there:
            row.addWidget(widget)
        row.addStretch(1)
        for widget in part:
            row.addWidget(widget)
        row.addSpacing(SPACE_2)
        row.addWidget(self._length)
        back.clicked.connect(lambda: self.stepped.emit(-1))
        forward.clicked.connect(lambda: self.stepped.emit(1))
        start_here.clicked.connect(self.start_here)
        end_here.clicked.connect(self.end_here)
        self.start.chosen.connect(self.start_typed)
        self.end.chosen.connect(self.end_typed)
        Theme.current().changed.connect(self._fit)
        self._fit()

    def show_ends(self, ends: Ends) -> None:
        """Say where they are."""
        self._at.setText(fine_clock(ends.at))
        self.start.set_seconds(ends.start)
        self.end.set_seconds(ends.end)
        short = ends.length < _MINUTE_S
        self._length.setText(tr("{seconds} s", seconds=f"{ends.length:.1f}") if short else fine_clock(ends.length))

    def _fit(self) -> None:
        """Nothing moves while the numbers change."""
        self._at.ensurePolished()
        self._length.ensurePolished()
        self._at.setMinimumWidth(self._at.fontMetrics().horizontalAdvance(_WIDEST) + SPACE_3)
        self._length.setMinimumWidth(self._length.fontMetrics().horizontalAdvance("0000.0 s"))


def _word(text: str) -> QLabel:
    word = QLabel(text)
    set_role(word, "secondary")
    word.setContentsMargins(SPACE_1, 0, 0, 0)
    return word
