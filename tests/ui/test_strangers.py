"""Somebody who has just installed it, in a network and with a key that do not work: one card says what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop_helper.backends.openai_compatible import _backend
from desktop_helper.core.i18n import set_language
from desktop_helper.core.scenarios.reading import scenario
from desktop_helper.services.scenario_server import ScenarioServer
from desktop_helper.ui.outcome import OutcomeCard
from desktop_helper.ui.theme import Theme
from tests.support.app import write_settings
from tests.support.scenario_run import KEY, KEY_VARIABLE, profile_for
from tests.support.secrecy import places_with
from tests.ui.test_chat_errors import TIMEOUT_MS, Desk

SAID = {
    "key-quoted": ("does not accept the API key", "不接受该 API 密钥"),
    "unknown-name": ("The name no-such-host.invalid was not found.", "找不到名称 no-such-host.invalid。"),
    "proxy-refuses": ("did not let the connection to no-such-host.invalid through (403).", "没有放行到"),
    "html": ("a web page answers, and no model server.", "返回的是网页"),
    "code.1211": ("has no model “glm-4.6v-flash”", "没有模型“glm-4.6v-flash”"),
    "unknown-ca": ("is not trusted (it vouches for itself).", "的证书不受信任（它是自签名的）。"),
}


@contextmanager
def asked(
    fault: str, home: Path, qtbot, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A chat that has asked its first question of the server that plays this."""
    monkeypatch.setattr(_backend, "RETRY_DELAYS_S", (0.01, 0.01, 0.01))
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    Theme.current("light")
    with ScenarioServer(scenario(f"zai/{fault}")) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        write_settings(home, profile_for(server.scenario, server.base_url))
        desk = Desk(home, qtbot, request.node.name)
        try:
            desk.ask()
            yield desk
        finally:
            desk.close()


@pytest.fixture
def speak() -> Iterator[Callable[[str], None]]:
    yield set_language
    set_language("en")


@pytest.mark.parametrize(
    ("fault", "language"), [*((fault, "en") for fault in SAID), ("unknown-ca", "zh_CN"), ("code.1211", "zh_CN")]
)
def test_one_card_says_what_why_and_what_to_do(qtbot, tmp_path, request, monkeypatch, speak, fault, language) -> None:
    speak(language)
    with asked(fault, tmp_path, qtbot, request, monkeypatch) as desk:
        expected = SAID[fault][language == "zh_CN"]
        desk.see(expected)
        (card,) = desk.window.findChildren(OutcomeCard)
        assert expected in card.accessibleName()
        assert card.accessibleDescription(), "what to do"
        said = card.accessibleName() + card.accessibleDescription()
        assert not {"Traceback", "Errno", "ssl.", "--", "None"} & set(said.split())
        assert "--" not in said, "options are for the command line"
        buttons = [one.text() for one in card.findChildren(QPushButton)]
        assert buttons == (["Try again", "Open settings"] if language == "en" else ["重试", "打开设置"])


def told_by(widget: QWidget) -> str:
    """All that a window says, also to who hovers and to who listens."""
    texts = [widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
    return "\n".join([*texts, widget.text() if isinstance(widget, QLabel) else ""])


@pytest.mark.parametrize("fault", ["key-quoted", "key-in-stream", "key-in-answer"])
def test_a_key_that_the_server_writes_back_is_nowhere(
    qtbot, tmp_path, request, monkeypatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    for name in (None, "openai", "httpx2", "httpcore2", "desktop_helper"):
        caplog.set_level(logging.DEBUG, logger=name)
    with asked(fault, tmp_path, qtbot, request, monkeypatch) as desk:
        answer = desk.answers()[-1]
        qtbot.waitUntil(lambda: "[key]" in answer.markdown() + desk.texts(), timeout=TIMEOUT_MS)
        said = "\n".join(map(told_by, (desk.window, *desk.window.findChildren(QWidget))))
        assert places_with(KEY, tmp_path, {"window": said, "answer": answer.markdown()}) == []
    assert places_with(KEY, tmp_path, {"log": caplog.text}) == []
