"""One instance per user, whatever connects."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.errors import HelperError
from desktop_helper.qt.instance_server import InstanceServer, parse
from desktop_helper.services.instance import MAX_LINE, NotRunningError, send_command
from desktop_helper.services.paths import Paths
from desktop_helper.services.stand_aside import own_windows_aside

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tests speak over a Unix socket")


@pytest.fixture
def paths(tmp_path):
    return Paths.below(tmp_path / "home")


@pytest.fixture
def server(qtbot, paths):
    listening = InstanceServer(paths)
    assert listening.acquire()
    yield listening
    listening.close()


def ask(qtbot, paths, command, timeout=5.0):
    """`send_command` from another thread, so that the server can answer on this one."""
    result: list[object] = []

    def run():
        try:
            result.append(send_command(paths.socket_path, command, timeout))
        except HelperError as error:
            result.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    qtbot.waitUntil(lambda: bool(result), timeout=10_000)
    thread.join()
    return result[0]


@pytest.fixture
def connect(qtbot, paths):
    opened: list[socket.socket] = []

    def begin() -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(0)
        client.connect(os.fspath(paths.socket_path))
        opened.append(client)
        return client

    yield begin
    for client in opened:
        client.close()


def received(qtbot, client) -> bytes:
    """Everything until the server answers a whole line or hangs up."""
    collected = bytearray()

    def over():
        try:
            piece = client.recv(65536)
        except BlockingIOError:
            return collected.endswith(b"\n")
        except ConnectionError:
            return True
        collected.extend(piece)
        return not piece or collected.endswith(b"\n")

    qtbot.waitUntil(over, timeout=8_000)
    return bytes(collected)


def test_a_command_arrives_and_is_answered(qtbot, paths, server):
    with qtbot.waitSignal(server.command) as caught:
        assert ask(qtbot, paths, {"command": "region", "delay": 3}) == {"ok": True}
    assert caught.args == ["region"]


@pytest.mark.parametrize("name", ["translate", "my-own_1", "回复"])
def test_a_quick_action_arrives_by_its_name(qtbot, paths, server, name):
    with qtbot.waitSignal(server.command) as caught:
        assert ask(qtbot, paths, {"command": "action", "name": name}) == {"ok": True}
    assert caught.args == [f"action:{name}"]


@pytest.mark.parametrize("name", [None, 3, "", "a b", "a\n", "x" * 41, "../x", "a:b", ["a"], {"a": 1}])
def test_what_is_no_name_of_a_quick_action_is_refused(qtbot, paths, server, name):
    with qtbot.assertNotEmitted(server.command):
        refused = {"ok": False, "error": "unknown command"}
        assert ask(qtbot, paths, {"command": "action", "name": name}) == refused
        assert ask(qtbot, paths, {"command": f"action:{name}"}) == refused


def test_an_unknown_command_is_refused_in_words(qtbot, paths, server):
    with qtbot.assertNotEmitted(server.command):
        assert ask(qtbot, paths, {"command": "format-disk"}) == {"ok": False, "error": "unknown command"}


def test_several_commands_on_one_connection(qtbot, server, connect):
    seen: list[str] = []
    server.command.connect(seen.append)
    client = connect()
    client.send(b'{"command": "chat"}\n{"command": "new"}\n{"comm')
    qtbot.waitUntil(lambda: seen == ["chat", "new"])
    client.send(b'and": "raise"}\n')
    qtbot.waitUntil(lambda: seen == ["chat", "new", "raise"])


@pytest.mark.parametrize("before", [b"", b'{"command": "chat"}\n'])
def test_nothing_is_done_after_quit(qtbot, server, connect, before):
    seen: list[str] = []

    def perform(command):
        seen.append(command)
        if command == "quit":
            server.close()

    server.command.connect(perform)
    client = connect()
    if before:
        client.send(before)
        qtbot.waitUntil(lambda: seen == ["chat"])
    client.send(b'{"command": "quit"}\n{"command": "region"}\n')
    qtbot.waitUntil(lambda: "quit" in seen)
    assert seen[-1] == "quit"


@pytest.mark.parametrize(
    "garbage",
    [b"\n", b"hello\n", b"[]\n", b'"region"\n', b"{}\n", b'{"command": 1}\n', b"\xff\xfe\n", b"[" * 60_000 + b"\n"],
)
def test_what_is_not_a_command_is_dropped(qtbot, paths, server, connect, garbage):
    client = connect()
    with qtbot.assertNotEmitted(server.command):
        client.send(garbage)
        assert received(qtbot, client) == b""
    assert ask(qtbot, paths, {"command": "raise"}) == {"ok": True}


def test_ten_megabytes_are_dropped_and_the_next_command_works(qtbot, paths, server, connect):
    client = connect()
    client.settimeout(5)
    sent: list[int] = []

    def flood():
        try:
            for _ in range(160):
                sent.append(client.send(b"x" * 65_536))
        except OSError:
            sent.append(0)

    thread = threading.Thread(target=flood)
    thread.start()
    qtbot.waitUntil(lambda: bool(sent) and sent[-1] == 0, timeout=8_000)
    thread.join()
    assert sum(sent) < 2_000_000
    assert ask(qtbot, paths, {"command": "raise"}) == {"ok": True}


def test_the_longest_allowed_line_is_taken(qtbot, paths, server):
    command = {"command": "raise", "pad": ""}
    command["pad"] = "x" * (MAX_LINE - len(json.dumps(command)) - 1)
    assert ask(qtbot, paths, command) == {"ok": True}


def test_silent_clients_do_not_lock_others_out(qtbot, paths, server, connect, monkeypatch):
    monkeypatch.setattr("desktop_helper.qt.instance_server.IDLE_MS", 100)
    silent = [connect() for _ in range(16)]
    for client in silent:
        assert received(qtbot, client) == b""
    assert ask(qtbot, paths, {"command": "raise"}) == {"ok": True}


def test_the_second_instance_is_told_so_and_the_first_stays(qtbot, paths, server):
    second = InstanceServer(paths)
    assert not second.acquire()
    second.close()
    assert ask(qtbot, paths, {"command": "raise"}) == {"ok": True}


def test_after_closing_nobody_answers_and_another_may_start(qtbot, paths, server):
    server.close()
    server.close()
    with pytest.raises(NotRunningError):
        send_command(paths.socket_path, {"command": "raise"})
    assert not paths.socket_path.exists()
    again = InstanceServer(paths)
    assert again.acquire()
    again.close()


def test_only_the_user_can_reach_the_socket(paths, server):
    assert stat.S_IMODE(paths.socket_path.parent.stat().st_mode) == 0o700


SERVE = """
import sys
from PySide6.QtCore import QCoreApplication
from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.services.paths import Paths
app = QCoreApplication([])
server = InstanceServer(Paths.default())
won = server.acquire()
print("won" if won else "lost", flush=True)
if won:
    server.command.connect(lambda command: print(command, flush=True))
    app.exec()
