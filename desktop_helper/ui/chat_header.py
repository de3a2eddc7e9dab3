"""The bar on top of the chat: who answers, where that is, pin and close. Dragging it moves the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.ui.icons import IconButton, icon
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_4, Theme, set_role

HEIGHT = 48


class ChatHeader(QFrame):
    """Model, destination, buttons.

    Signals:
        profile_chosen: name of a model profile from the menu.
        new_chat_requested, settings_requested, close_requested.
        pinned_changed: whether the window is to stay above the others.
    """

    profile_chosen = Signal(str)
    new_chat_requested = Signal()
    settings_requested = Signal()
    close_requested = Signal()
    pinned_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QToolButton()
        self._model.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._model.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the chevron stands behind the name
        self._model.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._model.setAccessibleName(tr("Model"))
        font = Theme.current().font()
        font.setWeight(font.Weight.DemiBold)
        self._model.setFont(font)
        self._menu = QMenu(self)
        self._menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._model.setMenu(self._menu)
        self._pill = QLabel()
        self._pill.setTextFormat(Qt.TextFormat.PlainText)
        self._pill.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_4 - 4, 0, SPACE_2, 0)
        row.setSpacing(SPACE_1)
        row.addWidget(self._model)
        row.addWidget(self._pill)
        row.addStretch(1)
        for button in self._build_buttons():
            row.addWidget(button)
        line = QFrame()
        set_role(line, "hairline")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row, 1)
        layout.addWidget(line)
        self.setFixedHeight(HEIGHT)
        Theme.current().changed.connect(self._tint)
        self._tint()

    def show_profile(self, profile: ModelProfile) -> None:
        """Name the model, and say in green or amber where the question goes."""
        self._model.setText(profile.title)
        self._model.setToolTip(tr("Choose who answers"))
        if profile.is_local:
            self._pill.setText(tr("On this machine"))
            set_role(self._pill, "pill-ok")
        else:
            self._pill.setText(f"↗ {profile.host}")
            set_role(self._pill, "pill-warn")
        self._pill.setAccessibleName(tr("Questions go to: {place}", place=self._pill.text()))

    def show_problem(self, sentence: str) -> None:
        """There is no usable model; `sentence` says why."""
        self._model.setText(tr("Choose a model"))
        self._model.setToolTip(f"<qt>{sentence.replace('<', '&lt;')}</qt>")
        self._pill.setText(tr("not set up"))
        set_role(self._pill, "pill-warn")

    def set_profiles(self, titles: dict[str, str], active: str) -> None:
        """Fill the menu with `{profile name: title}`."""
        self._menu.clear()
        for name, title in titles.items():
            action = QAction(title, self._menu)
            action.setCheckable(True)
            action.setChecked(name == active)
            action.triggered.connect(lambda _checked=False, name=name: self.profile_chosen.emit(name))
            self._menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(tr("Settings…"), self.settings_requested.emit)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Dragging the bar moves the window, in the way that the desktop does it."""
        handle = self.window().windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and handle is not None:
            handle.startSystemMove()

    def _build_buttons(self) -> tuple[IconButton, ...]:
        new_chat = IconButton("new-chat", tr("New chat (Ctrl+N)"))
        new_chat.setShortcut("Ctrl+N")
        new_chat.clicked.connect(self.new_chat_requested)
        settings = IconButton("settings", tr("Settings (Ctrl+,)"))
        settings.setShortcut("Ctrl+,")
        settings.clicked.connect(self.settings_requested)
        self.pin = IconButton("pin", tr("Keep above other windows (Ctrl+P)"), checkable=True)
        self.pin.setShortcut("Ctrl+P")
        self.pin.clicked.connect(self.pinned_changed)
        close = IconButton("close", tr("Hide (Ctrl+W)"))
        close.setShortcut("Ctrl+W")
        close.clicked.connect(self.close_requested)
        return new_chat, settings, self.pin, close

    def _tint(self) -> None:
        self._model.setIcon(icon("chevron-down"))
