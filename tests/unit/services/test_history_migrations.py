from __future__ import annotations

import sqlite3
import threading

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.database import Database
from desktop_helper.services.history import History
from desktop_helper.services.history_schema import MIGRATIONS

FIRST = ("CREATE TABLE t (x)",)
SECOND = ("ALTER TABLE t ADD COLUMN y", "UPDATE t SET y = x + 1")
BROKEN = ("ALTER TABLE t ADD COLUMN z", "UPDATE nowhere SET z = 1")


@pytest.fixture
def path(tmp_path):
    database = Database(tmp_path / "h.db", (FIRST,))
    with database.write() as connection:
        connection.execute("INSERT INTO t VALUES (1)")
    database.close()
    return tmp_path / "h.db"


def look(path):
    connection = sqlite3.connect(path)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        return version, connection.execute("SELECT * FROM t").fetchall()
    finally:
        connection.close()


def test_an_older_file_is_copied_and_brought_up_to_date(path):
    database = Database(path, (FIRST, SECOND))
    with database.read() as connection:
        assert connection.execute("SELECT * FROM t").fetchall() == [(1, 2)]
    database.close()
    assert look(path) == (2, [(1, 2)])
    assert look(path.with_name("h.backup-v1.db")) == (1, [(1,)])
    assert not list(path.parent.glob(".*"))


def test_a_new_file_needs_no_copy(tmp_path):
    database = Database(tmp_path / "h.db", (FIRST, SECOND))
    with database.read():
        pass
    database.close()
    assert not list(tmp_path.glob("*backup*"))


def test_a_step_that_fails_changes_nothing(path):
    database = Database(path, (FIRST, SECOND, BROKEN))
    with pytest.raises(HelperError, match="nowhere") as caught, database.read():
        pass
    assert caught.value.kind is ErrorKind.STORAGE
    database.close()
    assert look(path) == (2, [(1, 2)])


def test_a_newer_file_is_refused_and_not_touched(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    before = path.read_bytes()
    database = Database(path, (FIRST, SECOND))
    for use in (database.read, database.write):
        with pytest.raises(HelperError, match="newer version") as caught, use():
            pass
        assert caught.value.kind is ErrorKind.STORAGE
        assert caught.value.fix
    database.close()
    assert path.read_bytes() == before


def test_two_that_migrate_at_once(path):
    databases = [Database(path, (FIRST, SECOND)) for _ in range(4)]
    start = threading.Barrier(4)
    seen = []

    def use(database):
        start.wait()
        with database.read() as connection:
            seen.append(connection.execute("SELECT * FROM t").fetchall())

    threads = [threading.Thread(target=use, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert seen == [[(1, 2)]] * 4


def test_an_answer_of_an_older_version_is_there_without_what_was_not_kept_then(tmp_path):
    older = Database(tmp_path / "history.db", MIGRATIONS[:4])
    with older.write() as connection:
        connection.execute("INSERT INTO conversations (created, updated) VALUES (1, 1)")
        connection.execute(
            "INSERT INTO messages (conversation_id, role, thinking, status, usage, created)"
            " VALUES (1, 'assistant', 'hm', 'stop', '{\"ttft_s\": 0.5}', 1)"
        )
        connection.execute("INSERT INTO parts (message_id, position, kind, text) VALUES (1, 0, 'text', 'so')")
        connection.execute("UPDATE conversations SET head_id = 1")
    older.close()
    history = History(tmp_path / "history.db", tmp_path / "blobs")
    (answer,) = history.messages(1)
    assert (answer.message.text, answer.message.thinking, answer.thinking_s) == ("so", "hm", None)
    assert answer.usage is not None
    history.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_history_of_every_released_version_opens(tmp_path, version):
    Database(tmp_path / "history.db", MIGRATIONS[:version]).close()
    history = History(tmp_path / "history.db", tmp_path / "blobs")
    conversation = history.new_conversation()
    history.add_message(conversation, Message(Role.USER, (TextPart("hello"),)))
    assert history.search("hello")
    history.close()
