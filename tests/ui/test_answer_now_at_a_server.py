"""“Answer now” works at servers, too: the thinking stays, and the answer comes without more of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.theme import Theme
from tests.support.app import server_profile, write_settings
from tests.support.glm_server import HANG, MODEL, GlmServer, Reply, answer, chunk
from tests.ui.test_chat_errors import TIMEOUT_MS, Desk


@pytest.fixture
def server():
    with GlmServer(Reply((chunk({"reasoning_content": "Let me wonder."}), HANG)), answer("It is 42.")) as running:
        yield running


def ask(qtbot, desk: Desk) -> AnswerView:
    """Ask, and wait until it thinks."""
    desk.window.composer.edit.setPlainText("What is it?")
    desk.window.composer.submit()
    qtbot.waitUntil(lambda: bool(desk.answers()) and bool(desk.answers()[-1].thinking()), timeout=TIMEOUT_MS)
    return desk.answers()[-1]


def now(view: AnswerView) -> QPushButton:
    return next(button for button in view.findChildren(QPushButton) if button.text() == "Answer now")


def test_it_answers(qtbot, server, tmp_path: Path) -> None:
    Theme.current("light")
    write_settings(tmp_path, server_profile(server.base_url, MODEL))
    desk = Desk(tmp_path, qtbot, "now")
    try:
        view = ask(qtbot, desk)
        qtbot.waitUntil(lambda: now(view).isVisibleTo(view), timeout=TIMEOUT_MS)
        now(view).click()
        qtbot.waitUntil(lambda: view.finished, timeout=TIMEOUT_MS)
        assert (view.thinking(), view.markdown()) == ("Let me wonder.", "It is 42.")
        assert server.chats[1].body["chat_template_kwargs"] == {"enable_thinking": False}
    finally:
        desk.close()


def test_it_is_not_offered_where_a_server_cannot(qtbot, server, tmp_path: Path) -> None:
    Theme.current("light")
    write_settings(tmp_path, server_profile(server.base_url, MODEL) | {"provider": "lmstudio"})
    desk = Desk(tmp_path, qtbot, "now")
    try:
        view = ask(qtbot, desk)
        assert not now(view).isVisibleTo(view)
    finally:
        desk.close()
