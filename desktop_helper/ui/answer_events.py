"""What an answer's events do to the view that shows it, in the chat and beside a region."""

from __future__ import annotations

from desktop_helper.core.events import (
    Failed,
    Finished,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
)
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.running_answers import RunningAnswer
from desktop_helper.ui.answer_view import AnswerView


def show_events(view: AnswerView, events: list[StreamEvent], answer: RunningAnswer) -> None:
    """Let `view` say what came."""
    for event in events:
        match event:
            case Progress(message=message, fraction=fraction):
                view.set_progress(message, fraction)
            case Notice(message=message):
                view.add_notice(message)
            case ThinkingDelta(text=text):
                view.append_thinking(text)
            case TextDelta(text=text):
                view.append_text(text)
            case ToolCallRequested():
                view.await_brought()
            case Finished(reason=reason):
                view.finish(reason, answer.so_far.usage, None)
            case Failed(error=error):
                view.finish("failed", answer.so_far.usage, error)


def waiting_for(profile: ModelProfile) -> str:
    """What is said until the first event comes."""
    return tr("Waiting for the model…") if profile.is_local else tr("Sending to {host}…", host=profile.host)
