"""The keys of the overlay, on a card in its middle: the overlay keeps the keyboard, so it cannot be a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.ui.theme import Theme, set_role

_WIDTH = 440  # of each column
_BORDER = 1


class OverlayHelp:
    """Made when it is first asked for, and again each time: a hidden overlay keeps nothing."""

    def __init__(self, overlay: QWidget) -> None:
        self._overlay = overlay
        self._card: QFrame | None = None

    def toggle(self) -> None:
        """Show or hide it."""
        if self._card is not None:
            self.close()
            return
        from desktop_helper.ui.shortcut_sheet import ShortcutSheet
        from desktop_helper.ui.shortcuts import overlay

        self._card = card = QFrame(self._overlay)
        set_role(card, "card")
        card.setCursor(Qt.CursorShape.ArrowCursor)
        choosing, changing, drawing, asking = overlay()
        room, groups = self._overlay.size(), ([choosing, asking], [changing, drawing])
        columns = QWidget()
        set_role(columns, "scroll")
        beside = QHBoxLayout(columns)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        width = min(Theme.current().px(_WIDTH), (room.width() - 2 * _BORDER) // len(groups))
        height = 0
        for group in groups:
            sheet = ShortcutSheet(group)
            sheet.setFixedWidth(width)
            beside.addWidget(sheet, 0, Qt.AlignmentFlag.AlignTop)
            height = max(height, sheet.heightForWidth(width))
        columns.setFixedSize(width * len(groups), height)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(columns if height + 2 * _BORDER <= room.height() else _scrolling(columns))
        card.resize(columns.width() + 2 * _BORDER, min(height + 2 * _BORDER, room.height()))
        card.move((room.width() - card.width()) // 2, (room.height() - card.height()) // 2)
        card.show()

    def close(self) -> None:
        """Take it away, if it is there."""
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None

    def close_or(self, otherwise: Callable[[], None]) -> None:
        """Take it away; if it is not there, do something else."""
        if self._card is None:
            otherwise()
        else:
            self.close()


def _scrolling(columns: QWidget) -> QScrollArea:
    """Large letters on a small screen: the wheel reaches the rest, since the overlay keeps the keys."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(columns)
    return area


def held_words(region: Rect, *, asking: bool = False) -> str:
    """Which region is held, and what can be done then."""
    size = tr("{width} × {height} at {x}, {y}", width=region.width, height=region.height, x=region.x, y=region.y)
    return sentences(size + ".", held_hint(asking=asking))


def held_hint(*, asking: bool = False) -> str:
    """One line of help while a region is held; `asking`: the question may be typed under it."""
    keys = tr("Enter takes it. Drag its edges, or use the arrows; Shift+arrows change its size. Esc goes back.")
    return sentences(keys, tr("Tab goes to the question.")) if asking else keys
