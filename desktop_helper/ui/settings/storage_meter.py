"""How much room the history takes, and what of it: a bar, and a line for each part."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.history_records import Storage
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, Theme, set_role

_BAR_PX, _SWATCH_PX = 10, 10


class StorageMeter(QWidget):
    """Empty until it is told."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.total = _plain("heading")
        self._bar, self._grid = _Bar(), QGridLayout()
        self.lines: dict[str, str] = {}
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_2)
        self._grid.setVerticalSpacing(SPACE_1)
        self._grid.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_3)
        for widget in (self.total, self._bar):
            layout.addWidget(widget)
        layout.addLayout(self._grid)
        self.setAccessibleName(tr("Room that the history takes"))

    def show_storage(self, storage: Storage) -> None:
        """What was measured."""
        parts = (
            ("accent", tr("Pictures"), storage.picture_bytes, f"{storage.pictures:,}"),
            ("ok", tr("Files"), storage.file_bytes, f"{storage.files:,}"),
            ("warn", tr("Text and search"), storage.database_bytes, ""),
            ("faint", tr("Copies of older versions"), storage.backup_bytes, ""),
        )
        self._clear()
        self.total.setText(tr("{size} on this disk", size=size_text(sum(size for _role, _what, size, _n in parts))))
        self._bar.show_parts([(role, size) for role, _what, size, _n in parts])
        for role, what, size, count in parts:
            self._add(role, what, f"{count} · {size_text(size)}" if count else size_text(size))
        self._add("", tr("Conversations"), f"{storage.conversations:,}")
        if storage.trashed:
            self._add("", tr("In the trash"), f"{storage.trashed:,}")
        self.setAccessibleDescription("; ".join(f"{what}: {value}" for what, value in self.lines.items()))

    def _add(self, role: str, what: str, value: str) -> None:
        row = self._grid.rowCount()
        self.lines[what] = value
        name, said = _plain("secondary"), _plain("secondary")
        name.setText(what)
        said.setText(value)
        said.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(_Swatch(role), row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(name, row, 1)
        self._grid.addWidget(said, row, 2)

    def _clear(self) -> None:
        self.lines.clear()
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


class _Swatch(QWidget):
    """The colour of a part; none keeps its place."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role
        side = Theme.current().px(_SWATCH_PX)
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A small square with round corners."""
        if self._role:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(Theme.current().color(self._role))
            painter.drawRoundedRect(QRectF(self.rect()), 3, 3)


class _Bar(QWidget):
    """Shares of the whole, beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[str, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: list[tuple[str, int]]) -> None:
        """Roles of colours, and sizes."""
        self._parts = parts
        self.update()

    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(200, Theme.current().px(_BAR_PX))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """From where one begins to read."""
        theme, painter, room = Theme.current(), QPainter(self), QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(room, room.height() / 2, room.height() / 2)
        painter.setClipPath(shape)
        painter.fillRect(room, theme.color("line"))
        whole, at = sum(size for _role, size in self._parts) or 1, 0.0
        for role, size in self._parts:
            width = room.width() * size / whole
            left = room.width() - at - width if self.isRightToLeft() else at
            painter.fillRect(QRectF(left, 0, width, room.height()), theme.color(role))
            at += width


def _plain(role: str) -> QLabel:
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    set_role(made, role)
    return made
