"""Windows of other programs, to ask about in pictures: `python -m tests.support.picture_windows chart|page X Y`."""

from __future__ import annotations

import sys

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

QUARTERS = (("Q1", 2.9), ("Q2", 4.0), ("Q3", 4.8), ("Q4", 3.6), ("Q1", 3.2))
PAGE = """
<p>The nightly build failed at step 14: <b style="color:#C2372E">linker error: undefined symbol</b> in module
<code>renderer</code>. The last green build was on Tuesday; three commits have landed since, two of them touching the
build graph.</p>
<p>Owners were told. The retry at 09:40 failed with the same message, so this is not a flake. Next: bisect, then roll
back if it takes more than an hour.</p>
"""
LOG = "[14/212] linking viewer\nld: error: undefined symbol: render_frame\n>>> referenced by main.o"


class Paper(QWidget):
    """A white sheet with a title bar, as large as its kind needs."""

    def __init__(self, title: str, size: QSize) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle(title)
        self.setFixedSize(size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor("#D9D7D2"))
        painter.setBrush(QColor("#FFFFFF"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """What is on the sheet."""


class Chart(Paper):
    """Revenue by quarter; the bars lie in `BARS`, relative to the window."""

    BARS = (24, 84, 336, 204)  # left, top, right, bottom

    def __init__(self) -> None:
        super().__init__("Orders", QSize(760, 470))

    def draw(self, painter: QPainter) -> None:
        painter.setPen(QColor("#1D1C1A"))
        painter.setFont(_font(17, QFont.Weight.DemiBold))
        painter.drawText(QPointF(28, 44), "Revenue by quarter")
        left, top, right, bottom = self.BARS
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#F3F6FF"))
        painter.drawRoundedRect(QRectF(left, top, right - left, bottom - top), 8, 8)
        step = (right - left - 24) / len(QUARTERS)
        for index, (_name, value) in enumerate(QUARTERS):
            height = (bottom - top - 26) * value / 4.8
            bar = QRectF(left + 18 + index * step, bottom - 12 - height, step - 12, height)
            painter.setBrush(QColor("#3F57D6" if value == 4.8 else "#9DB2FF"))
            painter.drawRoundedRect(bar, 3, 3)
        self._table(painter)

    def _table(self, painter: QPainter) -> None:
        painter.setFont(_font(13))
        rows = (
            ("Region", "Q3", "Q4"),
            ("Europe", "1.9 M", "1.2 M"),
            ("Asia", "1.7 M", "1.7 M"),
            ("America", "1.2 M", "0.7 M"),
        )
        for index, row in enumerate(rows):
            y = 250 + index * 40
            painter.setPen(QColor("#6F6C66" if index == 0 else "#1D1C1A"))
            for column, text in enumerate(row):
                painter.drawText(QPointF(28 + column * 220, y), text)
            painter.setPen(QColor("#E5E3DE"))
            painter.drawLine(QPointF(28, y + 14), QPointF(732, y + 14))


class Page(Paper):
    """A page of text with an error in it."""

    def __init__(self) -> None:
        super().__init__("Release checklist", QSize(860, 520))
        for text, font, place in (
            ("Release checklist", _font(26, QFont.Weight.Bold), (44, 30, 600, 36)),
            (PAGE.replace("<p>", '<p style="line-height: 150%">'), _font(15), (44, 100, 772, 150)),
        ):
            label = QLabel(text, self)
            label.setFont(font)
            label.setWordWrap(True)
            label.setStyleSheet("color: #1D1C1A")
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setGeometry(*place)

    def draw(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#2B2A28"))
        painter.drawRoundedRect(QRectF(44, 262, 526, 96), 8, 8)
        painter.setPen(QColor("#ECEAE5"))
        mono = QFont("JetBrains Mono")
        mono.setPixelSize(13)
        painter.setFont(mono)
        painter.drawText(QRectF(62, 276, 500, 80), LOG)


def _font(pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QApplication.font()
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    window = {"chart": Chart, "page": Page}[sys.argv[1]]()
    window.move(int(sys.argv[2]), int(sys.argv[3]))
    window.show()
    sys.exit(app.exec())
