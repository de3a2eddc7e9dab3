"""Child processes: they answer, die, hang, print and are orphaned, and we know what happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import psutil
import pytest

from desktop_helper.core import child as child_module
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout, child_argv
from desktop_helper.core.child_exit import exit_reason
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import ErrorKind
from desktop_helper.core.frames import Frame

ECHO = child_argv("tests.support.echo_child")
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals and resource limits")

Start = Callable[..., ChildProcess]


@pytest.fixture
def start() -> Iterator[Start]:
    children: list[ChildProcess] = []

    def spawn(**options: Any) -> ChildProcess:
        children.append(ChildProcess(ECHO, **options))
        return children[-1]

    yield spawn
    for running in children:
        running.close()
        assert not running.alive


def death(child: ChildProcess) -> ChildDied:
    with pytest.raises(ChildDied) as caught:
        child.receive(20)
    return caught.value


def ended(pid: int, seconds: float = 10) -> bool:
    """Whether the process is gone (or a zombie that nobody has collected) within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_a_child_answers_frames_with_payloads(start: Start) -> None:
    child = start()
    payload = os.urandom(3_000_000)  # more than any pipe holds
    child.send({"type": "echo", "text": "你好"}, payload, b"")
    assert child.receive(20) == Frame({"type": "echo", "text": "你好"}, (payload, b""))
    assert child.alive


def test_prints_of_python_and_of_c_land_in_the_log_and_not_between_frames(start: Start, tmp_path: Path) -> None:
    child = start(log_file=tmp_path / "logs" / "child.log")
    child.send({"type": "print"})
    assert child.receive(20).type == "printed"
    child.close()
    log = (tmp_path / "logs" / "child.log").read_text()
    assert "from Python" in log
    assert "from C" in log


