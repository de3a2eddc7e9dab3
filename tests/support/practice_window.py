"""A window with a red circle and a blue button, which the practice model is asked about: `… practice_window X Y`."""

from __future__ import annotations

import sys

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

TITLE = "Circle and button"
SIZE = (520, 340)
CIRCLE = (70, 60, 110, 110)  # left, top, width and height in the window
BUTTON = (300, 210, 150, 46)
WORDS = "Open file"


class Sheet(QWidget):
    """Both on a light page."""

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(TITLE)
        self.setFixedSize(*SIZE)
        button = QPushButton(WORDS, self)
        button.setGeometry(*BUTTON)
        button.setStyleSheet("background: #1755E3; color: white; border: none; border-radius: 6px; font-size: 17px")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The page and the circle."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#FAFAFB"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#E61515"))
        painter.drawEllipse(QRect(*CIRCLE))


def main() -> None:
    """Show it at a place of the screen."""
    app = QApplication(sys.argv)
    sheet = Sheet()
    sheet.move(int(sys.argv[1]), int(sys.argv[2]))
    sheet.show()
    app.exec()


if __name__ == "__main__":
    main()
