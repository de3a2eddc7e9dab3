"""Disks that are full, files that are broken, folders that cannot be written."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import ImagePart, Message, Role, TextPart
from desktop_helper.services import database as database_module
from desktop_helper.services.history import History

QUESTION = Message(Role.USER, (TextPart("question"),))
PICTURE = ImagePart(os.urandom(200_000), "image/png", 1, 1, "Region", 8)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def opened(data: Path) -> History:
    return History(data / "history.db", data / "blobs")


def filled(data: Path) -> int:
    history = opened(data)
    conversation = history.new_conversation()
    history.add_message(conversation, QUESTION)
    history.close()
    return conversation


def storage_error(use) -> HelperError:
    with pytest.raises(HelperError) as caught:
        use()
    assert caught.value.kind is ErrorKind.STORAGE
    assert caught.value.message.endswith(".")
    assert "Traceback" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("damage", ["garbage", "torn pages"])
def test_a_damaged_file_is_put_aside_and_the_next_use_starts_anew(data, damage):
    filled(data)
    path = data / "history.db"
    whole = path.read_bytes()
    broken = b"not a database" * 1000 if damage == "garbage" else whole[:4096] + b"\xa5" * (len(whole) - 4096)
    path.write_bytes(broken)
    history = opened(data)
    error = storage_error(history.conversations)
    (aside,) = data.glob("history.damaged-*.db")
    assert str(aside) in error.message
    assert aside.read_bytes() == broken
    conversation = history.new_conversation()
    history.add_message(conversation, QUESTION)
    assert [info.id for info in history.conversations()] == [conversation]
    history.close()


def test_damage_that_shows_later_is_put_aside_too(data, monkeypatch):
    filled(data)
    history = opened(data)
    history.conversations()
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorname = "SQLITE_CORRUPT"

    def malformed(*_):
        raise error

    monkeypatch.setattr("desktop_helper.services.history_rows.load_messages", malformed)
    assert "damaged" in storage_error(lambda: history.messages(1)).message
    assert history.conversations() == []
    history.close()


def test_the_new_file_is_not_put_aside_by_whoever_still_reads_the_damaged_one(data, monkeypatch):
    filled(data)
    quick, slow = opened(data), opened(data)
    quick.conversations()
    slow.conversations()
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorname = "SQLITE_CORRUPT"

    def malformed(*_):
        raise error

    monkeypatch.setattr("desktop_helper.services.history_rows.load_messages", malformed)
    storage_error(lambda: quick.messages(1))
    conversation = quick.new_conversation()
    quick.add_message(conversation, QUESTION)
    (aside,) = data.glob("history.damaged-*.db")
    assert str(aside) in storage_error(lambda: slow.messages(1)).message
    assert list(data.glob("history.damaged-*.db")) == [aside]
    assert [info.id for info in slow.conversations()] == [conversation]
    quick.close()
    slow.close()


def put_aside(data: Path) -> Path:
    """What another process does with a damaged file."""
    aside = database_module.damaged_path(data / "history.db")
    for suffix in ("-wal", "-shm", ""):
        (data / f"history.db{suffix}").rename(aside.with_name(aside.name + suffix))
    return aside


def test_nothing_is_written_to_a_file_that_another_process_put_aside(data):
    filled(data)
    history = opened(data)
    history.conversations()
    aside = put_aside(data)
    assert str(aside) in storage_error(history.new_conversation).message
    conversation = history.new_conversation()
    history.add_message(conversation, QUESTION)
    assert [info.id for info in history.conversations()] == [conversation]
    history.close()
    again = opened(data)
    assert [info.id for info in again.conversations()] == [conversation]
    again.close()


def test_an_answer_does_not_go_on_in_another_file(data):
    conversation = filled(data)
    history, other = opened(data), opened(data)
    writer = history.begin_answer(conversation, "GLM")
    put_aside(data)
    filled(data)
    stranger = other.begin_answer(conversation, "GLM")
    assert stranger.message_id == writer.message_id
    stranger.append("", "of the other")
    for _ in range(2):
        assert "damaged" in storage_error(lambda: writer.finish(FinishReason.STOP)).message
        assert "damaged" in storage_error(lambda: writer.append("", "of the first")).message
    stranger.finish(FinishReason.STOP)
    assert history.messages(conversation)[1].message.text == "of the other"
    history.close()
    other.close()


@pytest.mark.parametrize("first_use_after", ["write", "read"])
def test_a_file_that_was_deleted_while_it_was_open(data, first_use_after):
    conversation = filled(data)
    history = opened(data)
    history.rename(conversation, "open")
    shutil.rmtree(data)
    use = history.new_conversation if first_use_after == "write" else history.conversations
    assert "moved or deleted" in storage_error(use).message
    assert history.conversations() == []
    history.close()


def test_two_damaged_files_in_one_second_get_names_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(time, "strftime", lambda _: "now")
    names = []
    for _ in range(3):
        names.append(database_module.damaged_path(tmp_path / "h.db"))
        names[-1].touch()
    assert [name.name for name in names] == ["h.damaged-now.db", "h.damaged-now-2.db", "h.damaged-now-3.db"]
    assert database_module.damaged_files(tmp_path / "h.db") == sorted(names)


def test_a_full_database_keeps_what_it_has(data):
    history = opened(data)
    conversation = history.new_conversation()
    history.add_message(conversation, QUESTION)
    writer = history.begin_answer(conversation, "GLM")
    writer.append("", "saved")
    with history._database.write() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
    assert "full" in storage_error(lambda: writer.append("", "x" * 100_000)).message
    assert history.messages(conversation)[1].message.text == "saved"
    with history._database.write() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    writer.append("", " and more")
    writer.finish(FinishReason.STOP)
    assert history.messages(conversation)[1].message.text == "saved and more"
    history.close()


@pytest.mark.parametrize(
    ("code", "word"), [(errno.ENOSPC, "full"), (errno.EROFS, "read-only"), (errno.EACCES, "read-only"), (errno.EIO, "")]
)
def test_a_disk_that_refuses_a_picture(data, monkeypatch, code, word):
    history = opened(data)
    conversation = history.new_conversation()
    fsync = os.fsync

    def refuse(descriptor):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    message = Message(Role.USER, (PICTURE,))
    assert word in storage_error(lambda: history.add_message(conversation, message)).message
    assert history.messages(conversation) == []
    assert [path for path in (data / "blobs").rglob("*") if path.is_file()] == []
    monkeypatch.setattr(os, "fsync", fsync)
    history.add_message(conversation, message)
    assert history.messages(conversation)[0].message == message
    history.close()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "data").write_text("a file")
    history = opened(tmp_path / "data")
    assert str(tmp_path) in storage_error(history.latest).message
    storage_error(history.new_conversation)
    history.close()


def test_a_database_that_may_only_be_read(data):
    conversation = filled(data)
    history = opened(data)
    with history._database.write() as connection:
        pass
    connection.execute("PRAGMA query_only = ON")
    assert "read-only" in storage_error(lambda: history.rename(conversation, "x")).message
    history.close()


def test_a_history_in_use_by_another_program(data, monkeypatch):
    filled(data)
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_S", 0.05)
    other = sqlite3.connect(data / "history.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    history = opened(data)
    error = storage_error(history.new_conversation)
    assert "in use" in error.message
    assert error.retry
    other.close()
    history.new_conversation()
    history.close()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte, where this user may make one."""
    mount = shutil.which("mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    made = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True)
    if not made or made.returncode:
        pytest.skip("this user may not mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_really_full(small_disk):
    history = opened(small_disk)
    conversation = history.new_conversation()
    history.add_message(conversation, QUESTION)
    writer = history.begin_answer(conversation, "GLM")
    filler = small_disk / "filler"
    saved = []

    def write_until_refused():
        for number in range(10_000):
            writer.append("", f"{number} " * 100)
            saved.append(f"{number} " * 100)

    filler.write_bytes(b"x" * 600_000)
    assert "full" in storage_error(write_until_refused).message
    assert saved
    assert history.messages(conversation)[1].message.text == "".join(saved)
    storage_error(lambda: history.add_message(conversation, Message(Role.USER, (PICTURE,))))
    filler.unlink()
    writer.append("", "end")
    writer.finish(FinishReason.STOP)
    history.close()
    again = opened(small_disk)
    assert again.messages(conversation)[1].message.text == "".join(saved) + "end"
    again.close()


@contextmanager
def no_room():
    """No file can grow beyond a few bytes, which is what SQLite meets on a full disk; and the disk says so.

    Not a fixture: pytest tells the outcome before it tidies up, and could not if that goes into a file.
    """
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_module, "is_full", lambda _folder: True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def leave_in_the_log(data: Path) -> None:
    """As a process that was killed; the memory that it shared is gone after a restart of the machine."""
    argv = [sys.executable, "-c", _KILLED, str(data)]
    subprocess.run(argv, cwd=Path(__file__).parents[3], check=True)
    assert (data / "history.db-wal").stat().st_size
    (data / "history.db-shm").unlink()


_KILLED = """
import os, sys
from pathlib import Path
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.history import History
data = Path(sys.argv[1])
history = History(data / "history.db", data / "blobs")
history.add_message(1, Message(Role.USER, (TextPart("in the log"),)))
os._exit(0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be limited there")
@pytest.mark.parametrize("log", [False, True])
def test_a_full_disk_can_be_read_and_says_that_it_is_full(data, log):
    conversation = filled(data)
    if log:
        leave_in_the_log(data)
    with no_room():
        history = opened(data)
        texts = [stored.message.text for stored in history.messages(conversation)]
        latest, refusal = history.latest(), storage_error(history.new_conversation).message
        history.close()
    assert texts == ["question", *(["in the log"] if log else [])]
    assert latest == conversation
    assert "because the disk is full" in refusal


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be limited there")
def test_a_full_disk_without_a_history_says_that_it_is_full(data):
    with no_room():
        history = opened(data)
        refusal = storage_error(history.conversations).message
        history.close()
    assert "because the disk is full" in refusal
