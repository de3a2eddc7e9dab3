"""Paints the rows of the list of conversations and edits their titles in place."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_helper.core.i18n import language, tr
from desktop_helper.ui.history.entries import Entry
from desktop_helper.ui.history.model import ANSWERED, CURRENT, DRAFT, ENTRY, GROUP, STATE, TIME
from desktop_helper.ui.history.painting import line_height, paint_ground, paint_text
from desktop_helper.ui.history.pictures import Pictures
from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.theme import SPACE_2, SPACE_3, Theme
from desktop_helper.ui.thumbnails import centre

THUMB = QSize(46, 34)
_THUMB_RADIUS = 6
_GAP = 2  # above and below each card
_PADDING = 10
_DOT = 7
_PENCIL = 14
_GROUP_TOP, _GROUP_BOTTOM = 14, 6
_Index = QModelIndex | QPersistentModelIndex


class _TitleEdit(QLineEdit):
    """Everything is marked, since most titles are replaced, with the beginning in sight."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt marks it too, but shows the end."""
        super().focusInEvent(event)
        self.end(False)
        self.home(True)


class EntryDelegate(QStyledItemDelegate):
    """See `HistoryModel` for the roles that it reads."""

    def __init__(self, pictures: Pictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._pictures = pictures

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        """A card, and above the first of a group its heading."""
        heading = self._heading_height() if index.data(GROUP) else 0
        return QSize(100, heading + self._card_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Heading, card, picture, title, and a line about it."""
        entry = index.data(ENTRY)
        if not isinstance(entry, Entry):
            return
        theme, card = Theme.current(), self._card(option.rect, index)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if heading := index.data(GROUP):
            self._paint_heading(painter, option.rect, heading)
        paint_ground(painter, card, option, current=bool(index.data(CURRENT)))
        self._paint_picture(painter, self._thumb(card), entry)
        paint_text(painter, self._title(card), entry.title, theme.font(), theme.color("text"))
        words, colour = self._words(card), "accent"
        if index.data(ANSWERED):
            words = _paint_dot(painter, words)
        elif index.data(DRAFT):
            words = _paint_pencil(painter, words)
        else:
            colour = "dim"
        line = " · ".join(filter(None, (index.data(TIME), index.data(STATE))))
        paint_text(painter, words, line, theme.font("secondary"), theme.color(colour))
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: _Index) -> QWidget:
        """A plain text field."""
        editor = _TitleEdit(parent)
        editor.setAccessibleName(tr("Title of the conversation"))
        editor.setMaxLength(200)
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """The title as it is."""
        if isinstance(editor, QLineEdit):
            editor.setText(index.data(Qt.ItemDataRole.EditRole))

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        """Over the text of the card; the picture stays in sight."""
        card = self._card(option.rect, index)
        height = min(card.height() - 2 * _GAP, editor.sizeHint().height())
        box = QRect(self._title(card).left() - SPACE_2, 0, 0, height)
        box.moveTop(card.center().y() - height // 2)
        box.setRight(card.right() - SPACE_2)
        editor.setGeometry(box)

    def card_of(self, rect: QRect, index: _Index) -> QRect:
        """The part of a row that stands for its conversation."""
        return self._card(rect, index)

    def _card(self, rect: QRect, index: _Index) -> QRect:
        card = rect.adjusted(0, _GAP, 0, -_GAP)
        if index.data(GROUP):
            card.setTop(card.top() + self._heading_height())
        return card

    def _thumb(self, card: QRect) -> QRect:
        size = _thumb_size()
        return QRect(QPoint(card.left() + _PADDING, card.center().y() - size.height() // 2), size)

    def _title(self, card: QRect) -> QRect:
        theme = Theme.current()
        upper, lower = theme.font(), theme.font("secondary")
        high = line_height(upper)
        left = card.left() + _PADDING + _thumb_size().width() + SPACE_3
        top = card.center().y() - (high + line_height(lower)) // 2 + 1
        return QRect(left, top, card.right() - _PADDING - left, high)

    def _words(self, card: QRect) -> QRect:
        title = self._title(card)
        return QRect(title.left(), title.bottom() + 1, title.width(), line_height(Theme.current().font("secondary")))

    def _card_height(self) -> int:
        theme = Theme.current()
        words = line_height(theme.font()) + line_height(theme.font("secondary"))
        return max(_thumb_size().height(), words) + 2 * _PADDING + 2 * _GAP

    def _heading_height(self) -> int:
        return _GROUP_TOP + QFontMetrics(_heading_font()).height() + _GROUP_BOTTOM

    def _paint_heading(self, painter: QPainter, rect: QRect, heading: str) -> None:
        box = QRect(rect.left() + _PADDING, rect.top(), rect.width() - _PADDING, self._heading_height() - _GROUP_BOTTOM)
        painter.setFont(_heading_font())
        painter.setPen(Theme.current().color("dim"))
        text = heading.upper() if language() == "en" else heading
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)

    def _paint_picture(self, painter: QPainter, box: QRect, entry: Entry) -> None:
        theme, shape = Theme.current(), QPainterPath()
        shape.addRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), _THUMB_RADIUS, _THUMB_RADIUS)
        painter.fillPath(shape, theme.color("surface"))
        name = entry.info.thumbnail
        picture = self._pictures.get(name) if name else None
        if picture is not None and not picture.isNull():
            painter.setClipPath(shape)
            painter.drawPixmap(QRectF(box), picture, centre(picture, box.size()))
            painter.setClipping(False)
        elif picture is not None or name is None:
            kind, scale = "file" if entry.glance.attached else "chat", painter.device().devicePixelRatioF()
            painter.drawPixmap(box.center() - QPoint(7, 7), pixmap(kind, "faint", 16, scale))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shape)


def _paint_dot(painter: QPainter, words: QRect) -> QRect:
    """At the end of the line: an answer is being written. Returns what is left of the line."""
    side = round(_DOT * max(1.0, Theme.current().scale))
    dot = QRectF(words.right() - side + 1, words.center().y() - side / 2 + 0.5, side, side)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Theme.current().color("accent"))
    painter.drawEllipse(dot)
    return words.adjusted(0, 0, -side - SPACE_2, 0)


def _paint_pencil(painter: QPainter, words: QRect) -> QRect:
    """At the end of the line: something was typed and not asked. Returns what is left of the line."""
    side = round(_PENCIL * max(1.0, Theme.current().scale))
    drawn = pixmap("pencil", "accent", side, painter.device().devicePixelRatioF())
    painter.drawPixmap(QPoint(words.right() - side + 1, words.center().y() - side // 2 + 1), drawn)
    return words.adjusted(0, 0, -side - SPACE_2, 0)


def _thumb_size() -> QSize:
    return THUMB * max(1.0, Theme.current().scale)


def _heading_font() -> QFont:
    font = Theme.current().font("meta", weight=QFont.Weight.DemiBold)
    if language() == "en":
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 104)
    return font
