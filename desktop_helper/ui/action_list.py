"""The list of quick actions above the text field: filtered while typing, chosen with the keyboard or the mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop_helper.core.i18n import tr
from desktop_helper.services.action_file import QuickAction
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import RADIUS_CONTROL, SPACE_1, SPACE_2, SPACE_3, Theme, set_role

MAX_WIDTH = 460
_MOST_ROWS = 7
_PADDING = 6
_ACTION = Qt.ItemDataRole.UserRole


class ActionList(QFrame):
    """A card in the window, not a window: the keyboard stays where it is.

    Signals:
        chosen: a `QuickAction`.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self.setAccessibleName(tr("Quick actions"))
        self._actions: list[QuickAction] = []
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Find an action"))
        self.filter.setAccessibleName(tr("Find an action"))
        self.rows = QListWidget()
        self.rows.setAccessibleName(tr("Quick actions"))
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.rows.setMouseTracking(True)
        self.rows.setItemDelegate(_Row(self.rows))
        self.rows.itemClicked.connect(self._on_clicked)
        self._note = QLabel()
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setWordWrap(True)
        self._note.setContentsMargins(SPACE_3, 0, SPACE_3, SPACE_1)
        set_role(self._note, "warn")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_1, SPACE_1, SPACE_1, SPACE_1)
        layout.setSpacing(SPACE_1)
        layout.addWidget(self.filter)
        layout.addWidget(self.rows)
        layout.addWidget(self._note)
        self.hide()

    def show_actions(self, actions: Sequence[QuickAction], note: str = "") -> None:
        """Fill the list; the first one is chosen. `note` is said below it."""
        self.rows.clear()
        self._actions = list(actions)
        for action in actions:
            item = QListWidgetItem(reveal(action.title))
            item.setData(_ACTION, action)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, reveal(action.title))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, _description(action))
            item.setToolTip(tooltip(action.title, _description(action)))
            self.rows.addItem(item)
        self.rows.setCurrentRow(0)
        self._note.setText(note)
        self._note.setVisible(bool(note))

    @property
    def current(self) -> QuickAction | None:
        """The action that Enter would choose."""
        row = self.rows.currentRow()
        return self._actions[row] if 0 <= row < len(self._actions) else None

    def sentence(self) -> str:
        """The current action for a screen reader."""
        action = self.current
        return f"{reveal(action.title)}. {_description(action)}" if action is not None else ""

    def step(self, by: int) -> None:
        """To the next or an earlier one; the ends are joined."""
        if self.rows.count():
            self.rows.setCurrentRow((self.rows.currentRow() + by) % self.rows.count())

    def place_above(self, field: QRect, ceiling: int) -> None:
        """Stand on the upper edge of `field`, as high as the rows need, below `ceiling`; both as the parent counts."""
        width = min(field.width(), round(MAX_WIDTH * max(1.0, Theme.current().scale)))
        rest = 2 * SPACE_1
        if not self.filter.isHidden():
            rest += self.filter.sizeHint().height() + SPACE_1
        if not self._note.isHidden():
            rest += self._note.heightForWidth(width - 2 * SPACE_1) + SPACE_1
        wanted = min(self.rows.count(), _MOST_ROWS) * self.rows.sizeHintForRow(0) + 2
        rows = max(0, min(wanted, field.top() - SPACE_1 - rest - ceiling))
        self.rows.setFixedHeight(rows)
        self.setGeometry(field.left(), field.top() - SPACE_1 - rest - rows, width, rest + rows)
        self.raise_()

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_ACTION))


class _Row(QStyledItemDelegate):
    """Title, name and hotkey on one line, the description below."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        theme = Theme.current()
        lines = QFontMetrics(theme.font()).height() + QFontMetrics(theme.font("secondary")).height()
        return QSize(100, lines + 2 * _PADDING + 1)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = Theme.current()
        action: QuickAction = index.data(_ACTION)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            selected = bool(state & QStyle.StateFlag.State_Selected)
            painter.setBrush(theme.color("accent_soft" if selected else "hover"))
            painter.drawRoundedRect(QRectF(place), RADIUS_CONTROL, RADIUS_CONTROL)
        inner = place.adjusted(SPACE_3, _PADDING, -SPACE_3, -_PADDING)
        upper = QRect(inner.topLeft(), QSize(inner.width(), QFontMetrics(theme.font()).height()))
        lower = QRect(upper.bottomLeft(), QSize(inner.width(), inner.bottom() - upper.bottom()))
        right = _write(painter, action.hotkey, "meta", "dim", upper, Qt.AlignmentFlag.AlignRight)
        upper.setRight(upper.right() - right - (SPACE_2 if right else 0))
        left = _write(painter, reveal(action.title), "body", "text", upper, Qt.AlignmentFlag.AlignLeft)
        upper.setLeft(upper.left() + left + SPACE_2)
        _write(painter, f"/{action.name}", "meta", "dim", upper, Qt.AlignmentFlag.AlignLeft)
        _write(painter, _about(action), "secondary", "dim", lower, Qt.AlignmentFlag.AlignLeft)
        painter.restore()


def _write(painter: QPainter, text: str, size: str, role: str, place: QRect, side: Qt.AlignmentFlag) -> int:
    """Draw one line, shortened to its place. Returns its width."""
    theme = Theme.current()
    font = theme.font(size)
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, place.width()))
    painter.setFont(font)
    painter.setPen(theme.color(role))
    painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
    return metrics.horizontalAdvance(shown)


def _about(action: QuickAction) -> str:
    """Its description, and who answers if not the model in use."""
    who = tr("answered by {profile}", profile=action.profile) if action.profile else ""
    return reveal(" · ".join(part for part in (action.description, who) if part))


def _description(action: QuickAction) -> str:
    return ". ".join(part for part in (_about(action), action.hotkey) if part)
