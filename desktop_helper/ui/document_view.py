"""A read-only text as tall as its content, for messages: the list around it scrolls, never the text itself."""

from __future__ import annotations

from bisect import bisect_left
from html import escape
from math import ceil
from operator import attrgetter

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QTextBrowser, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.markdown.render import Ornaments
from desktop_helper.ui.markdown.styles import QUOTE_INDENT
from desktop_helper.ui.sign_painting import paint_sign
from desktop_helper.ui.text_safety import reveal, unwrapped
from desktop_helper.ui.theme import RADIUS_CARD, Theme, set_role

_CARET_WIDTH, _BAR_WIDTH = 7, 3


class DocumentView(QTextBrowser):
    """Shows a QTextDocument, paints the boxes around code and the bars of quotations.

    Signals:
        link_activated: the address of a link that was clicked or chosen with the keyboard. Nothing else happens.
    """

    link_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "bare")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().setUndoRedoEnabled(False)
        self._ornaments = Ornaments()
        self._caret = False
        self._copy_buttons: list[QPushButton] = []
        self.anchorClicked.connect(lambda url: self.link_activated.emit(url.toString()))

    def set_ornaments(self, ornaments: Ornaments) -> None:
        """Use what the document's writer keeps about boxes and bars."""
        self._ornaments = ornaments
        self.fit()

    def set_caret(self, shown: bool) -> None:
        """Show the mark at the end that says: more is coming."""
        self._caret = shown
        self.viewport().update()

    def fit(self) -> None:
        """Take the height of the text. Cheap if only its end has changed."""
        height = ceil(self.document().size().height())
        if height != self.height():
            self.setFixedHeight(height)
        self._place_copy_buttons()
        self.viewport().update()

    def loadResource(self, kind: int, name: QUrl | str) -> None:
        """Load nothing: text from outside never opens a file or a connection."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave scrolling to the list."""
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select, and show where a link goes."""
        super().mouseMoveEvent(event)
        address = self.anchorAt(event.position().toPoint())
        self.setToolTip(f"<qt>{escape(reveal(address))}</qt>" if address else "")

    def createMimeDataFromSelection(self) -> QMimeData:
        """The selection as plain text, without the help that was given to wrapping."""
        data = QMimeData()
        data.setText(unwrapped(self.textCursor().selection().toPlainText()))
        return data

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint boxes and bars, then the text over them."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(event.rect())
        self._paint_ornaments(painter, QRectF(event.rect()))
        painter.end()
        super().paintEvent(event)
        if self._caret:
            painter = QPainter(self.viewport())
            self._paint_caret(painter)
            painter.end()

    def _paint_ornaments(self, painter: QPainter, area: QRectF) -> None:
        layout, theme = self.document().documentLayout(), Theme.current()
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("sunken"))
        for code in self._ornaments.codes:
            left = code.frame.frameFormat().leftMargin()
            box = layout.frameBoundingRect(code.frame).adjusted(left + 0.5, 4.5, -0.5, -12.5)
            if box.intersects(area):
                painter.drawRoundedRect(box, RADIUS_CARD, RADIUS_CARD)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("line_strong"))
        for frame in self._ornaments.quotes:
            box = layout.frameBoundingRect(frame)
            if box.intersects(area):
                left = box.left() + frame.frameFormat().leftMargin() - QUOTE_INDENT
                painter.drawRoundedRect(QRectF(left, box.top() + 2, _BAR_WIDTH, box.height() - 12), 1.5, 1.5)
        self._paint_signs(painter, area)

    def _paint_signs(self, painter: QPainter, area: QRectF) -> None:
        """Only those in sight: a long answer has hundreds."""
        signs, layout = self._ornaments.signs, self.document().documentLayout()
        first = layout.hitTest(area.topLeft(), Qt.HitTestAccuracy.FuzzyHit)
        last = layout.hitTest(area.bottomRight(), Qt.HitTestAccuracy.FuzzyHit)
        begin = bisect_left(signs, self.document().findBlock(max(first, 0)).position(), key=attrgetter("position"))
        for sign in signs[max(0, begin - 1) :]:
            if sign.position > last:
                break
            block = self.document().findBlock(sign.position)
            lines = block.layout()
            if lines.lineCount():
                line = lines.lineAt(0).rect().translated(lines.position())
                paint_sign(painter, sign.kind, line, Theme.current().color)

    def _paint_caret(self, painter: QPainter) -> None:
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        if end.atStart():
            return
        if end.block().length() == 1 and end.blockFormat().lineHeight() <= 1:
            end.movePosition(QTextCursor.MoveOperation.Left)
        spot = self.cursorRect(end)
        size = Theme.current().size("body")
        box = QRectF(spot.left() + 1, spot.center().y() - size * 0.55, _CARET_WIDTH, size * 1.15)
        painter.fillRect(box, Theme.current().color("accent"))

    def _place_copy_buttons(self) -> None:
        codes, buttons = self._ornaments.codes, self._copy_buttons
        while len(buttons) < len(codes):
            buttons.append(self._copy_button(len(buttons)))
        layout = self.document().documentLayout()
        for index, button in enumerate(buttons):
            if index >= len(codes):
                button.hide()
                continue
            box = layout.frameBoundingRect(codes[index].frame)
            button.move(int(box.right()) - button.width() - 6, int(box.top()) + 8)
            button.show()

    def _copy_button(self, index: int) -> QPushButton:
        button = QPushButton(tr("Copy"), self.viewport())
        button.setAccessibleName(tr("Copy this code"))
        button.setCursor(Qt.CursorShape.ArrowCursor)
        set_role(button, "word")
        button.adjustSize()
        button.clicked.connect(lambda: self._copy(index))
        return button

    def _copy(self, index: int) -> None:
        QGuiApplication.clipboard().setText(self._ornaments.codes[index].code)
