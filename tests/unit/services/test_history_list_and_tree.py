"""The list of conversations knows which messages are deleted, also while that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.history import History
from tests.support.archive import ask, go_on, picture


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.db", tmp_path / "blobs")
    yield opened
    opened.close()


def test_deleted_messages_count_and_show_no_more_until_they_are_back(history: History) -> None:
    conversation = ask(history, TextPart("first"))
    go_on(history, conversation, picture(), TextPart("second"))
    third = history.messages(conversation)[2].id
    deleted = history.delete_message(third)
    (info,) = history.conversations()
    assert (info.messages, info.thumbnail) == (2, None)
    assert history.search("second") == []
    assert history.undo_delete(deleted)
    (info,) = history.conversations()
    assert (info.messages, info.thumbnail) == (4, picture().sha256)
    history.purge(history.delete_message(third))
    (info,) = history.conversations()
    assert (info.messages, info.thumbnail) == (2, None)


def test_a_conversation_of_deleted_messages_is_not_listed(history: History) -> None:
    conversation = ask(history, picture(), TextPart("only"))
    deleted = history.delete_message(history.messages(conversation)[0].id)
    assert (history.conversations(), history.count(), history.latest()) == ([], 0, None)
    history.undo_delete(deleted)
    assert history.latest() == conversation


def test_every_version_counts_and_is_found(history: History) -> None:
    conversation = ask(history, TextPart("first"), reply="apple")
    question = history.messages(conversation)[0].id
    again = history.begin_answer(conversation, "GLM", question)
    again.append("", "pear")
    again.finish("stop")
    assert [one.message.text for one in history.messages(conversation)] == ["first", "pear"]
    (info,) = history.conversations()
    assert info.messages == 3
    assert len(history.search("apple")) == len(history.search("pear")) == 1


def test_a_conversation_of_thousands_is_deleted_for_good(history: History) -> None:
    conversation = ask(history, picture(), TextPart("first"))
    for number in range(1200):
        history.add_message(conversation, Message(Role.USER, (TextPart(f"word {number}"),)))
    history.trash(conversation)
    assert history.messages(conversation) == []
    assert history.delete_conversation(conversation)
    assert history.storage().messages == 0
