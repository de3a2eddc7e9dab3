"""The one answer of a bubble, which scrolls when it is longer than the bubble may be."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.markdown import parser
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.markdown import highlight
from desktop_helper.ui.menu import add_to, make_menu
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.theme import SPACE_1, SPACE_2
from desktop_helper.ui.user_message_view import UserMessageView


class BubbleMessages(MessageList):
    """A `MessageList` with its own menu: what is done with messages of a conversation is done in the chat.

    Args:
        open_chat: goes there.
    """

    edges = (SPACE_1, SPACE_2)  # header and footer are near, and nothing follows the answer

    def __init__(self, open_chat: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open_chat = open_chat
        # Loaded while the model still reads the question.
        QTimer.singleShot(0, self, parser.warm_up)
        QTimer.singleShot(0, self, highlight.warm_up)

    def begin(self, model_title: str) -> AnswerView:
        """An answer that is still to come, in the place of the one that was there."""
        self.clear()
        view = self.add_answer(model_title)
        view.leave_out_footer()
        self.place.go_to(view, SPACE_1)  # it is read from its beginning; who wants to follow its end scrolls there
        return view

    def _open_menu(self, view: AnswerView | UserMessageView, spot: QPoint) -> None:
        menu = make_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        selection = view.selection()
        if selection:
            add_to(menu, tr("Copy what is marked"), "Ctrl+C", lambda: QGuiApplication.clipboard().setText(selection))
        add_to(menu, tr("Copy the answer"), "Ctrl+Shift+C", view.copy)
        add_to(menu, tr("Answer again"), "Ctrl+R", view.retry_requested.emit)
        add_to(menu, tr("Open in the chat"), "Ctrl+Return", self._open_chat)
        menu.popup(spot)
