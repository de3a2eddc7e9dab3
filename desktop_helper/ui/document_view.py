"""A read-only text as tall as its content, for messages: the list around it scrolls, never the text itself."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from math import ceil
from typing import TypeVar

from PySide6.QtCore import QMimeData, QPoint, QRect, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QTextBrowser, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui import clip_links
from desktop_helper.ui.keyboard_marking import mark
from desktop_helper.ui.markdown.formula_object import with_sources
from desktop_helper.ui.markdown.ornaments import Ornaments
from desktop_helper.ui.scrolled_page import page_around
from desktop_helper.ui.sign_painting import paint_sign
from desktop_helper.ui.text_safety import tooltip, unwrapped
from desktop_helper.ui.theme import RADIUS_CARD, Theme, set_role
from desktop_helper.ui.wide_tables import WideTables

_Item = TypeVar("_Item")

_CARET_WIDTH, _BAR_WIDTH = 7, 3
_BOX_PADDING = 9
_COPY_TOP = 7  # of the word “Copy” in its box: it must not touch the line
_BY_KEYS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_SCROLLING = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)
_MARGIN = 16  # what is painted may reach so far beyond its paragraph


class DocumentView(QTextBrowser):
    """Shows a QTextDocument, paints the boxes around code and the bars of quotations.

    Signals:
        link_activated: the address of a link that was clicked or chosen with the keyboard. Nothing else happens.
        menu_requested: a place on the screen, for a menu about the text.
    """

    link_activated = Signal(str)
    menu_requested = Signal(QPoint)

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
        # Qt repaints from its last layout checkpoint, half a window above the change; `fit` knows better.
        self.document().documentLayout().update.disconnect()
        self._ornaments = Ornaments()
        self._caret = False
        self._theme = Theme.current()
        self._copy_buttons: list[QPushButton] = []
        self._tables = WideTables(self, lambda: self._ornaments)
        self.horizontalScrollBar().valueChanged.connect(lambda: self.horizontalScrollBar().setValue(0))
        self.anchorClicked.connect(lambda url: self.link_activated.emit(url.toString()))

    def set_ornaments(self, ornaments: Ornaments, changed_from: int = 0) -> None:
        """Use what the document's writer keeps about boxes and bars.

        Args:
            ornaments: kept by the writer.
            changed_from: position in the document before which nothing is different.
        """
        self._ornaments = ornaments
        self.fit(changed_from)

    def set_caret(self, shown: bool) -> None:
        """Show the mark at the end that says: more is coming."""
        if shown != self._caret:
            self._caret = shown
            self.viewport().update()

    def fit(self, changed_from: int = 0) -> None:
        """Take the height of the text. Cheap if only its end, after position `changed_from`, is different."""
        document = self.document()
        self._tables.share_out(changed_from)
        height = ceil(document.size().height())
        if height != self.height():
            self.setFixedHeight(height)
        self._place_copy_buttons(changed_from)
        self._tables.place_bars()
        top = document.documentLayout().blockBoundingRect(document.findBlock(changed_from)).top() if changed_from else 0
        self.viewport().update(0, int(top) - _MARGIN, self.viewport().width(), height - int(top) + 2 * _MARGIN)

    def loadResource(self, kind: int, name: QUrl | str) -> None:
        """Load nothing: text from outside never opens a file or a connection."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def focusNextPrevChild(self, next_: bool) -> bool:
        """From link to link, but only while the text has the keyboard: a copy button in it asks here too."""
        if self.hasFocus():
            return super().focusNextPrevChild(next_)
        return QWidget.focusNextPrevChild(self, next_)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show it to who came with the keyboard; who selects with the mouse knows where they are."""
        super().focusInEvent(event)
        page = page_around(self)
        if page is not None and event.reason() in _BY_KEYS:
            page.ring.go_around(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes."""
        super().focusOutEvent(event)
        page = page_around(self)
        if page is not None:
            page.ring.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Mark, and leave scrolling to the list here, too."""
        if mark(self, event):
            event.accept()
        elif event.key() in _SCROLLING:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave scrolling to the list, but that of a wide table."""
        event.setAccepted(self._tables.scroll(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Where a table was scrolled, its text is further left than it was written."""
        super().mousePressEvent(self._tables.as_written(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The same."""
        super().mouseReleaseEvent(self._tables.as_written(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The same."""
        super().mouseDoubleClickEvent(self._tables.as_written(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select, and show where a link goes."""
        event = self._tables.as_written(event)
        super().mouseMoveEvent(event)
        address = self.anchorAt(event.position().toPoint())
        self.setToolTip(tooltip(self.link_title(address)) if address else "")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave it to the message: what can be done with it belongs into the same menu."""
        spot = self.cursorRect().bottomLeft() if event.reason() == QContextMenuEvent.Reason.Keyboard else event.pos()
        self.menu_requested.emit(self.viewport().mapToGlobal(spot))
        event.accept()

    def link_title(self, address: str) -> str:
        """What a link says where it leads to."""
        return clip_links.shown(address)

    def plain_text(self) -> str:
        """All of it as the user wants it copied."""
        everything = QTextCursor(self.document())
        everything.select(QTextCursor.SelectionType.Document)
        return unwrapped(with_sources(everything.selection().toPlainText(), everything)).strip("\n")

    def createMimeDataFromSelection(self) -> QMimeData:
        """The selection as plain text, with LaTeX for formulas, without the help that was given to wrapping."""
        data, selected = QMimeData(), self.textCursor()
        data.setText(unwrapped(with_sources(selected.selection().toPlainText(), selected)))
        return data

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint boxes and bars, then the text over them."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(event.rect())
        self._paint_ornaments(painter, QRectF(event.rect()))
        painter.end()
        self._paint_text(event)
        if self._caret:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_caret(painter)
            painter.end()

    def _paint_text(self, event: QPaintEvent) -> None:
        """All but tables that were scrolled, then those, each moved and cut at its edges."""
        area, top, moved = event.rect(), event.rect().top(), list(self._tables.moved(event.rect()))
        if not moved:
            super().paintEvent(event)
            return
        for band, _shift in [*moved, (QRect(0, area.bottom() + 1, 0, 0), 0)]:
            if band.top() > top:
                super().paintEvent(QPaintEvent(QRect(area.left(), top, area.width(), band.top() - top)))
            top = band.bottom() + 1
        for band, shift in moved:
            painter = QPainter(self.viewport())
            painter.setClipRect(band)
            painter.translate(-shift, 0)
            self.document().documentLayout().draw(painter, self._paint_context(band.translated(shift, 0)))
            painter.end()

    def _paint_context(self, clip: QRect) -> QAbstractTextDocumentLayout.PaintContext:
        """What `QTextEdit` paints with, for a part that it does not paint itself."""
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette, context.clip = self.palette(), QRectF(clip)
        marked = [(extra.cursor, extra.format) for extra in self.extraSelections()]
        if self.textCursor().hasSelection():
            style = QTextCharFormat()
            style.setBackground(self.palette().highlight())
            style.setForeground(self.palette().highlightedText())
            marked.append((self.textCursor(), style))
        selections = []
        for cursor, style in marked:
            selection = QAbstractTextDocumentLayout.Selection()
            selection.cursor, selection.format = cursor, style
            selections.append(selection)
        context.selections = selections
        return context

    def _paint_ornaments(self, painter: QPainter, area: QRectF) -> None:
        """Only what is in sight, found by halving: a long answer has hundreds."""
        self._paint_codes(painter, area)
        self._paint_quotes(painter, area)
        self._paint_signs(painter, area)

    def _paint_codes(self, painter: QPainter, area: QRectF) -> None:
        codes, bounds = self._ornaments.codes, self.document().documentLayout().frameBoundingRect
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(self._theme.color("sunken"))
        begin = _first_from(codes, area.top(), lambda code: bounds(code.frame).bottom())
        for code in codes[begin:]:
            left = code.frame.frameFormat().leftMargin()
            box = bounds(code.frame).adjusted(left + 0.5, 4.5, -0.5, -12.5)
            if box.top() > area.bottom():
                break
            painter.drawRoundedRect(box, RADIUS_CARD, RADIUS_CARD)

    def _paint_quotes(self, painter: QPainter, area: QRectF) -> None:
        quotes, find = self._ornaments.quotes, self.document().findBlock
        bounds = self.document().documentLayout().blockBoundingRect
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("line_strong"))
        begin = _first_from(quotes, area.top(), lambda quote: bounds(find(quote.first)).top())
        while begin > 0:  # a quotation that begins above and reaches into sight, with those inside it
            begin -= 1
            if quotes[begin].level == 0:
                break
        for quote in quotes[begin:]:
            top = bounds(find(quote.first)).top() + _above_first_line(find(quote.first))
            if top > area.bottom():
                break
            last = find(quote.last)
            height = bounds(last).bottom() - top + (_BOX_PADDING if quote.ends_in_box else _above_first_line(last))
            rtl = find(quote.first).textDirection() == Qt.LayoutDirection.RightToLeft
            left = self.document().textWidth() - quote.left - _BAR_WIDTH if rtl else quote.left
            painter.drawRoundedRect(QRectF(left, top, _BAR_WIDTH, height), 1.5, 1.5)

    def _paint_signs(self, painter: QPainter, area: QRectF) -> None:
        signs, find = self._ornaments.signs, self.document().findBlock
        bounds = self.document().documentLayout().blockBoundingRect
        begin = _first_from(signs, area.top() - _MARGIN, lambda sign: bounds(find(sign.position)).top())
        for sign in signs[max(0, begin - 1) :]:
            block = find(sign.position)
            top, lines = bounds(block).top(), block.layout()
            if top > area.bottom():
                break
            if lines.lineCount():
                # A line's place is relative to its paragraph, and a paragraph's to the table or quotation around it.
                line = lines.lineAt(0).rect().translated(lines.position())
                line.moveTop(top + _above_first_line(block))
                paint_sign(painter, sign.kind, line, block.textDirection(), self._theme.color)

    def _paint_caret(self, painter: QPainter) -> None:
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        if end.atStart():
            return
        if end.block().length() == 1 and end.blockFormat().lineHeight() <= 1:
            end.movePosition(QTextCursor.MoveOperation.Left)
        spot = self.cursorRect(end)
        size = self._theme.size("body")
        box = QRectF(spot.left() + 1, spot.center().y() - size * 0.55, _CARET_WIDTH, size * 1.15)
        painter.fillRect(box, self._theme.color("accent"))

    def _place_copy_buttons(self, changed_from: int) -> None:
        codes, buttons, layout = self._ornaments.codes, self._copy_buttons, self.document().documentLayout()
        begin = _first_from(codes, changed_from, lambda code: code.frame.firstPosition())
        for index in range(begin, len(codes)):
            if index == len(buttons):
                buttons.append(self._copy_button(index))
            box, button = layout.frameBoundingRect(codes[index].frame), buttons[index]
            button.adjustSize()  # the text may have become larger
            button.move(int(box.right()) - button.width() - 6, int(box.top()) + _COPY_TOP)
            button.show()
        for button in buttons[len(codes) :]:
            button.hide()

    def _copy_button(self, index: int) -> QPushButton:
        button = QPushButton(tr("Copy"), self.viewport())
        button.setAccessibleName(tr("Copy this code") + (f" {index + 1}" if index else ""))
        button.setCursor(Qt.CursorShape.ArrowCursor)
        set_role(button, "word")
        button.adjustSize()
        button.clicked.connect(lambda: self._copy(index))
        return button

    def _copy(self, index: int) -> None:
        QGuiApplication.clipboard().setText(self._ornaments.codes[index].code)


def _above_first_line(block: QTextBlock) -> float:
    """What fixed line height puts between the top of a paragraph and its letters; its bounds do not know of it."""
    lines = block.layout()
    return lines.lineAt(0).y() if lines.lineCount() else 0.0


def _first_from(items: Sequence[_Item], where: float, place: Callable[[_Item], float]) -> int:
    """`bisect_left`, but from the end, where an answer grows: the cost does not depend on what is above."""
    step = 1
    while step < len(items) and place(items[-step]) >= where:
        step *= 2
    return bisect_left(items, where, lo=max(0, len(items) - step), key=place)
