"""An answer that cannot be saved, while it comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, Notice, TextDelta, UsageReported
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.services import answer_recorder
from desktop_helper.services.answer_session import answer
from desktop_helper.services.answer_writer import AnswerWriter
from desktop_helper.services.history import History
from tests.support.scripted_backend import ScriptedBackend

FULL = HelperError(ErrorKind.STORAGE, "The disk is full.", "Free some space.")
TOLD = Notice("This answer is not saved: The disk is full. Free some space.")


@pytest.mark.parametrize(("refusals", "told"), [(1, []), (2, [TOLD]), (100, [TOLD])])
def test_a_disk_that_goes_on_refusing_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusals: int, told: list[Notice]
) -> None:
    append, left = AnswerWriter.append, [FULL] * refusals

    def refuse(self: AnswerWriter, thinking: str, text: str) -> None:
        if left:
            raise left.pop()
        append(self, thinking, text)

    monkeypatch.setattr(AnswerWriter, "append", refuse)
    monkeypatch.setattr(answer_recorder, "_RETRY_S", 0.0)
    history = History(tmp_path / "a.db", tmp_path / "blobs")
    conversation = history.new_conversation()
    question = Message(Role.USER, (TextPart("question"),))
    history.add_message(conversation, question)
    backend = ScriptedBackend([*map(TextDelta, "abcde"), Finished()])
    events = list(answer(backend, ChatRequest((question,)), history, conversation, CancelToken(), model_title="m"))
    assert [event for event in events if isinstance(event, Notice)] == told
    assert events[-1] == (Failed(FULL) if refusals > 6 else Finished())
    if told:
        assert events.index(TOLD) == 2, "at the first refusal after the one that may have been for a moment"
    assert isinstance(events[-2], UsageReported)
    left.clear()
    history.close()
