"""A real model that would think for ever answers when it is told to: by the window's key and in a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.app import gguf_profile, running_app
from tests.support.cli_process import ROOT, command, environment
from tests.support.tiny_gguf import TinyModel, tiny_pair
from tests.support.xrig import wait_until, x_rig

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

FOR_EVER = TinyModel(thinks_for_ever=True)


def test_in_the_window(tmp_path: Path) -> None:
    pair = tiny_pair(FOR_EVER)
    profile = gguf_profile(pair.gguf, pair.mmproj)
    with x_rig(1280, 800, panel="tint2") as rig, running_app(rig, tmp_path, profile=profile, max_tokens=4000) as app:
        app.command("trigger", "chat")
        app.wait_focus()
        app.ask("Why?")
        wait_until(lambda: app.answers() and app.answers()[-1].message.thinking, "some thinking", 60)
        time.sleep(0.3)  # until the window shows it, and the button with it
        rig.key("ctrl+shift+a")
        answer = app.wait_answer()
        assert answer.status == "stop"
        assert answer.message.text
        assert answer.message.thinking


def test_in_a_terminal(tmp_path: Path) -> None:
    pair = tiny_pair(FOR_EVER)
    ours, theirs = pty.openpty()
    options = ("--gguf", str(pair.gguf), "--mmproj", str(pair.mmproj), "--max-tokens", "4000")
    process = subprocess.Popen(
        ["setsid", "--ctty", *command("ask", "Why?", *options)],  # the terminal is its own: keys become signals
        env=environment(tmp_path),
        cwd=ROOT,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        said = _read_until(ours, b"lets the answer begin.\r\n\x1b[2m", 60)
        os.write(ours, b"\x1c")  # Ctrl+\ as the keyboard sends it: the terminal makes the signal of it
        answer, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert process.returncode == 0, said
    assert answer.strip()


def _read_until(descriptor: int, wanted: bytes, seconds: float) -> bytes:
    said, deadline = b"", time.monotonic() + seconds
    while wanted not in said:
        assert time.monotonic() < deadline, said
        if select.select([descriptor], [], [], 0.5)[0]:
            said += os.read(descriptor, 4096)
    return said
