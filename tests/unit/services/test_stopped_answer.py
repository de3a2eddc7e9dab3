"""An answer that is stopped: what it took is told and kept, if the backend knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Finished, FinishReason, StreamEvent, TextDelta, UsageReported
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.services.answer_session import answer
from desktop_helper.services.history import History
from tests.support.local_models import local_backend
from tests.support.scripted_backend import ScriptedBackend
from tests.support.tiny_gguf import TinyModel, tiny_pair

QUESTION = Message(Role.USER, (TextPart("question"),))
REQUEST = ChatRequest((QUESTION,))


def only_usage(events: list[StreamEvent]) -> UsageReported:
    (found,) = [event for event in events if isinstance(event, UsageReported)]
    return found


@pytest.mark.parametrize("reason", [FinishReason.CANCELLED, FinishReason.STOP])
def test_what_the_backend_counts_after_the_stop_is_told_and_kept(tmp_path: Path, reason: FinishReason) -> None:
    history, cancel = History(tmp_path / "history.db", tmp_path / "blobs"), CancelToken()
    number = history.new_conversation()
    history.add_message(number, QUESTION)
    backend = ScriptedBackend([TextDelta("kept"), cancel.cancel, UsageReported(20, 3, 15), Finished(reason)])
    events = list(answer(backend, REQUEST, history, number, cancel, model_title="GLM"))
    assert events[-1] == Finished(reason)
    told = only_usage(events)
    assert (told.prompt_tokens, told.completion_tokens, told.cached_tokens) == (20, 3, 15)
    assert history.messages(number)[1].usage == told
    history.close()


def test_the_local_engine_counts_what_it_wrote(tmp_path: Path) -> None:
    cancel, events = CancelToken(), list[StreamEvent]()
    with local_backend(tiny_pair(TinyModel(endless=True)), tmp_path) as backend:
        for event in answer(backend, REQUEST, None, None, cancel, model_title="Tiny"):
            events.append(event)
            if isinstance(event, TextDelta):
                cancel.cancel()
    assert events[-1] == Finished(FinishReason.CANCELLED)
    told = only_usage(events)
    assert told.prompt_tokens is not None
    assert told.prompt_tokens > 0
    assert told.completion_tokens is not None
    assert told.completion_tokens > 0
    assert told.tokens_per_s is not None
