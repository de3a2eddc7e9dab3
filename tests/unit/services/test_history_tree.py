"""A conversation is a tree: one branch is shown, every other one can be shown again, what is deleted can come back."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import FilePart, ImagePart, Message, Role, TextPart
from desktop_helper.services import history_rows
from desktop_helper.services.database import Database
from desktop_helper.services.history import History
from desktop_helper.services.history_records import ROOT, Deleted
from desktop_helper.services.history_schema import MIGRATIONS

PNG = ImagePart(b"\x89PNG region", "image/png", 640, 480, "Region", 391)
NOTES = FilePart(b"text", "text/plain", "notes.txt", "text")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.db", tmp_path / "blobs")
    yield opened
    opened.close()


def question(text: str, *media: ImagePart | FilePart) -> Message:
    return Message(Role.USER, (*media, TextPart(text)))


def reply(history: History, conversation: int, text: str, parent: int | None = None) -> int:
    writer = history.begin_answer(conversation, "GLM", parent)
    writer.append("", text)
    writer.finish(FinishReason.STOP)
    return writer.message_id


def texts(history: History, conversation: int, **which: int) -> list[str]:
    return [stored.message.text for stored in history.messages(conversation, **which)]  # type: ignore[arg-type]


def four(history: History) -> tuple[int, list[int]]:
    """Two questions with their answers."""
    conversation = history.new_conversation()
    ids = []
    for turn in "12":
        ids.append(history.add_message(conversation, question(f"q{turn}")))
        ids.append(reply(history, conversation, f"a{turn}"))
    return conversation, ids


def test_an_answer_that_is_given_again_takes_what_followed_the_first_out_of_sight(history: History) -> None:
    conversation, (q1, a1, _q2, a2) = four(history)
    again = reply(history, conversation, "again", q1)
    assert texts(history, conversation) == ["q1", "again"]
    assert [stored.versions for stored in history.messages(conversation)] == [(q1,), (a1, again)]
    history.choose(a1)
    assert texts(history, conversation) == ["q1", "a1", "q2", "a2"]
    assert history.messages(conversation)[-1].id == a2


def test_an_edited_question_stands_beside_the_first(history: History) -> None:
    conversation, (q1, a1, q2, _a2) = four(history)
    edited = history.add_message(conversation, question("q2 edited"), a1)
    assert texts(history, conversation) == ["q1", "a1", "q2 edited"]
    assert history.messages(conversation)[-1].versions == (q2, edited)
    first = history.add_message(conversation, question("q1 edited"), ROOT)
    assert texts(history, conversation) == ["q1 edited"]
    (stored,) = history.messages(conversation)
    assert (stored.parent_id, stored.versions) == (None, (q1, first))
    history.choose(q1)
    assert texts(history, conversation) == ["q1", "a1", "q2 edited"]  # where that branch was left


def test_a_branch_is_shown_as_far_as_it_was_shown_last(history: History) -> None:
    conversation, (_q1, a1, q2, a2) = four(history)
    other = reply(history, conversation, "a2 again", q2)
    history.choose(a2)
    history.add_message(conversation, question("q2 edited"), a1)
    history.choose(q2)
    assert history.messages(conversation)[-1].id == a2
    history.choose(other)
    assert texts(history, conversation) == ["q1", "a1", "q2", "a2 again"]


def test_a_part_of_the_branch(history: History) -> None:
    conversation, (q1, a1, q2, a2) = four(history)
    assert texts(history, conversation, last=3) == ["a1", "q2", "a2"]
    assert texts(history, conversation, before=q2) == ["q1", "a1"]
    assert texts(history, conversation, before=q2, last=1) == ["a1"]
    assert texts(history, conversation, before=q1) == []
    assert texts(history, conversation, until=q2) == ["q1", "a1", "q2"]
    assert texts(history, conversation, after=a1) == ["q2", "a2"]
    assert texts(history, conversation, after=a2) == []
    assert texts(history, conversation, after=99, last=1) == ["a2"]
    other = history.new_conversation()
    assert texts(history, other, until=a1) == []


def test_without_media_the_parts_say_where_their_bytes_are(history: History) -> None:
    conversation = history.new_conversation()
    history.add_message(conversation, question("look", PNG, NOTES))
    ((picture, notes),) = [stored.message.media for stored in history.messages(conversation, media=False)]
    assert (picture.data, picture.sha256, picture.name) == (b"", PNG.sha256, "Region")
    assert (notes.data, notes.sha256) == (b"", NOTES.sha256)
    assert history.blob(picture.sha256) == PNG.data
    assert history.messages(conversation)[0].message.media == (PNG, NOTES)


def test_what_is_deleted_is_found_nowhere_and_comes_back(history: History) -> None:
    conversation, (_q1, _a1, q2, _a2) = four(history)
    deleted = history.delete_message(q2)
    assert texts(history, conversation) == ["q1", "a1"]
    assert history.search("q2") == history.search("a2") == []
    assert history.conversations()[0].messages == 2
    assert history.undo_delete(deleted)
    assert texts(history, conversation) == ["q1", "a1", "q2", "a2"]
    assert len(history.search("a2")) == 1
    assert not history.undo_delete(deleted)


def test_deleting_one_version_shows_the_one_beside_it(history: History) -> None:
    conversation, (_q1, a1, q2, a2) = four(history)
    a3, a4 = (reply(history, conversation, text, q2) for text in ("a3", "a4"))
    history.delete_message(a3)
    assert history.messages(conversation)[-1].id == a4  # which was shown
    history.delete_message(a4)
    assert history.messages(conversation)[-1].versions == (a2,)
    history.delete_message(a2)
    assert texts(history, conversation) == ["q1", "a1", "q2"]
    history.delete_message(a1)
    assert texts(history, conversation) == ["q1"]


def test_a_conversation_whose_messages_are_all_deleted_is_not_listed(history: History) -> None:
    conversation, (q1, *_) = four(history)
    deleted = history.delete_message(q1)
    assert history.conversations() == []
    assert history.messages(conversation) == []
    history.add_message(conversation, question("new"))
    assert texts(history, conversation) == ["new"]
    assert history.undo_delete(deleted)
    assert texts(history, conversation) == ["q1", "a1", "q2", "a2"]


def test_nothing_is_restored_below_what_was_deleted_later(history: History) -> None:
    conversation, (_q1, a1, q2, _a2) = four(history)
    below = history.delete_message(q2)
    above = history.delete_message(a1)
    assert not history.undo_delete(below)
    assert history.undo_delete(above)
    assert texts(history, conversation) == ["q1", "a1"]
    assert history.undo_delete(below)
    assert len(history.messages(conversation)) == 4


def test_an_answer_to_a_question_that_was_deleted_meanwhile_is_deleted_with_it(history: History) -> None:
    conversation, (_q1, _a1, q2, _a2) = four(history)
    deleted = history.delete_message(q2)
    reply(history, conversation, "late", q2)
    assert texts(history, conversation) == ["q1", "a1"]
    assert history.search("late") == []
    history.add_message(conversation, question("q3"), q2)
    assert texts(history, conversation) == ["q1", "a1", "q3"]
    assert history.undo_delete(deleted)
    assert history.search("late")


def test_a_purge_leaves_nothing_in_the_files(history: History, tmp_path: Path) -> None:
    conversation = history.new_conversation()
    history.add_message(conversation, question("kept", NOTES))
    gone = history.add_message(conversation, question("secretword", PNG, NOTES))
    reply(history, conversation, "secretword again")
    deleted = history.delete_message(gone)
    history.purge()  # too early for it
    assert history.blob(PNG.sha256) == PNG.data
    history.purge(deleted)
    assert not history.undo_delete(deleted)
    assert (history.blob(PNG.sha256), history.blob(NOTES.sha256)) == (None, NOTES.data)
    history.maintain()
    history.close()
    assert b"secretword" not in (tmp_path / "history.db").read_bytes()


def test_what_nobody_undid_goes_with_the_next_start(history: History) -> None:
    conversation, (_q1, _a1, q2, _a2) = four(history)
    deleted = history.delete_message(q2)
    with history._database.write() as connection:
        connection.execute("UPDATE messages SET deleted = deleted - 3600 WHERE deleted IS NOT NULL")
    history.maintain()
    assert not history.undo_delete(Deleted(q2, deleted.stamp - 3600, shown=True))
    assert texts(history, conversation) == ["q1", "a1"]


def test_a_long_conversation_can_be_deleted(history: History) -> None:
    conversation = history.new_conversation()
    first = history.add_message(conversation, question("first"))
    with history._database.write() as connection:  # one transaction for all
        for _ in range(1200):
            new = history_rows.NewMessage(conversation, None, Role.USER, "complete")
            history_rows.insert_parts(connection, history_rows.insert_message(connection, new), (TextPart("more"),))
    assert len(history.messages(conversation)) == 1201
    history.purge(history.delete_message(first))
    history.delete_conversation(conversation)
    with history._database.read() as connection:
        assert connection.execute("SELECT count(*) FROM messages").fetchone() == (0,)


def old_file(path: Path, rows: list[tuple[int, int, int | None, str]]) -> History:
    """A file of the version before branches, with `(id, conversation, parent, role)`."""
    database = Database(path / "history.db", MIGRATIONS[:2])
    with database.write() as connection:
        for conversation in sorted({row[1] for row in rows}):
            connection.execute("INSERT INTO conversations (id, created, updated) VALUES (?, 0, 0)", (conversation,))
        for number, conversation, parent, role in rows:
            connection.execute(
                "INSERT INTO messages (id, conversation_id, parent_id, role, status, created)"
                " VALUES (?, ?, ?, ?, 'stop', 0)",
                (number, conversation, parent, role),
            )
    database.close()
    with closing(sqlite3.connect(path / "history.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    return History(path / "history.db", path / "blobs")


U, A = "user", "assistant"


def test_an_old_file_shows_what_it_showed(tmp_path: Path) -> None:
    linear = [(1, 1, None, U), (2, 1, 1, A), (3, 1, 2, U), (4, 1, 3, A)]
    two_answers = [(5, 2, None, U), (6, 2, 5, A), (7, 2, 5, A), (8, 2, 7, U)]
    asked_again = [(9, 3, None, U), (10, 3, 9, A), (11, 3, 10, U), (12, 3, 11, A), (13, 3, 10, U), (14, 3, 13, A)]
    history = old_file(tmp_path, linear + two_answers + asked_again)
    shown = {number: [stored.id for stored in history.messages(number)] for number in (1, 2, 3)}
    assert shown == {1: [1, 2, 3, 4], 2: [5, 7, 8], 3: [9, 10, 13, 14]}
    assert history.messages(2)[1].versions == (6, 7)
    history.choose(6)
    assert [stored.id for stored in history.messages(2)] == [5, 6]
    history.choose(7)
    assert [stored.id for stored in history.messages(2)] == [5, 7, 8]
    history.choose(11)
    assert [stored.id for stored in history.messages(3)] == [9, 10, 11, 12]
    history.close()
    assert (tmp_path / "history.backup-v2.db").exists()


def test_messages_that_lost_what_they_follow_stay_in_the_conversation(tmp_path: Path) -> None:
    history = old_file(
        tmp_path,
        [(1, 1, None, U), (2, 1, 1, A), (3, 1, None, U), (4, 1, 4, A), (5, 2, 4, U), (6, 1, None, U), (7, 1, 6, A)],
    )
    assert [stored.id for stored in history.messages(1)] == [1, 2, 3, 4, 6, 7]
    assert [stored.id for stored in history.messages(2)] == [5]
    history.close()


class Trees(RuleBasedStateMachine):
    """Random trees against a model of two dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.history = History(Path(self.folder.name) / "h.db", Path(self.folder.name) / "blobs")
        self.conversation = self.history.new_conversation()
        self.parents: dict[int, int | None] = {}
        self.questions: set[int] = set()
        self.deleted: dict[int, Deleted] = {}  # by message

    def teardown(self) -> None:
        self.history.close()
        self.folder.cleanup()

    def shown(self) -> list[int]:
        return [stored.id for stored in self.history.messages(self.conversation)]

    def there(self) -> list[int]:
        return [number for number in self.parents if number not in self.deleted]

    def line(self, number: int | None) -> list[int]:
        found: list[int] = []
        while number is not None:
            found.insert(0, number)
            number = self.parents[number]
        return found

    def some(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(self.there()))

    @rule(data=st.data(), asks=st.booleans())
    def add(self, data: st.DataObject, asks: bool) -> None:
        parent = data.draw(st.sampled_from([None, ROOT, *self.there()])) if asks else None
        end = self.shown()[-1:]
        follows = (end[0] if end else None) if parent is None else parent or None
        if asks:
            number = self.history.add_message(self.conversation, question("word"), parent)
            self.questions.add(number)
        else:
            number = reply(self.history, self.conversation, "word")
        self.parents[number] = follows
        assert self.shown() == self.line(number)

    @precondition(lambda self: self.there())
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        number = self.some(data)
        before = self.shown()
        self.history.choose(number)
        assert self.shown()[: len(self.line(number))] == self.line(number)
        if number in before:
            assert self.shown() == before

    @precondition(lambda self: self.there())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        number, before = self.some(data), self.shown()
        deleted = self.history.delete_message(number)
        gone = [other for other in self.there() if number in self.line(other)]
        self.deleted |= dict.fromkeys(gone, deleted)
        assert deleted.shown == (number in before)
        if not deleted.shown:
            assert self.shown() == before
        if data.draw(st.booleans()):
            assert self.history.undo_delete(deleted)
            for other in gone:
                del self.deleted[other]
            assert self.shown() == before
        elif data.draw(st.booleans()):
            self.history.purge(deleted)
            # What was deleted below it before is gone, too.
            for other in [other for other in self.parents if number in self.line(other)]:
                del self.parents[other], self.deleted[other]
                self.questions.discard(other)

    @invariant()
    def what_is_shown_is_one_branch_from_the_root_to_a_leaf(self) -> None:
        stored = self.history.messages(self.conversation)
        ids = [one.id for one in stored]
        assert ids == self.line(ids[-1] if ids else None)
        assert not set(ids) & set(self.deleted)
        assert not [number for number in self.there() if self.parents[number] == (ids[-1] if ids else None)]

    @invariant()
    def versions_stand_in_one_place(self) -> None:
        for one in self.history.messages(self.conversation, media=False):
            alike = (self.parents[one.id], one.id in self.questions)
            there = [n for n in self.there() if (self.parents[n], n in self.questions) == alike]
            assert list(one.versions) == sorted(there)

    @invariant()
    def search_finds_what_is_there(self) -> None:
        assert {hit.message_id for hit in self.history.search("word")} == set(self.there())

    @invariant()
    def the_end_can_be_read_alone(self) -> None:
        whole = self.shown()
        assert [one.id for one in self.history.messages(self.conversation, last=2)] == whole[-2:]


TestTrees = Trees.TestCase
TestTrees.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # each step writes files: shrinking would take minutes
    suppress_health_check=[HealthCheck.too_slow],
)
