"""Our windows stand aside for another process on Windows, over a pipe; stand-ins for it are a FIFO and a terminal."""

from __future__ import annotations

import errno
import os
import sys
import threading
from pathlib import Path

import pytest

from desktop_helper.services import stand_aside
from desktop_helper.services.instance import STAND_ASIDE
from desktop_helper.services.stand_aside import own_windows_aside, through_pipe

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a FIFO")


def is_open(fifo: Path) -> bool:
    """Whether somebody has it open for reading."""
    try:
        os.close(os.open(fifo, os.O_WRONLY | os.O_NONBLOCK))
    except OSError as error:
        return error.errno != errno.ENXIO
    return True


def test_the_pipe_is_open_until_the_picture_is_taken(tmp_path: Path) -> None:
    """A FIFO that is opened for both directions gives back what is written to it: that is the answer."""
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    leave = through_pipe(os.fspath(fifo))
    assert is_open(fifo)
    leave()
    assert not is_open(fifo)


def test_what_is_asked_and_that_nobody_goes_on_before_the_answer() -> None:
    ours, theirs = os.openpty()
    leaves = []
    asking = threading.Thread(target=lambda: leaves.append(through_pipe(os.ttyname(theirs))))
    asking.start()
    assert STAND_ASIDE.encode() in os.read(ours, 1000)
    asking.join(0.05)
    assert not leaves
    os.write(ours, b'{"ok": true}\n')
    asking.join(10)
    leaves[0]()
    os.close(theirs)
    os.close(ours)


def test_an_instance_that_does_not_answer_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stand_aside, "_PATIENCE_S", 0.05)
    ours, theirs = os.openpty()
    before = set(threading.enumerate())
    leave = through_pipe(os.ttyname(theirs))
    (waiting,) = set(threading.enumerate()) - before
    assert waiting.daemon
    leave()
    os.write(ours, b"{}\n")  # at last: the pipe is closed, so the windows come back
    waiting.join(10)
    assert not waiting.is_alive()
    os.close(theirs)
    os.close(ours)


def test_without_an_instance_the_picture_is_taken_at_once(tmp_path: Path) -> None:
    through_pipe(os.fspath(tmp_path / "nowhere"))()
    with own_windows_aside(tmp_path / "nowhere"):
        pass


def test_windows_uses_the_pipe_of_this_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    left: list[bool] = []

    def pipe(path: str):
        asked.append(path)
        return lambda: left.append(True)

    monkeypatch.setattr(stand_aside, "through_pipe", pipe)
    monkeypatch.setattr(sys, "platform", "win32")
    with own_windows_aside(tmp_path / "s"):
        assert not left
    monkeypatch.undo()
    assert left == [True]
    assert asked[0].startswith("\\\\.\\pipe\\desktop-helper-")