"""


@pytest.fixture
def launch(paths):
    started: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        env = os.environ | {"DESKTOP_HELPER_HOME": str(paths.config_dir.parent)}
        started.append(
            subprocess.Popen([sys.executable, "-c", SERVE], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_of_instances_started_together_exactly_one_wins(launch):
    processes = [launch() for _ in range(6)]
    assert sorted(first_line(process) for process in processes) == ["lost"] * 5 + ["won"]


def test_a_killed_instance_does_not_block_the_next_one(paths, launch):
    first = launch()
    assert first_line(first) == "won"
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert paths.socket_path.exists()
    second = launch()
    assert first_line(second) == "won"
    assert send_command(paths.socket_path, {"command": "chat"}) == {"ok": True}
    assert first_line(second) == "chat"


def test_a_folder_that_cannot_be_made_is_one_sentence(qtbot, tmp_path):
    (tmp_path / "home").write_text("a file is in the way")
    with pytest.raises(HelperError) as caught:
        InstanceServer(Paths.below(tmp_path / "home")).acquire()
    assert caught.value.message


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_command_or_nothing(line):
    found = parse(line)
    assert found is None or isinstance(found, str)


def test_who_takes_a_picture_waits_until_our_windows_are_away_and_they_come_back(qtbot, paths, server):
    came: list = []
    left: list = []
    entered, go = threading.Event(), threading.Event()
    server.guest_came.connect(came.append)
    server.guest_left.connect(lambda: left.append(True))

    def take():
        with own_windows_aside(paths.socket_path):
            entered.set()
            go.wait(10)

    thread = threading.Thread(target=take)
    thread.start()
    qtbot.waitUntil(lambda: bool(came))
    qtbot.wait(50)
    assert not entered.is_set()
    came[0]()
    qtbot.waitUntil(entered.is_set)
    qtbot.wait(50)
    assert not left
    go.set()
    qtbot.waitUntil(lambda: bool(left))
    thread.join()


def test_nobody_needs_an_instance_to_take_a_picture(paths):
    with own_windows_aside(paths.socket_path):
        pass


def test_an_app_that_is_left_brings_no_window_back(qtbot, paths, server):
    came: list = []
    left: list = []
    server.guest_came.connect(came.append)
    server.guest_left.connect(lambda: left.append(True))
    client = socket.socket(socket.AF_UNIX)
    client.connect(os.fspath(paths.socket_path))
    client.sendall(b'{"command": "stand-aside"}\n')
    qtbot.waitUntil(lambda: bool(came))
    server.close()
    client.close()
    qtbot.wait(20)
    assert not left
    came[0]()
