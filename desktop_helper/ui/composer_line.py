"""One quiet line above the text field: an icon, a sentence that is shortened, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton, pixmap
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import SPACE_2, Theme, set_role


class ComposerLine(QWidget):
    """Hidden until it says something.

    Args:
        icon: name of the drawing.
        button: words of the button; empty for none.
        close_label: what closing the line does; empty if it cannot be closed.

    Signals:
        pressed: the button. closed: the cross.
    """

    pressed = Signal()
    closed = Signal()

    def __init__(self, icon: str, button: str = "", close_label: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon
        self._icon = QLabel()
        self._text = ElidedLabel(at=Qt.TextElideMode.ElideRight)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_role(self._text, "secondary")
        self.button = QPushButton(button)
        set_role(self.button, "word")
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.pressed)
        self.close_button = IconButton("close", close_label or tr("Close"), size=18)
        self.close_button.setIconSize(QSize(12, 12))
        self.close_button.setVisible(bool(close_label))
        self.close_button.clicked.connect(self.closed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.close_button)
        Theme.current().changed.connect(self._tint)
        self._tint()
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.full_text

    def say(self, text: str) -> None:
        """Show a sentence; nothing hides the line."""
        text = reveal(text)
        self._text.set_full_text(text)
        self._text.setToolTip(tooltip(text))
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def changeEvent(self, event: QEvent) -> None:
        """A screen of another density needs another picture."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._tint()

    def _tint(self) -> None:
        self._icon.setPixmap(pixmap(self._icon_name, "dim", 16, self.devicePixelRatioF()))
