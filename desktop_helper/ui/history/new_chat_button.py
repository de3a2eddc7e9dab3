"""New chat: a wide button that shows its key."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.theme import SPACE_2, Theme, set_role

KEY = ("Ctrl", "N")
_HEIGHT = 38


class NewChatButton(QPushButton):
    """The window has the key itself, so that it works where the button is not shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = tr("New chat (Ctrl+N)")
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._sign, text = QLabel(), QLabel(tr("New chat"))
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        row.setSpacing(SPACE_2)
        row.addStretch(1)
        row.addWidget(self._sign)
        row.addWidget(text)
        for part in KEY:
            key = QLabel(part)
            set_role(key, "key")
            row.addWidget(key, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        for label in self.findChildren(QLabel):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        Theme.current().changed.connect(self._tint)
        self._tint()

    def sizeHint(self) -> QSize:
        """As high as the search field at the other end."""
        wanted = self._row.sizeHint()
        return QSize(wanted.width(), max(_HEIGHT, wanted.height() + SPACE_2))

    def minimumSizeHint(self) -> QSize:
        """Room for its words."""
        return self.sizeHint()

    def _tint(self) -> None:
        self._sign.setPixmap(pixmap("plus", "text", 16, self.devicePixelRatioF()))
