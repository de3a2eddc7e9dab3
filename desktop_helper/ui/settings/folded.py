"""What hardly anybody needs: folded until it is asked for."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.icons import icon
from desktop_helper.ui.theme import SPACE_4, Theme, set_role


class Folded(QWidget):
    """A word that unfolds what is in `body`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fold = QToolButton()
        self.fold.setText(tr("Advanced"))
        self.fold.setCheckable(True)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setIconSize(QSize(14, 14))
        self.fold.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_role(self.fold, "line")
        self._body = QWidget()
        self.body = QVBoxLayout(self._body)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SPACE_4)
        self._body.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_4)
        layout.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._body)
        self._tint()
        Theme.current().changed.connect(self._tint)
        self.fold.toggled.connect(self._on_toggled)

    def _on_toggled(self, unfolded: bool) -> None:
        self._body.setVisible(unfolded)
        self._tint()

    def _tint(self) -> None:
        closed = "chevron-left" if self.isRightToLeft() else "chevron-right"
        name = "chevron-down" if self.fold.isChecked() else closed
        self.fold.setIcon(icon(name, checked_role="dim", size=14))