def test_a_log_that_cannot_be_made_stops_nothing(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    child = start(log_file=tmp_path / "file" / "child.log")
    child.send({"type": "print"})
    assert child.receive(20).type == "printed"


def full_disk(_path: Path) -> IO[bytes]:
    return open("/dev/full", "ab", buffering=0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
def test_a_full_disk_stops_nothing(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "_open_log", full_disk)
    child = start(log_file=tmp_path / "child.log")
    for _ in range(2):
        child.send({"type": "print", "text": "x" * 100_000})
        assert child.receive(20).type == "printed"


def test_the_log_is_of_limited_size_and_the_previous_one_is_kept(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_module, "LOG_LIMIT", 1000)
    log = tmp_path / "child.log"
    for letter in "ab":
        child = start(log_file=log)
        child.send({"type": "print", "text": letter * 5000})
        assert child.receive(20).type == "printed"
        child.close()
    assert "b" * 900 in log.read_text()
    assert log.stat().st_size < 1100
    assert "a" * 900 in (tmp_path / "child.log.1").read_text()


def test_nothing_in_time_is_a_timeout_and_the_child_lives(start: Start) -> None:
    child = start()
    with pytest.raises(ChildTimeout):
        child.receive(0.01)
    child.send({"type": "echo"})
    assert child.receive(20).type == "echo"


def test_a_request_to_stop_reaches_a_child_that_works(start: Start) -> None:
    child = start()
    child.send({"type": "work"})
    assert child.receive(20).type == "working"
    child.send({"type": "stop"})
    assert child.receive(20).type == "stopped"


def test_errors_for_the_user_travel_whole(start: Start) -> None:
    child = start()
    child.send({"type": "refuse"})
    error = error_of(child.receive(20))
    assert error is not None
    assert (error.kind, error.message, error.fix) == (
        ErrorKind.SOURCE,
        "This is not a picture.",
        "Choose another file.",
    )
    assert error_of(Frame({"type": "echo"})) is None


def test_an_unexpected_error_leaves_a_traceback_without_its_message(start: Start, tmp_path: Path) -> None:
    child = start(log_file=tmp_path / "child.log")
    child.send({"type": "raise", "text": "a secret"})
    assert death(child).reason == "it met an unexpected error"
    child.close()
    log = (tmp_path / "child.log").read_text()
    assert "ValueError" in log
    assert "echo_child.py" in log
    assert "secret" not in log


@posix_only
@pytest.mark.parametrize(
    ("request_type", "reason"),
    [("abort", "it was ended by signal 6 (abort)"), ("garbage", "it sent something unreadable")],
)
def test_the_reason_of_a_death_is_told(start: Start, request_type: str, reason: str) -> None:
    child = start()
    child.send({"type": request_type})
    assert death(child).reason == reason
    assert death(child).reason == reason, "asking again gives the same answer"


def test_what_was_sent_before_the_death_is_received_first(start: Start) -> None:
    child = start()
    child.send({"type": "echo"})
    child.send({"type": "exit", "code": 3})
    assert child.receive(20).type == "echo"
    died = death(child)
    assert (died.reason, died.exit_code) == ("it ended with code 3", 3)
    child.send({"type": "echo"})
    assert death(child).exit_code == 3


@posix_only
def test_a_child_over_its_memory_limit_ends_and_says_so(start: Start) -> None:
    child = start(memory_limit=1 << 30)
    child.send({"type": "allocate", "bytes": 1 << 20})
    assert child.receive(20).type == "allocated"
    child.send({"type": "allocate", "bytes": 2 << 30})
    assert death(child).reason == "it ran out of memory"


@posix_only
def test_kill_takes_grandchildren_along(start: Start) -> None:
    child = start()
    child.send({"type": "grandchild"})
    grandchild = int(child.receive(20).header["pid"])
    child.kill()
    assert "9 (kill)" in death(child).reason
    assert ended(grandchild)


def test_close_ends_a_child_that_waits_without_force(start: Start) -> None:
    child = start()
    child.send({"type": "echo"})
    child.receive(20)
    child.close()
    assert not child.alive
    assert death(child).exit_code == 0
    child.close()


@posix_only
def test_close_kills_a_child_that_does_not_react(start: Start) -> None:
    child = start()
    child.send({"type": "echo"})
    child.receive(20)
    os.kill(child.pid, signal.SIGSTOP)
    begin = time.monotonic()
    child.close(grace=0.1)
    assert time.monotonic() - begin < 5
    assert not child.alive


def test_close_from_another_thread_ends_a_receive(start: Start) -> None:
    child = start()
    closer = threading.Timer(0.2, child.close)
    closer.start()
    death(child)
    closer.join()


def test_a_child_that_nobody_reads_from_can_be_closed(start: Start) -> None:
    child = start()
    for _ in range(200):
        child.send({"type": "echo"}, bytes(10_000))
    child.close(grace=0.5)
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("child-")]


def test_a_program_that_does_not_exist() -> None:
    with pytest.raises(ChildDied, match="could not be started"):
        ChildProcess(["/nonexistent/program"])


@posix_only
def test_a_parent_that_is_killed_leaves_no_orphan() -> None:
    script = (
        "import time\n"
        "from desktop_helper.core.child import ChildProcess, child_argv\n"
        "child = ChildProcess(child_argv('tests.support.echo_child'))\n"
        "child.send({'type': 'work'})\n"
        "child.receive(20)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        parent.kill()
    assert ended(orphan)


@posix_only
def test_a_child_with_something_to_finish_outlives_its_parent_for_that(tmp_path: Path) -> None:
    note = tmp_path / "note"
    script = (
        "import time\n"
        "from desktop_helper.core.child import ChildProcess, child_argv\n"
        f"child = ChildProcess(child_argv('tests.support.echo_child', {str(note)!r}))\n"
        "child.send({'type': 'work'})\n"
        "child.receive(20)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        parent.kill()
    assert ended(orphan)
    assert note.read_text(encoding="utf-8") == "finished"


def test_close_lets_a_child_finish(tmp_path: Path) -> None:
    note = tmp_path / "note"
    child = ChildProcess(child_argv("tests.support.echo_child", str(note)))
    child.send({"type": "echo"})
    child.receive(20)
    child.close(grace=20)
    assert note.read_text(encoding="utf-8") == "finished"


def test_the_working_folder_is_not_imported_from(tmp_path: Path, start: Start) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    child = start(cwd=tmp_path)
    child.send({"type": "echo"})
    assert child.receive(20).type == "echo"


def test_the_frozen_program_starts_its_children_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_argv("a.b", "c") == [sys.executable, "--child", "a.b", "c"]


def test_exit_codes_in_words() -> None:
    assert exit_reason(0) == "it ended by itself"
    assert exit_reason(-11) == "it was ended by signal 11 (segmentation fault)"
    assert exit_reason(-9) == "it was ended by signal 9 (kill)"
    assert exit_reason(-250) == "it was ended by signal 250 (unknown)"


@posix_only
def test_it_gets_no_keys(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that keeps what crashed keeps its environment, too."""
    hidden = {
        "ZAI_API_KEY": "a",
        "GPU_KEY": "b",
        "OpenAiApiKey": "c",
        "HF_TOKEN": "d",
        "PGPASSWORD": "e",
        "https_proxy": "http://me:word@proxy:3128",
    }
    kept = {"XKB_KEYBOARD": "us", "http_proxy": "http://proxy:3128", "MONKEY": "banana"}
    for name, value in (hidden | kept).items():
        monkeypatch.setenv(name, value)
    child = start(env={"ADDED_KEY": "f"})
    child.send({"type": "echo"})
    child.receive(20)
    its = psutil.Process(child.pid).environ()
    assert {name for name in (*hidden, *kept, "ADDED_KEY") if name in its} == {*kept, "ADDED_KEY"}
