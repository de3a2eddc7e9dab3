"""Keys that act on one message: the one that has the focus, or the last one of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.user_message_view import UserMessageView


class MessageKeys(QObject):
    """Ctrl+R answers again, F2 edits the question, Ctrl+Shift+Q quotes what is marked.

    In a message: Delete deletes it, Alt+Left and Alt+Right show another version.

    Signals:
        quoted: text that was marked.
    """

    quoted = Signal(str)

    def __init__(self, messages: MessageList, window: QWidget) -> None:
        super().__init__(window)
        self._messages = messages
        anywhere: dict[str, Callable[[], None]] = {
            "Ctrl+R": self._again,
            "F2": self._edit,
            "Ctrl+Shift+Q": self._quote,
        }
        for keys, do in anywhere.items():
            QShortcut(QKeySequence(keys), window, do)
        inside: dict[str, Callable[[], None]] = {
            "Delete": self._delete,
            "Alt+Left": lambda: self._step(-1),
            "Alt+Right": lambda: self._step(1),
        }
        for keys, do in inside.items():
            QShortcut(QKeySequence(keys), messages, do, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _again(self) -> None:
        view = self._messages.focused() or next(iter(self._from_the_end()), None)
        if view is not None and view.finished:
            view.retry_requested.emit()

    def _edit(self) -> None:
        questions = (one for one in self._from_the_end() if isinstance(one, UserMessageView))
        view = self._messages.focused() or next(questions, None)
        if view is not None:
            view.edit_requested.emit()  # that of an answer is about its question

    def _from_the_end(self) -> Iterator[AnswerView | UserMessageView]:
        """From the last one of the conversation, wherever the reader is."""
        self._messages.end_wanted.emit()
        yield from self._messages.messages()[::-1]

    def _quote(self) -> None:
        marked = self._messages.marked()
        if marked:
            self.quoted.emit(marked)

    def _delete(self) -> None:
        view = self._messages.focused()
        if view is not None and view.finished:
            view.delete_requested.emit()

    def _step(self, by: int) -> None:
        view = self._messages.focused()
        if view is not None and view.finished:
            view.versions.step(by)
