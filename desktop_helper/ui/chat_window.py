"""The floating chat: header, messages, composer. It knows no service; `ui.chat` wires it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout

from desktop_helper.core.i18n import tr
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.chat_header import ChatHeader
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.composer_edit import local_files, picture_in
from desktop_helper.ui.drop_veil import DropVeil
from desktop_helper.ui.editing_line import EditingLine
from desktop_helper.ui.floating_window import FloatingWindow
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.tab_order import put_last
from desktop_helper.ui.theme import SPACE_2, SPACE_3, Theme
from desktop_helper.ui.undo_bar import UndoBar
from desktop_helper.ui.welcome import Welcome

MINIMUM, MINIMUM_LARGE = (340, 360), (420, 480)  # with text of the usual size and of twice that


class ChatWindow(FloatingWindow):
    """One window, whatever the conversation.

    Signals:
        files_dropped: list of `Path`. picture_dropped: a `Picture`, from a program that drags no file.
        shortcuts_requested, quit_requested: a key was pressed.
    """

    files_dropped = Signal(list)
    picture_dropped = Signal(object)
    shortcuts_requested = Signal()
    quit_requested = Signal()

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
        self.undo = UndoBar(self._pages)
        self.editing = EditingLine()
        field = QVBoxLayout()
        field.setContentsMargins(SPACE_3, 0, SPACE_3, SPACE_3)
        field.setSpacing(0)
        field.addWidget(self.editing)
        field.addWidget(self.composer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.header)
        layout.addWidget(self._pages, 1)
        layout.addLayout(field)
        self._veil = DropVeil(self)
        Theme.current().changed.connect(self._set_minimum)
        self._set_minimum()
        self.header.close_requested.connect(self.hide)
        self.header.pinned_changed.connect(self.set_pinned)
        self.header.profile_chosen.connect(self._go_on_typing)
        self.header.shortcuts_requested.connect(self.shortcuts_requested)
        QShortcut(QKeySequence("Ctrl+Shift+C"), self, self._copy_last_answer)
        QShortcut(QKeySequence("F1"), self, self.shortcuts_requested.emit)
        QShortcut(QKeySequence("Ctrl+Q"), self, self.quit_requested.emit)

    def show_messages(self, shown: bool) -> None:
        """The conversation, or the page that greets while there is none."""
        self._pages.setCurrentWidget(self.messages if shown else self.welcome)

    def ask(self) -> None:
        """Present the window with the text field ready."""
        self.present()
        self.composer.edit.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc steps back: it leaves editing, stops an answer, hides the window. A letter belongs to the question."""
        if event.key() == Qt.Key.Key_Escape:
            if self.editing.isVisible():
                self.editing.left.emit()
            elif self.composer.busy:
                self.composer.stop_requested.emit()
            else:
                self.hide()
        elif _is_letter(event):
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

    def _set_minimum(self) -> None:
        scale = Theme.current().scale
        larger = min(max(0.0, scale - 1.0), 1.0)
        beyond = max(1.0, scale / 2)  # who wants even larger text has the screen for it
        pairs = zip(MINIMUM, MINIMUM_LARGE, strict=True)
        self.setMinimumSize(*(round((small + (large - small) * larger) * beyond) for small, large in pairs))

    def _copy_last_answer(self) -> None:
        answers = [view for view in self.messages.messages() if isinstance(view, AnswerView)]
        if answers:
            answers[-1].copy()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files, pictures and text are welcome."""
        data = event.mimeData()
        if data.hasUrls() or data.hasImage() or data.hasText():
            event.acceptProposedAction()
            self._veil.cover()

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
