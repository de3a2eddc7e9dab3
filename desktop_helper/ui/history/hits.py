"""What a search found: the messages, each with its conversation and the words in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Role
from desktop_helper.services.history_records import SearchHit
from desktop_helper.ui.history.days import day_of
from desktop_helper.ui.history.painting import line_height, paint_found, paint_ground, paint_text
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import SPACE_2, SPACE_3, Theme

HIT, TIME = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
_LINES = 2
_PADDING = 10
_GAP = 2
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class HitsModel(QAbstractListModel):
    """Roles: HIT a `SearchHit`; TIME."""

    def __init__(self, now: Callable[[], datetime] = datetime.now, zone: tzinfo | None = None) -> None:
        super().__init__()
        self._now, self._zone = now, zone
        self._hits: list[SearchHit] = []

    def show(self, hits: Sequence[SearchHit]) -> None:
        """Instead of what was found before."""
        self.beginResetModel()
        self._hits = list(hits)
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Of what was found."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See the class."""
        if not 0 <= index.row() < len(self._hits):
            return None
        hit = self._hits[index.row()]
        time = day_of(hit.created, self._now().date(), self._zone)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return hit.title
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(hit.title)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(filter(None, (hit.title, hit.snippet, who_said(hit), time)))
        if role == HIT:
            return hit
        return time if role == TIME else None


class HitDelegate(QStyledItemDelegate):
    """Paints the title, two lines of the message, and who said it when."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        """A hit in a title has no lines of a message."""
        hit = index.data(HIT)
        lines = _LINES if isinstance(hit, SearchHit) and hit.snippet else 0
        title, words = _heights()
        return QSize(100, 2 * (_PADDING + _GAP) + title + lines * words + (lines > 0) * SPACE_2 // 2 + words)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """With the found words marked."""
        hit, theme = index.data(HIT), Theme.current()
        if not isinstance(hit, SearchHit):
            return
        card = option.rect.adjusted(0, _GAP, 0, -_GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        opened = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_ground(painter, card, option, current=opened)
        title, words = _heights()
        box = QRect(card.left() + SPACE_3, card.top() + _PADDING, card.width() - 2 * SPACE_3, title)
        bold = theme.font(weight=QFont.Weight.Medium)
        paint_found(painter, box, hit.title or tr("Untitled"), hit.title_matches, bold, theme.color("text"))
        box = QRect(box.left(), box.bottom() + 1, box.width(), words)
        if hit.snippet:
            box.translate(0, SPACE_2 // 2)
            font = theme.font("secondary")
            taken = paint_found(painter, box, hit.snippet, hit.matches, font, theme.color("dim"), _LINES)
            box.translate(0, taken * words)
        line = " · ".join(filter(None, (str(index.data(TIME)), who_said(hit))))
        paint_text(painter, box, line, theme.font("meta"), theme.color("dim"))
        painter.restore()


def who_said(hit: SearchHit) -> str:
    """Whose words they are."""
    if hit.role is None:
        return tr("title")
    if hit.picture:
        return tr("in {name}", name=reveal(hit.picture))
    return tr("question") if hit.role is Role.USER else tr("answer")


def _heights() -> tuple[int, int]:
    theme = Theme.current()
    return line_height(theme.font()), line_height(theme.font("secondary"))
