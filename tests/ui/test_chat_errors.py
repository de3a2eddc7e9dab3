"""What goes wrong is one clear sentence in the window, with everything behind it real; the window lives on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from desktop_helper.bootstrap import build_services
from desktop_helper.qt.background import Background
from desktop_helper.services.answer_writer import AnswerWriter
from desktop_helper.services.paths import Paths
from desktop_helper.services.storage_errors import disk_full
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.chat import Chat
from desktop_helper.ui.theme import Theme
from tests.support import sample_files
from tests.support.app import ROOT, gguf_profile, server_profile, write_settings
from tests.support.glm_server import MODEL, GlmServer, answer, error
from tests.support.tiny_gguf import tiny_pair

TIMEOUT_MS = 60_000


class Desk:
    """A chat in a home of its own. With PICTURES set, what the window looked like is kept in that folder."""

    def __init__(self, home: Path, qtbot, name: str) -> None:
        self.name = name
        self.qtbot = qtbot
        self.services = build_services(Paths.below(home))
        self.background = Background()
        self.settings_problem = self.services.settings.load_or_defaults()[1]
        self.chat = Chat(self.services, self.background, on_taskbar=True)
        self.chat.models.refresh()
        self.chat.continue_latest()
        self.window = self.chat.window
        self.window.resize(420, 640)
        self.window.show()

    def ask(self, question: str = "What is this?") -> None:
        """Ask, and wait until the answer is over."""
        before = len(self.answers())
        self.window.composer.edit.setPlainText(question)
        self.window.composer.submit()
        self.qtbot.waitUntil(lambda: len(self.answers()) > before and self.answers()[-1].finished, timeout=TIMEOUT_MS)

    def drop(self, path: Path) -> None:
        """Drop a file, and wait until it was read or refused."""
        self.window.files_dropped.emit([path])
        chip = self.window.composer._chips[-1]
        self.qtbot.waitUntil(lambda: not chip.loading, timeout=TIMEOUT_MS)

    def see(self, expected: str) -> None:
        """Wait until `expected` can be read in the window: new widgets are shown a moment after they are made."""

        def there() -> None:
            assert expected in self.texts()

        self.qtbot.waitUntil(there, timeout=5_000)
        if "PICTURES" in os.environ:
            self.qtbot.wait(50)
            self.window.grab().save(f"{os.environ['PICTURES']}/{self.name}.png")

    def answers(self) -> list[AnswerView]:
        return [view for view in self.window.messages.messages() if isinstance(view, AnswerView)]

    def texts(self) -> str:
        """Every visible label."""
        return "\n".join(label.text() for label in self.window.findChildren(QLabel) if label.isVisible())

    def close(self) -> None:
        self.chat.close()
        self.background.close()
        self.services.close()


@pytest.fixture
def open_chat(qtbot, tmp_path, request, capfd):
    """Opens a chat with one model profile, whose settings are written unless it is None."""
    Theme.current("light")
    desks = []

    def begin(profile: dict[str, str] | None) -> Desk:
        if profile is not None:
            write_settings(tmp_path, profile)
        desks.append(Desk(tmp_path, qtbot, request.node.name))
        return desks[-1]

    yield begin
    for desk in desks:
        desk.close()
    assert capfd.readouterr().err == ""


@pytest.fixture
def server():
    with GlmServer() as running:
        yield running


def nobody() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def test_wrong_key(open_chat, server, monkeypatch):
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    server.script(error(401, "1000", "token expired or incorrect"), answer("Now it works."))
    desk = open_chat(server_profile(server.base_url, MODEL) | {"api_key_env": "MY_KEY"})
    desk.ask()
    desk.see("does not accept the API key")
    assert "Open settings" in [button.text() for button in desk.window.findChildren(QPushButton)]
    assert "sk-very-secret" not in desk.texts()
    desk.answers()[-1].retry_requested.emit()
    desk.qtbot.waitUntil(lambda: desk.answers()[-1].markdown() == "Now it works.", timeout=TIMEOUT_MS)


def test_unreachable_host(open_chat):
    desk = open_chat(server_profile(nobody(), MODEL))
    desk.ask()
    desk.see("127.0.0.1")


def test_no_key_and_no_keyring(open_chat):
    desk = open_chat({"provider": "zai", "model": "glm-4.6v-flash"})
    desk.ask()
    desk.see("Z.ai needs an API key, and none is set.")


@pytest.mark.parametrize("mmproj", ["", "none.gguf"])
def test_missing_mmproj(open_chat, tmp_path, mmproj):
    profile = gguf_profile(tiny_pair().gguf, tmp_path / mmproj)
    desk = open_chat(profile if mmproj else profile | {"mmproj": ""})
    (picture := tmp_path / "a.png").write_bytes(sample_files.picture())
    desk.drop(picture)
    desk.ask()
    desk.see(mmproj or "mmproj")


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("fake.png", b"this is no picture", "fake.png is not a picture, or not of a format that can be read."),
        ("huge.png", sample_files.huge_png(), "huge.png is too large: 60000 x 60000 pixels."),
        ("gone.png", None, "There is no file"),
    ],
    ids=["fake", "huge", "gone"],
)
def test_a_dropped_file_that_cannot_be_read(open_chat, server, tmp_path, name, data, expected):
    desk = open_chat(server_profile(server.base_url, MODEL))
    if data is not None:
        (tmp_path / name).write_bytes(data)
    desk.drop(tmp_path / name)
    desk.see(expected)
    desk.ask("Then without it.")
    assert desk.answers()[-1].markdown() == "Hello."
    assert expected not in desk.texts()


def test_the_reason_stays_while_the_question_is_typed_and_goes_with_the_file(open_chat, server, tmp_path):
    desk = open_chat(server_profile(server.base_url, MODEL))
    (tmp_path / "fake.png").write_bytes(b"no")
    reason = "fake.png is not a picture"
    desk.drop(tmp_path / "fake.png")
    desk.see(reason)
    desk.window.composer.edit.setPlainText("typing")
    assert reason in desk.texts()
    desk.window.composer.remove_chip(desk.window.composer._chips[0])
    assert reason not in desk.texts()


def test_broken_settings(open_chat, tmp_path):
    path = Paths.below(tmp_path).settings_file
    path.parent.mkdir(parents=True)
    path.write_text("[general\n")
    desk = open_chat(None)
    desk.chat.show_error(desk.settings_problem)
    desk.see(f"{path} cannot be read, line 1")


def test_a_history_that_cannot_be_used(qtbot, open_chat, server, tmp_path):
    Paths.below(tmp_path).history_file.mkdir(parents=True)
    desk = open_chat(server_profile(server.base_url, MODEL))
    desk.see("history.db cannot be written")
    desk.window.composer.edit.setPlainText("Hello?")
    desk.window.composer.submit()
    qtbot.waitUntil(lambda: desk.window.composer.edit.toPlainText() == "Hello?")
    desk.see("history.db cannot be written")
    assert not server.chats


def test_an_answer_whose_writer_was_killed(open_chat, server, tmp_path):
    argv = [sys.executable, "-m", "tests.support.history_child", str(tmp_path), "answer"]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        shown = writer.stdout.read(300).decode(errors="ignore")
        writer.kill()
    desk = open_chat(server_profile(server.base_url, MODEL))
    desk.qtbot.waitUntil(lambda: bool(desk.answers()))
    assert desk.answers()[-1].markdown().startswith(shown)
    desk.see("The answer was interrupted before it was complete.")


def test_a_disk_that_is_full_in_mid_answer(open_chat, server, tmp_path, monkeypatch):
    """The answer goes on, since it is worth more than its copy, and its end says that it is not saved."""

    def refuse(_writer, _thinking, _text):
        raise disk_full(Paths.below(tmp_path).history_file)

    monkeypatch.setattr(AnswerWriter, "append", refuse)
    server.script(answer("All of it."))
    desk = open_chat(server_profile(server.base_url, MODEL))
    desk.ask()
    assert desk.answers()[-1].markdown() == "All of it."
    desk.see("because the disk is full")
