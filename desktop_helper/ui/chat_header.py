"""The bar on top of the chat: who answers, where that is, pin, size and close. Dragging it moves the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.menu import make_menu
from desktop_helper.ui.model_button import ModelButton
from desktop_helper.ui.text_safety import tooltip
from desktop_helper.ui.theme import ROOMY, SPACE_2, SPACE_3, Theme, set_role

HEIGHT = 46
GAP = 2
_SPACIOUS = ROOMY + 7  # widths of a letter, as `ROOMY`
_LEAD, _TRAIL = 3, 6  # the places of the two stretches in the row


class ChatHeader(QFrame):
    """Model, destination, buttons.

    Signals:
        profile_chosen: name of a model profile from the menu.
        new_chat_requested, settings_requested, shortcuts_requested, close_requested.
        pinned_changed: whether the window is to stay above the others.
        size_requested: the other size of the window. zoom_requested: as large as the screen, or back.
        history_toggled: whether the list of conversations is to be shown.
    """

    profile_chosen = Signal(str)
    new_chat_requested = Signal()
    settings_requested = Signal()
    shortcuts_requested = Signal()
    close_requested = Signal()
    pinned_changed = Signal(bool)
    size_requested = Signal()
    zoom_requested = Signal()
    history_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = self._listed = False
        self._pressed: QPoint | None = None
        self._model = ModelButton()
        self._model.setAccessibleName(tr("Model"))
        self._menu = make_menu(self)
        self._model.setMenu(self._menu)
        self._pill = ElidedLabel()
        self._places = ("", "")  # where the question goes, and the same in a word
        self._row = row = QHBoxLayout()
        row.setContentsMargins(SPACE_3, 0, SPACE_2, 0)
        row.setSpacing(GAP)
        self._title = QLabel(tr("Desktop Helper"))
        set_role(self._title, "heading")
        self._buttons = self._build_buttons()
        row.addWidget(self.history)
        row.addSpacing(GAP)
        row.addWidget(self._title)
        row.addStretch(0)
        row.addWidget(self._model)
        row.addWidget(self._pill)
        row.addStretch(1)
        for button in self._buttons:
            row.addWidget(button)
        line = QFrame()
        set_role(line, "hairline")
        line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)
        layout.addWidget(line)
        self.show_size(False, False)
        Theme.current().changed.connect(self._fit)
        self._fit()

    def show_profile(self, profile: ModelProfile, *, local_only: bool = False) -> None:
        """Name the model, and say in green or amber where the question goes, or in red that it may not go there."""
        self._model.setToolTip(tooltip(profile.title, tr("Choose who answers")))
        if local_only and not profile.is_local:
            set_role(self._pill, "pill-bad")
            self._show(profile.title, tr("{host} is blocked", host=profile.host))
            reason = tr("“Stay on this machine” is on, so nothing is sent to {host}.", host=profile.host)
            self._pill.setAccessibleName(reason)
            self._pill.setToolTip(tooltip(reason))
            return
        set_role(self._pill, "pill-ok" if profile.is_local else "pill-warn")
        here = (tr("On this machine"), tr("Here"))
        self._show(profile.title, *(here if profile.is_local else (f"↗ {profile.host}",)))

    def show_size(self, full: bool, history_shown: bool) -> None:
        """In the full size the app's name begins the bar, and who answers ends it."""
        self._full, self._listed = full, history_shown
        self.history.set_label(tr("Hide the history (Ctrl+B)") if history_shown else tr("Show the history (Ctrl+B)"))
        for widget in (self.history, self._title):
            widget.setVisible(full)
        for place, shown in ((_LEAD, full), (_TRAIL, not full)):
            self._row.setStretch(place, int(shown))
        self._size.set_icon("collapse" if full else "expand")
        self._size.set_label(tr("Small window (F11)") if full else tr("Large window with the history (F11)"))
        self._fit()

    def show_problem(self, sentence: str) -> None:
        """There is no usable model; `sentence` says why."""
        self._model.setToolTip(tooltip(sentence))
        set_role(self._pill, "pill-warn")
        self._show(tr("Choose a model"), tr("not set up"))

    def set_profiles(self, titles: dict[str, str], active: str) -> None:
        """Fill the menu with `{profile name: title}`."""
        self._menu.clear()
        for name, title in titles.items():
            action = QAction(title.replace("&", "&&"), self._menu)
            action.setCheckable(True)
            action.setChecked(name == active)
            action.triggered.connect(lambda _checked=False, name=name: self.profile_chosen.emit(name))
            self._menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addAction(tr("Settings…"), self.settings_requested.emit)
        self._menu.addAction(tr("Keyboard shortcuts…"), self.shortcuts_requested.emit)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps the beginning of a drag."""
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragging the bar moves the window, in the way that the desktop does it; it then has the mouse for itself."""
        begin = self._pressed
        if begin is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - begin).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.window().windowHandle().startSystemMove()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As on any title bar."""
        if event.button() == Qt.MouseButton.LeftButton and self._full:
            self.zoom_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give name and pill what the buttons leave."""
        super().resizeEvent(event)
        self._fit()

    def _show(self, title: str, place: str, short: str = "") -> None:
        self._model.setText(title)
        self._places = (place, short or place)
        self._model.setAccessibleDescription(title)
        self._pill.setAccessibleName(tr("Questions go to: {place}", place=place))
        self._pill.setToolTip(tooltip(tr("Questions go to: {place}", place=place)))
        self._fit()

    def _fit(self) -> None:
        """Shorten the name first: where the question goes must be read. A host is shortened in its middle."""
        self.setFixedHeight(Theme.current().icon_px(HEIGHT))
        letter = Theme.current().size("body")
        self._settings.setVisible(self.width() >= _SPACIOUS * letter)
        listed = self._full and self._listed  # the list has a button for it
        self._new_chat.setVisible(not listed and self.width() >= ROOMY * letter)
        row = self._row.contentsMargins()
        buttons = [button for button in self._buttons if not button.isHidden()]
        room = self.width() - row.left() - row.right() - sum(button.width() + GAP for button in buttons)
        room -= 2 * GAP  # between name, pill and the stretch
        if self._full:
            title = self._title.sizeHint().width()
            self._title.setVisible(title < room // 3)
            room -= self.history.width() + 4 * GAP + (0 if self._title.isHidden() else title)
        name = self._model.minimumSizeHint().width()
        self._pill.set_full_text(self._places[0])
        if self._pill.sizeHint().width() > room - name:
            self._pill.set_full_text(self._places[1])
        self._pill.setMaximumWidth(max(name, room - name))
        self._model.setMaximumWidth(max(name, room - min(self._pill.sizeHint().width(), room - name)))

    def _build_buttons(self) -> tuple[IconButton, ...]:
        self._new_chat = IconButton("new-chat", tr("New chat (Ctrl+N)"))
        self._new_chat.clicked.connect(self.new_chat_requested)
        QShortcut(QKeySequence("Ctrl+N"), self, self.new_chat_requested.emit)  # that button hides too
        self.history = IconButton("sidebar", tr("Show the history (Ctrl+B)"))
        self.history.clicked.connect(lambda: self.history_toggled.emit(not self._listed))
        self._size = IconButton("expand", tr("Large window with the history (F11)"))
        self._size.clicked.connect(self.size_requested)
        QShortcut(QKeySequence("F11"), self, self.size_requested.emit)
        self._settings = IconButton("settings", tr("Settings (Ctrl+,)"))
        self._settings.clicked.connect(self.settings_requested)
        QShortcut(QKeySequence("Ctrl+,"), self, self.settings_requested.emit)  # the button hides in a narrow window
        self.pin = IconButton("pin", tr("Keep above other windows (Ctrl+P)"), checkable=True)
        self.pin.setShortcut("Ctrl+P")
        self.pin.clicked.connect(self.pinned_changed)
        close = IconButton("close", tr("Hide (Ctrl+W)"))
        close.setShortcut("Ctrl+W")
        close.clicked.connect(self.close_requested)
        return self._new_chat, self._settings, self.pin, self._size, close
