"""Settings: servers of this computer are found on request, one press lets one answer, and a test says what works."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from desktop_helper.backends.openai_compatible import BACKEND
from desktop_helper.core.known_servers import KnownServers
from desktop_helper.services.settings import ProfileSettings
from tests.support.found_servers import Impostor, answers_of
from tests.support.glm_server import MODEL, GlmServer, answer, error
from tests.support.settings_desk import choose

SERVERS = ("vllm", "sglang", "llama-server", "ollama", "lmstudio")


@pytest.fixture
def expected_at(desk):
    """Says where a server is expected; all others are at port 9, where nobody listens."""
    folder = desk.services.paths.config_dir / "providers"
    folder.mkdir(parents=True, exist_ok=True)

    def at(**places: str) -> None:
        for name in SERVERS:
            url = places.get(name, "http://127.0.0.1:9/v1")
            (folder / f"{name}.toml").write_text(
                f'title = "{name.title()}"\nbase_url = "{url}"\n'
                'recognise = { path = "/api/version", key = "version", sight = "ollama" }\n'
                if name == "ollama"
                else f'title = "{name.title()}"\nbase_url = "{url}"\n'
            )

    at()
    return at


def look(window, qtbot):
    finder = window.model.finder
    finder.button.click()
    assert finder.button.text() == "Stop"
    qtbot.waitUntil(lambda: finder.button.text() != "Stop", timeout=10_000)
    return finder


def texts(row) -> str:
    return " ".join(label.text() for label in row.findChildren(QLabel))


def test_one_press_lets_a_found_server_answer(open_settings, desk, expected_at, qtbot):
    with Impostor(answers_of("ollama")) as server:
        expected_at(ollama=server.base_url)
        window = open_settings()
        assert server.asked == [], "nobody has asked for it"
        finder = look(window, qtbot)
        assert finder.status.text == "A model server runs on this computer."
        (row,) = finder.rows
        assert "glm-4.6v-flash:latest, unheard-of, llama3:8b" in texts(row)
        assert "sees pictures" in texts(row)
        row.buttons[0].click()
    page = window.model
    assert page.provider.currentData() == "ollama"
    assert page._pill.text() == "On this machine"
    assert [page.model.itemData(index) for index in range(page.model.count())] == [
        "glm-4.6v-flash:latest",
        "unheard-of",
        "llama3:8b",
    ]
    assert "Press Save" in window.message.text
    window.save_button.click()
    settings = desk.saved()
    assert settings.active_profile == "ollama"
    assert settings.profiles["ollama"] == ProfileSettings("ollama", "glm-4.6v-flash:latest")


def test_what_was_found_is_in_sight_and_one_tab_away(open_settings, expected_at, qtbot):
    with Impostor(answers_of("ollama")) as server:
        expected_at(ollama=server.base_url)
        window = open_settings()
        window.resize(window.width(), window.minimumHeight())
        page = window.model
        page.finder.button.setFocus()
        (row,) = look(window, qtbot).rows

        def bottom() -> int:
            return row.mapTo(page.viewport(), QPoint(0, row.height())).y()

        qtbot.waitUntil(lambda: 0 < bottom() <= page.viewport().height())
        qtbot.keyClick(page.finder.button, Qt.Key.Key_Tab)
        assert window.focusWidget() is row.buttons[0]


def test_without_any_it_says_what_to_do(open_settings, expected_at, qtbot):
    finder = look(open_settings(), qtbot)
    assert finder.rows == []
    assert "No model server runs on this machine" in finder.status.text
    assert "Your own server" in finder.status.text


def test_looking_again_begins_anew(open_settings, expected_at, qtbot):
    with Impostor(answers_of("ollama")) as server:
        expected_at(ollama=server.base_url)
        window = open_settings()
        look(window, qtbot)
    finder = look(window, qtbot)
    assert finder.rows == []


def test_it_can_be_stopped(open_settings, expected_at, qtbot):
    with Impostor(answers_of("ollama"), wait_s=0.6) as server:
        expected_at(ollama=server.base_url)
        finder = open_settings().model.finder
        finder.button.click()
        qtbot.waitUntil(lambda: bool(server.asked), timeout=5000)
        finder.button.click()
        assert finder.button.text() == "Find servers on this computer"
        assert finder.status.text == ""


@pytest.fixture
def tried(open_settings, desk, qtbot):
    """The window with a real backend, after a test of a server that says what the script says."""
    desk.services.plugs = replace(desk.services.plugs, backend=lambda _name: BACKEND)

    def run(*script):
        with GlmServer() as server:
            server.models = [MODEL, "another"]
            server.script(*script)
            window = open_settings()
            choose(window.model.provider, "custom")
            qtbot.keyClicks(window.model.url, server.base_url)
            window.model.test.button.click()
            qtbot.waitUntil(lambda: window.model.test.button.text() != "Stop", timeout=20_000)
            return window, server.base_url

    return run


def test_a_test_says_what_works_and_offers_the_models(tried, desk):
    window, base_url = tried(answer("ready", thinking="Hm."), answer("Red."), error(400, "400", "tools: not here"))
    page = window.model
    assert "answers (" in page.test.status.text
    assert "It sees pictures." in page.test.status.text
    assert "It takes no tools." in page.test.status.text
    assert [page.model.itemData(index) for index in range(page.model.count())] == [MODEL, "another"]
    assert KnownServers(desk.services.paths.servers_dir).get(base_url, "").abilities is not None


def test_what_was_found_out_stands_there_the_next_time(tried, open_settings, qtbot):
    window, base_url = tried(answer("ready"))
    window.close()
    again = open_settings()
    choose(again.model.provider, "custom")
    assert again.model.test.status.text == ""
    qtbot.keyClicks(again.model.url, base_url)
    assert again.model.test.status.text.startswith("Tested on ")
    assert "It takes pictures." in again.model.test.status.text
    qtbot.keyClicks(again.model.url, "x")
    assert again.model.test.status.text == "", "it is not about this address"
