"""A question that was answered again: the newest answer's branch is what goes on."""

from __future__ import annotations

from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.history import History
from desktop_helper.services.history_records import branch


def test_a_second_answer_replaces_the_first_in_its_branch(tmp_path):
    history = History(tmp_path / "history.db", tmp_path / "blobs")
    try:
        conversation = history.new_conversation()
        question = history.add_message(conversation, Message(Role.USER, (TextPart("Which?"),)))
        for text in ("bad", "good"):
            writer = history.begin_answer(conversation, "model", question)
            writer.append("", text)
            writer.finish(FinishReason.STOP, None)
        history.add_message(conversation, Message(Role.USER, (TextPart("And then?"),)))
        stored = history.messages(conversation)
        assert len(stored) == 4
        assert [entry.message.text for entry in branch(stored)] == ["Which?", "good", "And then?"]
        assert [entry.message.text for entry in branch(stored, question)] == ["Which?"]
        assert branch([]) == []
    finally:
        history.close()
