"""Questions and answers as widgets, and the list that shows them."""

from __future__ import annotations

from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.user_message_view import UserMessageView

__all__ = ["AnswerView", "MessageList", "UserMessageView"]
