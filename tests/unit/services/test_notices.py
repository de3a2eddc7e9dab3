"""What the reader was told about an answer is in the history, as soon as it was shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.cli import _transcript
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, Notice, TextDelta
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.services.answer_session import answer
from desktop_helper.services.answer_writer import AnswerWriter
from desktop_helper.services.database import Database
from desktop_helper.services.history import History
from desktop_helper.services.history_schema import MIGRATIONS
from tests.support.scripted_backend import ScriptedBackend

QUESTION = Message(Role.USER, (TextPart("question"),))
TOLD = ("One picture was left out.", "还有一张 \u201c图片\u201d。")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.db", tmp_path / "blobs")
    yield opened
    opened.close()


@pytest.fixture
def conversation(history: History) -> int:
    number = history.new_conversation()
    history.add_message(number, QUESTION)
    return number


def events(history: History, conversation: int, *script: object) -> Iterator[object]:
    backend = ScriptedBackend(script)  # type: ignore[arg-type]  # the script of one answer
    return answer(backend, ChatRequest((QUESTION,)), history, conversation, CancelToken(), model_title="GLM")


def test_several_are_kept_in_order(history: History, conversation: int) -> None:
    script = (*(Notice(text) for text in TOLD), TextDelta("It is."), Finished())
    assert [event for event in events(history, conversation, *script) if isinstance(event, Notice)] == list(script[:2])
    question, stored = history.messages(conversation)
    assert stored.notices == TOLD
    assert question.notices == ()


def test_they_are_there_before_the_answer_has_ended(history: History, conversation: int) -> None:
    running = events(history, conversation, Notice(TOLD[0]), TextDelta("It"), Finished())
    next(running)
    assert history.messages(conversation)[1].notices == TOLD[:1]
    running.close()  # type: ignore[attr-defined]  # it is a generator
    assert history.messages(conversation)[1].notices == TOLD[:1]


def test_a_disk_that_was_full_for_a_moment_loses_none(
    history: History, conversation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, refusals = AnswerWriter.set_notices, [HelperError(ErrorKind.STORAGE, "The disk is full.", "Free some space.")]

    def refuse_once(writer: AnswerWriter, notices: tuple[str, ...]) -> None:
        if refusals:
            raise refusals.pop()
        save(writer, notices)

    monkeypatch.setattr(AnswerWriter, "set_notices", refuse_once)
    *_, end = events(history, conversation, Notice(TOLD[0]), TextDelta("It is."), Finished())
    assert not isinstance(end, Failed)
    assert history.messages(conversation)[1].notices == TOLD[:1]
    assert history.messages(conversation)[1].message.text == "It is."


def test_a_history_from_before_there_were_any(tmp_path: Path) -> None:
    database = Database(tmp_path / "old.db", MIGRATIONS[:1])
    with database.write() as connection:
        connection.execute("INSERT INTO conversations (id, created, updated) VALUES (1, 0, 0)")
        connection.execute(
            "INSERT INTO messages (conversation_id, role, status, created) VALUES (1, 'assistant', 'stop', 0)"
        )
    database.close()
    history = History(tmp_path / "old.db", tmp_path / "blobs")
    (stored,) = history.messages(1)
    assert (stored.status, stored.notices) == ("stop", ())
    history.close()
    assert (tmp_path / "old.backup-v1.db").exists()


def test_an_exported_conversation_has_them(history: History, conversation: int) -> None:
    list(events(history, conversation, Notice(TOLD[0]), TextDelta("It is."), Finished()))
    messages = history.messages(conversation)
    assert f"## GLM\n\n*{TOLD[0]}*\n\nIt is." in _transcript.as_markdown(messages)
    assert _transcript.as_data(conversation, messages)["messages"][1]["notices"] == [TOLD[0]]
