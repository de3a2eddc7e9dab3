"""How long a model thought is kept with its answer."""

from __future__ import annotations

import time

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Finished, TextDelta, ThinkingDelta
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.services.answer_session import answer
from desktop_helper.services.history import History
from tests.support.scripted_backend import ScriptedBackend


@pytest.mark.parametrize(
    ("script", "seconds"),
    [
        ([4, ThinkingDelta("a"), 2, ThinkingDelta("b"), 1, TextDelta("c"), 9, TextDelta("d")], 3.0),
        ([4, ThinkingDelta("a"), 2, ThinkingDelta("b"), 1], 2.0),
        ([4, TextDelta("c"), 9, TextDelta("d")], None),
    ],
)
def test_it_runs_from_the_first_thought_to_the_first_word(tmp_path, monkeypatch, script, seconds):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def later(wait):
        return lambda: clock.__setitem__(0, clock[0] + wait)

    history = History(tmp_path / "history.db", tmp_path / "blobs")
    conversation, question = history.new_conversation(), Message(Role.USER, (TextPart("question"),))
    history.add_message(conversation, question)
    backend = ScriptedBackend([*(later(one) if isinstance(one, int) else one for one in script), Finished()])
    request, cancel = ChatRequest((question,)), CancelToken()
    list(answer(backend, request, history, conversation, cancel, model_title="GLM"))
    assert history.messages(conversation)[1].thinking_s == seconds
    history.close()
