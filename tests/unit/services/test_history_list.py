"""The list of conversations, the trash, and what a search hands to who shows it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import ImagePart, Message, Role, TextPart
from desktop_helper.services.database import Database
from desktop_helper.services.history import History
from desktop_helper.services.history_schema import MIGRATIONS

PNG = ImagePart(b"\x89PNG region", "image/png", 640, 480, "Region", 391)
OTHER = ImagePart(b"\x89PNG other", "image/png", 640, 480, "Other", 391)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.db", tmp_path / "blobs")
    yield opened
    opened.close()


def ask(history: History, text: str, reply: str = "an answer", *media: ImagePart) -> int:
    conversation = history.new_conversation()
    history.add_message(conversation, Message(Role.USER, (*media, TextPart(text))))
    writer = history.begin_answer(conversation, "GLM")
    writer.append("", reply)
    writer.finish(FinishReason.STOP)
    return conversation


def marked(text: str, ranges: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in ranges]


def test_pages_and_pins(history: History) -> None:
    ids = [ask(history, f"question {number}") for number in range(5)]
    history.new_conversation()
    history.set_pinned(ids[1], True)
    assert history.count() == 5
    pages = [history.conversations(2, offset) for offset in (0, 2, 4, 6)]
    assert [[one.id for one in page] for page in pages] == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]], []]
    assert [one.id for one in history.conversations(pinned=True)] == [ids[1]]
    assert [one.id for one in history.conversations(pinned=False)] == [ids[4], ids[3], ids[2], ids[0]]
    history.set_pinned(ids[1], False)
    assert not history.conversations(pinned=True)


def test_the_list_knows_what_messages_come_and_go(history: History) -> None:
    conversation = history.new_conversation()
    assert history.info(conversation) is None
    history.add_message(conversation, Message(Role.USER, (TextPart("no picture"),)))
    history.add_message(conversation, Message(Role.USER, (PNG, OTHER, TextPart("two pictures"))))
    history.add_message(conversation, Message(Role.USER, (OTHER,)))
    info = history.info(conversation)
    assert info is not None
    assert (info.messages, info.thumbnail) == (3, PNG.sha256)
    with history._database.write() as connection:
        connection.execute("DELETE FROM messages WHERE id = ?", (history.messages(conversation)[1].id,))
    (info,) = history.conversations()
    assert (info.messages, info.thumbnail) == (1, None)  # what followed it is deleted with it


def test_what_is_in_the_trash_is_nowhere_until_it_is_restored(history: History) -> None:
    kept, gone = ask(history, "kept word"), ask(history, "gone word", "reply", PNG)
    before = history.messages(gone)
    history.trash(gone)
    assert [one.id for one in history.conversations()] == [kept]
    assert (history.count(), history.latest()) == (1, kept)
    assert (history.info(gone), history.messages(gone), history.search("gone")) == (None, [], [])
    assert [hit.conversation_id for hit in history.search("word")] == [kept]
    for use in (
        lambda: history.trash(gone),
        lambda: history.rename(gone, "x"),
        lambda: history.set_pinned(gone, True),
        lambda: history.add_message(gone, Message(Role.USER, (TextPart("more"),))),
    ):
        with pytest.raises(HelperError, match=str(gone)) as caught:
            use()
        assert caught.value.kind is ErrorKind.USAGE
    history.maintain()
    history.restore(gone)
    assert history.messages(gone) == before
    assert [hit.conversation_id for hit in history.search("gone")] == [gone]
    assert history.latest() == gone


def test_an_answer_goes_on_in_the_trash(history: History) -> None:
    conversation = ask(history, "question")
    writer = history.begin_answer(conversation, "GLM")
    writer.append("", "half ")
    history.trash(conversation)
    writer.append("", "whole")
    writer.finish(FinishReason.STOP)
    assert history.conversations() == []
    history.restore(conversation)
    assert history.messages(conversation)[-1].message.text == "half whole"


def test_the_trash_is_emptied_after_a_day(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    early, late = ask(history, "early", "reply", PNG), ask(history, "late")
    history.trash(early)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 80_000)
    history.trash(late)
    monkeypatch.setattr("time.time", lambda: now + 90_000)
    history.maintain()
    assert history.blob(PNG.sha256) is None
    with pytest.raises(HelperError, match=str(early)):
        history.restore(early)
    history.restore(late)
    assert history.latest() == late


def test_hits_say_where_the_words_are(history: History) -> None:
    ask(history, "这张发票的总额是多少？发票在桌上", "Total: INVOICE total 42, not the subtotal")
    (question,) = history.search("发票 总额")
    assert marked(question.snippet, question.matches) == ["发票", "总额", "发票"]
    assert marked(question.title, question.title_matches) == ["发票", "总额", "发票"]
    (reply,) = history.search("tot inv")
    assert marked(reply.snippet, reply.matches) == ["Tot", "INV", "tot"]
    assert reply.title_matches == ()


def test_a_title_of_the_users_own_is_found_as_well(history: History) -> None:
    conversation = ask(history, "something else")
    history.rename(conversation, "税务 receipts")
    other = ask(history, "receipts in a message")
    title, message = sorted(history.search("receipts"), key=lambda hit: hit.conversation_id)
    assert (title.conversation_id, title.message_id, title.role, title.snippet) == (conversation, None, None, "")
    assert marked(title.title, title.title_matches) == ["receipts"]
    assert (message.conversation_id, message.message_id) == (other, history.messages(other)[0].id)
    assert [hit.conversation_id for hit in history.search("税务")] == [conversation]
    history.rename(conversation, "plain")
    assert history.search("税务") == []
    history.delete_conversation(conversation)
    assert history.search("plain") == []


def test_forgotten_titles_leave_the_file(history: History, tmp_path: Path) -> None:
    conversation = ask(history, "question")
    history.rename(conversation, "secretword")
    history.rename(conversation, "harmless")
    history.maintain()
    history.close()
    assert b"secretword" not in (tmp_path / "history.db").read_bytes()


def test_an_older_history_is_listed_and_found_as_before(tmp_path: Path) -> None:
    database = Database(tmp_path / "history.db", MIGRATIONS[:2])
    with database.write() as connection:
        connection.execute("INSERT INTO conversations (id, title, created, updated) VALUES (7, 'Alte 发票', 1, 2)")
        connection.execute(
            "INSERT INTO messages (id, conversation_id, role, status, created) VALUES (3, 7, 'user', 'complete', 1)"
        )
        connection.execute(
            "INSERT INTO parts (message_id, position, kind, sha256, mime, name)"
            " VALUES (3, 0, 'image', 'ab', '', 'x.png')"
        )
        connection.execute(
            "INSERT INTO parts (message_id, position, kind, text)"
            " VALUES (3, 1, 'text', 'Wörter und'), (3, 2, 'text', '字')"
        )
    database.close()
    history = History(tmp_path / "history.db", tmp_path / "blobs")
    (info,) = history.conversations()
    assert (info.id, info.messages, info.thumbnail, info.pinned) == (7, 1, "ab", False)
    for words in ("发票", "worter 字", "x.png"):
        assert [hit.conversation_id for hit in history.search(words)] == [7]
    history.delete_conversation(7)
    assert history.search("worter") == history.search("发票") == []
    history.close()
    connection = sqlite3.connect(tmp_path / "history.db")
    connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    connection.close()


def test_a_glance_tells_what_was_attached_first_and_how_the_last_answer_stands(history: History) -> None:
    plain, pictures = ask(history, "plain"), ask(history, "pictures", "an answer", PNG, OTHER)
    history.add_message(pictures, Message(Role.USER, (ImagePart(b"x", "image/png", 1, 1, "Later", 1), TextPart("on"))))
    writer = history.begin_answer(pictures, "GLM")
    found = history.glances([plain, pictures, 999])
    assert set(found) == {plain, pictures}
    assert (found[plain].attached, found[plain].more, found[plain].status) == ("", 0, "stop")
    assert (found[pictures].attached, found[pictures].more, found[pictures].status) == ("Region", 1, "open")
    writer.finish(FinishReason.CANCELLED)
    assert history.glances([pictures])[pictures].status == "cancelled"


def test_a_pasted_page_is_no_query_of_a_thousand_words(history: History) -> None:
    conversation = ask(history, "word " * 50)
    (hit,) = history.search("word " * 100_000)
    assert hit.conversation_id == conversation
