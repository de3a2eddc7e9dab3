"""The bar on top of the chat: who answers, where that is, pin, size and close. Dragging it moves the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.core.model_names import short_name
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.menu import make_menu
from desktop_helper.ui.model_button import ModelButton
from desktop_helper.ui.text_safety import tooltip
from desktop_helper.ui.theme import ROOMY, SPACE_1, SPACE_2, SPACE_3, Theme, set_role

HEIGHT = 46
GAP = 2
_SPACIOUS = ROOMY + 7  # widths of a letter, as `ROOMY`
_PLACE = 8  # widths of a letter: what buttons leave to say where a question goes, if that is not shorter
_NAME = 14  # widths of a letter: what the model's name has before buttons have any, if it is not shorter
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
        self._menu.aboutToShow.connect(self._offer_hidden)
        self._model.setMenu(self._menu)
        self._pill, self._about, self._places = ElidedLabel(), "", ("", "")  # where it goes, and that in a word
        self._row, self._beneath = row, beneath = QHBoxLayout(), QHBoxLayout()
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
        row.addSpacing(SPACE_2)
        for button in self._buttons:
            row.addWidget(button)
        line = QFrame()
        set_role(line, "hairline")
        line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # the buttons go before they press
        layout.addStretch(1)
        layout.addLayout(row)
        layout.addLayout(beneath)
        layout.addStretch(1)
        layout.addWidget(line)
        self.show_size(False, False)
        Theme.current().changed.connect(self._fit)
        self._fit()

    def show_profile(self, profile: ModelProfile, *, local_only: bool = False, about: str = "") -> None:
        """Name the model, and say in green or amber where the question goes, or in red that it may not go there.

        `about`: what else there is to know about the model, in a sentence that names it.
        """
        self._about = about
        whole = profile.model if short_name(profile.model) == profile.title else profile.title
        self._model.setToolTip(tooltip(about or whole, tr("Choose who answers")))
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
        self._about = ""
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
        self._add_stand_ins()
        self._menu.addSeparator()
        self._add_action(tr("Settings…"), "Ctrl+,", self.settings_requested.emit)
        self._add_action(tr("Keyboard shortcuts…"), "F1", self.shortcuts_requested.emit)

    def minimumSizeHint(self) -> QSize:
        """Room for name, pill and the one button that always stays."""
        row = self._row.contentsMargins()
        least = self._model.minimumSizeHint().width() + self._pill.minimumSizeHint().width() + self._close.width()
        return QSize(row.left() + least + 4 * GAP + row.right(), self.height())

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
        self._model.setAccessibleDescription(self._about or title)
        self._pill.setAccessibleName(tr("Questions go to: {place}", place=place))
        self._pill.setToolTip(tooltip(tr("Questions go to: {place}", place=place)))
        self._fit()

    def _fit(self) -> None:
        """Shorten the name first: where the question goes must be read. If that is not enough, it has its own line."""
        room = self._fit_buttons()
        if self._full:
            title = self._title.sizeHint().width()
            self._title.setVisible(title < room // 3)
            room -= self.history.width() + 4 * GAP + (0 if self._title.isHidden() else title)
        name = self._model.minimumSizeHint().width()
        self._pill.set_full_text(self._places[0])
        if self._pill.sizeHint().width() > room - name:
            self._pill.set_full_text(self._places[1])
        beneath = not self._full and self._pill.sizeHint().width() > room - name
        self._put_pill(beneath)
        if beneath:
            self._model.setMaximumWidth(max(name, self._fit_buttons(beneath=True)))
            return
        self._pill.setMaximumWidth(max(name, room - name))
        self._model.setMaximumWidth(max(name, room - min(self._pill.sizeHint().width(), room - name)))

    def _put_pill(self, beneath: bool) -> None:
        """Beside the name or under it. A host that is longer than the window is shortened in its middle."""
        if beneath is not (self._beneath.indexOf(self._pill) >= 0):
            if beneath:
                self._row.removeWidget(self._pill)
                self._beneath.addWidget(self._pill)
                self._beneath.addStretch(1)
            else:
                self._beneath.takeAt(1)
                self._beneath.removeWidget(self._pill)
                self._row.insertWidget(self._row.indexOf(self._model) + 1, self._pill)
        self._beneath.setContentsMargins(SPACE_3, SPACE_1 if beneath else 0, SPACE_3, 0)
        more = SPACE_1 + self._pill.sizeHint().height() + SPACE_2 if beneath else 0
        if beneath:
            self._pill.set_full_text(self._places[0])
            self._pill.setMaximumWidth(max(1, self.width() - 2 * SPACE_3))
        self.setFixedHeight(Theme.current().icon_px(HEIGHT) + more)

    def _fit_buttons(self, *, beneath: bool = False) -> int:
        """Hide what there is no room for: they have keys, and places in the menu meanwhile. The room left over.

        `beneath`: where questions go is said in a line of its own.
        """
        width, letter = self.width(), Theme.current().size("body")
        listed = self._full and self._listed  # the list has a button for it
        wanted = {
            self._new_chat: not listed and width >= ROOMY * letter,
            self._settings: width >= _SPACIOUS * letter,
        }
        place, short = (0 if beneath else self._width_of(said) for said in self._places)
        name = min(self._model.sizeHint().width(), _NAME * letter)
        enough = name + place  # with less, a button that is in the menu too makes way
        least = self._model.minimumSizeHint().width() + min(short, _PLACE * letter)
        row = self._row.contentsMargins()
        room = width - row.left() - row.right() - 2 * GAP - SPACE_2  # between name, pill and buttons
        for button in reversed(self._buttons):
            taken = button.width() + GAP
            needed = enough if button in wanted else least
            shown = button is self._close or (wanted.get(button, True) and room - taken >= needed)
            button.setVisible(shown)
            room -= taken if shown else 0
        return room

    def _width_of(self, place: str) -> int:
        self._pill.set_full_text(place)
        return self._pill.sizeHint().width()

    def _offer_hidden(self) -> None:
        """The menu has what the bar has no room for."""
        listed = self._full and self._listed
        self._new_action.setVisible(self._new_chat.isHidden() and not listed)
        self._pin_action.setVisible(self.pin.isHidden())
        self._pin_action.setChecked(self.pin.isChecked())
        self._size_action.setVisible(self._size.isHidden())
        label = tr("Small window") if self._full else tr("Large window with the history")
        self._size_action.setText(_with_keys(label, "F11"))

    def _add_stand_ins(self) -> None:
        self._new_action = self._add_action(tr("New chat"), "Ctrl+N", self.new_chat_requested.emit)
        self._size_action = self._add_action("", "F11", self.size_requested.emit)
        self._pin_action = self._add_action(tr("Keep above other windows"), "Ctrl+P", self.pin.click)
        self._pin_action.setCheckable(True)

    def _add_action(self, label: str, keys: str, do: Callable[[], object]) -> QAction:
        # Text, and no shortcut: the window has it, and neither would work with the focus on the menu's button.
        action = self._menu.addAction(_with_keys(label, keys))
        action.triggered.connect(lambda _checked=False: do())
        return action

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
        QShortcut(QKeySequence("Ctrl+P"), self, self.pin.click)
        self.pin.clicked.connect(self.pinned_changed)
        self._close = IconButton("close", tr("Hide (Ctrl+W)"))
        self._close.setShortcut("Ctrl+W")
        self._close.clicked.connect(self.close_requested)
        return self._new_chat, self._settings, self.pin, self._size, self._close


def _with_keys(label: str, keys: str) -> str:
    return f"{label}\t{QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)}"
