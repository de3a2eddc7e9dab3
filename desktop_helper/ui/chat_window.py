"""The chat's window: header, messages, composer, and the history in its full size. It knows no service."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.answer_view import AnswerView, copy_answer
from desktop_helper.ui.chat_column import ChatColumn
from desktop_helper.ui.chat_header import ChatHeader
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.composer_edit import PAGE_KEYS, local_files, picture_in
from desktop_helper.ui.drop_veil import DropVeil
from desktop_helper.ui.editing_line import EditingLine
from desktop_helper.ui.enter_key import pressed_button
from desktop_helper.ui.floating_window import FloatingWindow
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.sample_desk import SampleDesk
from desktop_helper.ui.side_by_side import SideBySide
from desktop_helper.ui.tab_order import put_last
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.undo_bar import UndoBar
from desktop_helper.ui.welcome import Welcome

MINIMUM, MINIMUM_LARGE = (340, 360), (420, 480)  # with text of the usual size and of twice that
_FRAME = 6  # what the window's own edge may take of it
SIDE_MINIMUM = 220  # pixels of the history with text of the usual size


class ChatWindow(FloatingWindow):
    """One window, whatever the conversation, in one of two sizes.

    Signals:
        drag_entered: a list of `Path`, empty for what is no file, that may be dropped soon.
        files_dropped: list of `Path`. picture_dropped: a `Picture`, from a program that drags no file.
        shortcuts_requested, quit_requested: a key was pressed.
        size_requested: the full size is wanted, or the compact one. `ui.window_memory` knows its place.
        layout_changed: the history came or went. search_requested: the user wants to look for something in it.
    """

    drag_entered = Signal(list)
    files_dropped = Signal(list)
    picture_dropped = Signal(object)
    shortcuts_requested = Signal()
    quit_requested = Signal()
    size_requested = Signal(bool)
    layout_changed = Signal()
    search_requested = Signal()

    def __init__(self, *, on_taskbar: bool) -> None:
        super().__init__(on_taskbar=on_taskbar)
        self.setWindowTitle(tr("Desktop Helper"))
        self.setAcceptDrops(True)
        self.header = ChatHeader()
        self.messages = MessageList()
        self.welcome = Welcome()
        self.composer = Composer()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self.messages)
        self._samples = SampleDesk(self.composer, self.files_dropped.emit)
        self.welcome.sample_chosen.connect(self._samples.take)
        self.undo = UndoBar(self._pages)
        self.editing = EditingLine()
        self._full, self._history_shown, self._side = False, True, QWidget()
        self._scale = Theme.current().scale
        self._column = ChatColumn(self._pages, self.messages, self.editing, self.composer)
        self._body = SideBySide(self._side, self._column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._body, 1)
        self.hide_on_escape = True
        self._veil = DropVeil(self)
        Theme.current().changed.connect(self._arrange)
        self._arrange()
        self.header.close_requested.connect(self.put_away)
        self.header.pinned_changed.connect(self.set_pinned)
        self.header.profile_chosen.connect(self._go_on_typing)
        self.header.shortcuts_requested.connect(self.shortcuts_requested)
        self.header.size_requested.connect(lambda: self.size_requested.emit(not self._full))
        self.header.zoom_requested.connect(self._zoom)
        self.header.history_toggled.connect(self.show_history)
        QShortcut(QKeySequence("Ctrl+B"), self, self._toggle_history)
        for key in ("Ctrl+F", "Ctrl+K"):
            QShortcut(QKeySequence(key), self, self.search_requested.emit)
        QShortcut(QKeySequence("Ctrl+Shift+C"), self, self._copy_last_answer)
        QShortcut(QKeySequence("F1"), self, self.shortcuts_requested.emit)
        QShortcut(QKeySequence("Ctrl+Q"), self, self.quit_requested.emit)

    @property
    def full(self) -> bool:
        """Whether the history may stand beside the conversation."""
        return self._full

    @property
    def history_shown(self) -> bool:
        """Whether the full size shows the history."""
        return self._history_shown

    @property
    def history_width(self) -> int:
        """What the user gave it, in pixels with text of the usual size."""
        return round(self._body.left_width / self._scale)

    def set_full(self, full: bool) -> None:
        """Arrange the contents for one of the sizes; the window itself stays as large as it is."""
        self._full = full
        self._arrange()
        self.layout_changed.emit()

    def set_side(self, side: QWidget) -> None:
        """What stands at the left of the full size."""
        self._body.replace_left(side)
        self._side = side
        self._arrange()

    def set_history_width(self, width: int) -> None:
        """The conversation gets the rest."""
        self._body.set_left_width(round(width * self._scale))

    def show_history(self, shown: bool) -> None:
        """Show or fold away the history in the full size."""
        self._history_shown = shown
        self._arrange()
        self.layout_changed.emit()

    def show_messages(self, shown: bool) -> None:
        """The conversation, or the page that greets while there is none."""
        self._pages.setCurrentWidget(self.messages if shown else self.welcome)

    def ask(self) -> None:
        """Present the window with the text field ready."""
        self.present()
        self.composer.edit.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back: it ends editing or an answer, or hides the window. Letters and Ctrl+V are for the question.

        Enter presses the button that has the focus; Page Up and Page Down scroll the conversation.
        """
        if event.key() == Qt.Key.Key_Escape:
            if self.editing.isVisible():
                self.editing.left.emit()
            elif self.composer.busy:
                self.composer.stop_requested.emit()
            elif self.hide_on_escape and not self._full:
                self.put_away()
        elif (button := pressed_button(self, event)) is not None:
            button.click()
        elif event.key() in PAGE_KEYS and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.messages.turn_page(down=event.key() == Qt.Key.Key_PageDown)
        elif _is_letter(event) or event.matches(QKeySequence.StandardKey.Paste):
            self.composer.edit.setFocus()
            QApplication.sendEvent(self.composer.edit, event)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next_: bool) -> bool:
        """From the header through the messages to the question, as it is read; messages come and go."""
        put_last(self, self.composer)
        return super().focusNextPrevChild(next_)

    def _go_on_typing(self) -> None:
        """The menu is about to close and gives the focus back to its button; the user wants to ask."""
        QTimer.singleShot(0, self.composer.edit, self.composer.edit.setFocus)

    def _arrange(self) -> None:
        side, width = self._full and self._history_shown, self.history_width
        self._scale = Theme.current().scale
        self.set_history_width(width)
        larger = min(max(0.0, self._scale - 1.0), 1.0)
        beyond = max(1.0, self._scale / 2)  # who wants even larger text has the screen for it
        pairs = zip(MINIMUM, MINIMUM_LARGE, strict=True)
        sides = [round((small + (large - small) * larger) * beyond) for small, large in pairs]
        least = round(SIDE_MINIMUM * (1 + larger) * beyond) if side else 0
        self._side.setMinimumWidth(least)
        self._column.setMinimumWidth(sides[0] - _FRAME if side else 0)
        self.setMinimumSize(sides[0] + least, sides[1])
        self._body.show_left(side)
        self.header.show_size(self._full, self._history_shown)

    def _toggle_history(self) -> None:
        if self._full:
            self.show_history(not self._history_shown)

    def _zoom(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowMaximized)

    def _copy_last_answer(self) -> None:
        below = self.messages.answer_below()
        answers = [view for view in self.messages.messages() if isinstance(view, AnswerView)]
        if below:
            copy_answer(below)
        elif answers:
            answers[-1].copy()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files, pictures and text are welcome."""
        data = event.mimeData()
        if data.hasUrls() or data.hasImage() or data.hasText():
            event.acceptProposedAction()
            self._veil.cover()
            self.drag_entered.emit(local_files(data))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag went elsewhere."""
        self._veil.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped."""
        self._veil.hide()
        data = event.mimeData()
        files = local_files(data)
        if files:
            self.files_dropped.emit(files)
        elif data.hasImage():
            self.picture_dropped.emit(picture_in(data))
        elif data.hasText():
            self.composer.edit.textCursor().insertText(data.text())
        event.acceptProposedAction()
        self.ask()


def _is_letter(event: QKeyEvent) -> bool:
    """Something to be written: no command, and not the space bar, which presses buttons and scrolls."""
    commands = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    text = event.text()
    return not event.modifiers() & commands and bool(text.strip()) and text.isprintable()
