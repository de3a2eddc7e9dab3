"""What survives when processes die or write at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from desktop_helper.core.messages import ImagePart, Message, Role, TextPart
from desktop_helper.services.history import History
from desktop_helper.services.paths import Paths

ROOT = Path(__file__).resolve().parents[3]


class Child:
    """`tests.support.history_child` and what it prints."""

    def __init__(self, home: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.support.history_child", str(home), *arguments]
        self._read_end, write_end = os.pipe()
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=write_end)
        os.close(write_end)

    def read(self) -> bytes:
        """What there is; waits for the first byte."""
        return os.read(self._read_end, 65536)

    def kill_9(self) -> bytes:
        """End it at once. Returns what it had printed."""
        self.process.kill()
        rest = b"".join(iter(self.read, b""))
        self.process.wait()
        os.close(self._read_end)
        return rest

    def wait(self) -> int:
        """Its exit code."""
        code = self.process.wait(60)
        os.close(self._read_end)
        return code


@pytest.fixture
def paths(tmp_path):
    return Paths.below(tmp_path / "home")


@pytest.fixture
def history(paths):
    opened = History(paths.history_file, paths.blob_dir)
    yield opened
    opened.close()


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
@pytest.mark.parametrize("enough", [1, 2_000, 40_000])
def test_kill_9_in_mid_answer_loses_nothing_that_was_shown(history, paths, tmp_path, enough):
    child = Child(tmp_path / "home", "answer")
    shown = b""
    while len(shown) < enough:
        shown += child.read()
    shown += child.kill_9()

    (conversation,) = history.conversations()
    asked, answered = history.messages(conversation.id)
    assert asked.message.text == "endless?"
    assert answered.status == "interrupted"
    assert answered.message.thinking == "hm "
    assert answered.message.text.startswith(shown.decode())
    # At most the one delta that was saved and not yet shown.
    assert len(answered.message.text) - len(shown.decode()) <= len("词1000000 ")
    last = shown.decode().split()[-1]
    assert [hit.message_id for hit in history.search(last)] == [answered.id]


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_an_answer_is_open_while_its_process_lives_and_interrupted_once_it_is_dead(history, tmp_path):
    child = Child(tmp_path / "home", "answer")
    child.read()
    (conversation,) = history.conversations()
    assert history.messages(conversation.id)[1].status == "open"
    history.maintain()
    assert history.messages(conversation.id)[1].status == "open"
    child.kill_9()
    assert history.messages(conversation.id)[1].status == "interrupted"
    assert history.search("词0") == []
    history.maintain()
    assert len(history.search("词0")) == 1
    assert history.messages(conversation.id)[1].status == "interrupted"


def test_four_processes_begin_a_history_together_and_lose_nothing(history, tmp_path):
    children = [Child(tmp_path / "home", "ask", "12") for _ in range(4)]
    deadline = time.monotonic() + 60
    while any(child.process.poll() is None for child in children):
        history.conversations()
        history.maintain()  # sweeps blobs while the others add the same ones
        assert time.monotonic() < deadline
    assert [child.wait() for child in children] == [0] * 4
    found = history.conversations(limit=1000)
    assert len(found) == 48
    for info in found:
        asked, answered = history.messages(info.id)
        assert asked.message.media[0].data.startswith(b"\x89PNG")
        assert (answered.status, answered.message.text.split()[-1]) == ("stop", "词19")
    assert len(history.search("词19", limit=1000)) == 48


def test_a_sweep_takes_orphans_and_leftovers_only(history, paths):
    kept = ImagePart(b"kept", "image/png", 1, 1, "Region", 8)
    history.add_message(history.new_conversation(), Message(Role.USER, (kept, TextPart("look"))))
    orphan = paths.blob_dir / "ab" / ("ab" + "0" * 62)
    leftover, fresh = paths.blob_dir / "ab" / ".x.tmp", paths.blob_dir / "ab" / ".y.tmp"
    orphan.parent.mkdir()
    for path in (orphan, leftover, fresh):
        path.write_bytes(b"x")
    os.utime(leftover, (1, 1))
    history.maintain()
    assert not orphan.exists()
    assert not leftover.exists()
    assert fresh.exists()
    assert history.blob(kept.sha256) == b"kept"


def test_a_sweep_takes_nothing_while_a_damaged_history_waits_for_repair(history, paths):
    history.latest()
    orphan = paths.blob_dir / "ab" / ("ab" + "0" * 62)
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"x")
    damaged = paths.data_dir / "history.damaged-20260101-000000.db"
    damaged.write_bytes(b"?")
    history.maintain()
    assert orphan.exists()
    damaged.unlink()
    history.maintain()
    assert not orphan.exists()


def test_old_empty_conversations_and_backups_go(history, paths):
    history.new_conversation()
    day = 86400
    with history._database.write() as connection:
        connection.execute("UPDATE conversations SET updated = updated - ?", (2 * day,))
    recent = history.new_conversation()
    old_backup, new_backup = (paths.data_dir / f"history.backup-v{n}.db" for n in (1, 2))
    old_backup.write_bytes(b"x")
    new_backup.write_bytes(b"x")
    os.utime(old_backup, (1, 1))
    history.maintain()
    with history._database.read() as connection:
        assert connection.execute("SELECT id FROM conversations").fetchall() == [(recent,)]
    assert not old_backup.exists()
    assert new_backup.exists()


def test_a_blob_swept_between_its_writing_and_its_row_is_written_again(history, monkeypatch):
    picture = ImagePart(b"raced", "image/png", 1, 1, "Region", 8)
    put = history._blobs.put
    swept: list[str] = []

    def put_and_sweep(sha256, data):
        put(sha256, data)
        if not swept:
            swept.append(sha256)
            history.maintain()
            assert history.blob(sha256) is None

    monkeypatch.setattr(history._blobs, "put", put_and_sweep)
    history.add_message(history.new_conversation(), Message(Role.USER, (picture,)))
    assert history.blob(picture.sha256) == b"raced"
