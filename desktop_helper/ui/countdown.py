"""Seconds until a picture is taken, in a corner of the screen: time to open the menu that is asked about.

Or until a recording begins, in the middle of what will be recorded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QMouseEvent, QPainterPath, QRegion
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.qt.compositing import is_composited
from desktop_helper.qt.screens import screen_under_cursor
from desktop_helper.ui.announce import announce
from desktop_helper.ui.theme import RADIUS_CARD, SPACE_2, SPACE_3, SPACE_5, set_role


class Countdown(QWidget):
    """A small window that never takes the keyboard: an open menu would close. A click on it cancels.

    Args:
        recording: a recording begins, instead of a picture being taken.

    Signals:
        cancelled: it was clicked away.
    """

    cancelled = Signal()

    def __init__(self, *, recording: bool = False) -> None:
        super().__init__(None, _flags())
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        if is_composited():
            self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self._recording = recording
        title = tr("A recording begins soon") if recording else tr("A picture is taken soon")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setToolTip(tr("Click to cancel"))
        self._seconds = QLabel()
        set_role(self._seconds, "heading")
        words = QLabel(tr("until the recording begins") if recording else tr("until the screen stands still"))
        set_role(words, "dim")
        card = QFrame()
        set_role(card, "card")
        around = QHBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)  # else tiling compositors make it a tile
        around.addWidget(card)
        layout = QHBoxLayout(card)
        layout.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        layout.addWidget(self._seconds)
        layout.addWidget(words)
        self._left = 0
        self._then: Callable[[], object] | None = None
        self._tick = QTimer(self, interval=1000, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._on_tick)

    @property
    def is_running(self) -> bool:
        """Whether somebody waits."""
        return self._then is not None

    def start(self, seconds: int, then: Callable[[], object], middle: QPoint | None = None) -> None:
        """Count, then hide and call `then`. Whatever was counted before is forgotten.

        Args:
            seconds: how many.
            then: what happens after them.
            middle: where it is shown; without it, in the corner of the screen that the mouse is on.
        """
        self._left, self._then = seconds, then
        self._show_left()
        self.adjustSize()
        if not self.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground):
            corners = QPainterPath()
            corners.addRoundedRect(self.rect(), RADIUS_CARD, RADIUS_CARD)
            self.setMask(QRegion(corners.toFillPolygon().toPolygon()))
        area = screen_under_cursor().availableGeometry()
        corner = area.topRight() + QPoint(-self.width() - SPACE_5, SPACE_5)
        self.move(corner if middle is None else middle - self.rect().center())
        self.show()
        self._tick.start()
        if self._recording:
            announce(self, tr("The recording begins in {seconds} s.", seconds=seconds))
        else:
            announce(self, tr("The screen stands still in {seconds} s.", seconds=seconds))

    def stop(self) -> bool:
        """Call nothing any more. Returns whether somebody waited."""
        was, self._then = self.is_running, None
        self._tick.stop()
        self.hide()
        return was

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click cancels."""
        if self.rect().contains(event.position().toPoint()) and self.stop():
            self.cancelled.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Somebody closes it from outside: that cancels too."""
        event.ignore()
        if self.stop():
            self.cancelled.emit()

    def _on_tick(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._show_left()
            return
        then = self._then
        self.stop()
        if then is not None:
            then()

    def _show_left(self) -> None:
        self._seconds.setText(tr("{seconds} s", seconds=self._left))


def _flags() -> Qt.WindowType:
    flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Tool
    flags |= Qt.WindowType.WindowDoesNotAcceptFocus
    return flags | Qt.WindowType.X11BypassWindowManagerHint if sys.platform == "linux" else flags
