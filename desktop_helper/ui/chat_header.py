"""The bar on top of the chat: who answers, where that is, pin and close. Dragging it moves the window."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.ui.icons import IconButton, icon
from desktop_helper.ui.menu import make_menu
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_4, Theme, set_role

HEIGHT = 46
NAME_MIN = 72  # pixels of the model's name, with its chevron, that always stay


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
        self._title = self._place = ""
        self._model = QToolButton()
        self._model.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._model.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the chevron stands behind the name
        self._model.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._model.setAccessibleName(tr("Model"))
        font = Theme.current().font()
        font.setWeight(font.Weight.DemiBold)
        self._model.setFont(font)
        self._menu = make_menu(self)
        self._menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._model.setMenu(self._menu)
        self._pill = QLabel()
        self._pill.setTextFormat(Qt.TextFormat.PlainText)
        self._pill.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._row = row = QHBoxLayout()
        row.setContentsMargins(SPACE_4 - 4, 0, SPACE_2, 0)
        row.setSpacing(SPACE_1)
        row.addWidget(self._model)
        row.addWidget(self._pill)
        row.addStretch(1)
        self._buttons = self._build_buttons()
        for button in self._buttons:
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
        self._model.setToolTip(f"<qt>{escape(profile.title)}<br>{escape(tr('Choose who answers'))}</qt>")
        set_role(self._pill, "pill-ok" if profile.is_local else "pill-warn")
        self._show(profile.title, tr("On this machine") if profile.is_local else f"↗ {profile.host}")

    def show_problem(self, sentence: str) -> None:
        """There is no usable model; `sentence` says why."""
        self._model.setToolTip(f"<qt>{escape(sentence)}</qt>")
        set_role(self._pill, "pill-warn")
        self._show(tr("Choose a model"), tr("not set up"))

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give name and pill what the buttons leave."""
        super().resizeEvent(event)
        self._fit()

    def _show(self, title: str, place: str) -> None:
        self._title, self._place = title, place
        self._model.setAccessibleDescription(title)
        self._pill.setAccessibleName(tr("Questions go to: {place}", place=place))
        self._pill.setToolTip(f"<qt>{escape(tr('Questions go to: {place}', place=place))}</qt>")
        self._fit()

    def _fit(self) -> None:
        """Shorten the name first: where the question goes must be read. A host is shortened in its middle."""
        row = self._row.contentsMargins()
        room = self.width() - row.left() - row.right() - sum(button.width() + SPACE_1 for button in self._buttons)
        room -= 2 * SPACE_1  # between name, pill and the stretch
        _set_elided(self._pill, self._place, max(0, room - NAME_MIN))
        _set_elided(self._model, self._title, max(NAME_MIN, room - self._pill.sizeHint().width()))

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


def _set_elided(widget: QLabel | QToolButton, text: str, room: int) -> None:
    """Show as much of `text` as lets `widget` be at most `room` wide."""
    widget.setText(text)
    widget.ensurePolished()
    frame = widget.sizeHint().width() - widget.fontMetrics().horizontalAdvance(text)
    shown = widget.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, max(0, room - frame))
    widget.setText(shown)
