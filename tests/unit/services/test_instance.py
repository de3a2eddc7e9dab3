from __future__ import annotations

import contextlib
import json
import os
import socket
import tempfile
import threading
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.instance import MAX_LINE, NotRunningError, _through_pipe, pipe_name, send_command

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="Unix sockets")


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="dh-") as name:  # tmp_path is longer than a socket's path may be
        yield Path(name)


@contextlib.contextmanager
def server(path: Path, answer):
    """Hands the first line of one connection to `answer(line)`, which returns the bytes to send or None for silence."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    done = threading.Event()

    def serve():
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            reply = answer(lines.readline())
            if reply is None:
                done.wait(10)
            else:
                connection.sendall(reply)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(10)
        listener.close()


def test_a_command_goes_there_and_its_reply_comes_back(folder):
    seen = []

    def answer(line):
        seen.append(json.loads(line))
        return b'{"ok": true}\n'

    with server(folder / "s", answer):
        assert send_command(folder / "s", {"command": "region", "text": "a\nb 中文"}) == {"ok": True}
    assert seen == [{"command": "region", "text": "a\nb 中文"}]


def test_nobody_there(folder):
    with pytest.raises(NotRunningError) as caught:
        send_command(folder / "s", {})
    assert "not running" in caught.value.message
    assert caught.value.fix


def test_another_users_socket_is_not_spoken_to(folder, monkeypatch):
    owner = folder.stat().st_uid
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "s"))
    listener.listen()
    listener.setblocking(False)
    monkeypatch.setattr("os.getuid", lambda: owner + 1)
    with pytest.raises(NotRunningError):
        send_command(folder / "s", {"command": "raise"})
    with pytest.raises(BlockingIOError):
        listener.accept()
    listener.close()


def test_a_socket_that_a_crash_left_behind(folder):
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(folder / "s"))
    dead.close()
    with pytest.raises(NotRunningError):
        send_command(folder / "s", {})


@pytest.mark.parametrize("reply", [b"", b"not json\n", b"[1]\n", b'{"cut": "of', b"x" * (2 * MAX_LINE)])
def test_a_reply_that_is_none(folder, reply):
    with server(folder / "s", lambda _: reply), pytest.raises(HelperError) as caught:
        send_command(folder / "s", {})
    assert not isinstance(caught.value, NotRunningError)
    assert caught.value.kind is ErrorKind.INSTANCE


def test_an_instance_that_hangs(folder):
    with server(folder / "s", lambda _: None), pytest.raises(HelperError, match="does not answer"):
        send_command(folder / "s", {}, timeout_s=0.05)


def test_an_instance_that_hangs_behind_a_pipe(folder):
    """A pipe that is opened for both directions gives back what is written to it, and has no end."""
    os.mkfifo(folder / "pipe")
    assert _through_pipe(str(folder / "pipe"), b"a line\n", 10.0) == b"a line\n"
    before = set(threading.enumerate())
    with pytest.raises(TimeoutError):
        _through_pipe(str(folder / "pipe"), b"no line", 0.05)
    (waiting,) = set(threading.enumerate()) - before
    assert waiting.daemon
    (folder / "pipe").write_bytes(b"\n")
    waiting.join(10)


def test_nobody_behind_a_pipe(folder):
    with pytest.raises(FileNotFoundError):
        _through_pipe(str(folder / "pipe"), b"a line\n", 10.0)


def test_a_command_that_is_too_long(folder):
    with pytest.raises(HelperError) as caught:
        send_command(folder / "s", {"text": "x" * MAX_LINE})
    assert caught.value.kind is ErrorKind.USAGE


def test_each_home_has_a_pipe_of_its_own():
    assert pipe_name(Path("/a/s")) != pipe_name(Path("/b/s"))
