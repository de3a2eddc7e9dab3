"""An answer that broke off keeps its words, says so, and offers to go on or to try again; with a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from desktop_helper.core.i18n import set_language
from desktop_helper.services.history_records import STATUS_INTERRUPTED
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.theme import Theme
from tests.support.app import server_profile, write_settings
from tests.support.glm_server import CUT, MODEL, GlmServer, Reply, answer, chunk
from tests.ui.test_chat_errors import TIMEOUT_MS, Desk

BROKEN = Reply((chunk({"content": "One, two"}), CUT))
GO_ON = "Go on exactly where you stopped, without repeating anything."


@pytest.fixture
def server():
    with GlmServer() as running:
        yield running


@pytest.fixture
def desk(qtbot, server, tmp_path: Path, request):
    Theme.current("light")
    write_settings(tmp_path, server_profile(server.base_url, MODEL))
    desk = Desk(tmp_path, qtbot, request.node.name)
    yield desk
    desk.close()


def buttons(view: AnswerView) -> dict[str, QPushButton]:
    return {button.text(): button for button in view.findChildren(QPushButton) if button.isVisibleTo(view)}


def press(desk: Desk, view: AnswerView, name: str) -> None:
    """New widgets are shown a moment after they are made."""
    desk.qtbot.waitUntil(lambda: name in buttons(view), timeout=TIMEOUT_MS)
    buttons(view)[name].click()


def asked(server: GlmServer) -> list[str]:
    return [message["content"] for message in server.chats[-1].body["messages"]]


@pytest.mark.parametrize(
    "reply",
    [BROKEN, answer("One, two", finish=None), answer("One, two", finish="length")],
    ids=["reset", "no finish reason", "length"],
)
def test_it_goes_on(desk, server, reply):
    server.script(reply, answer(", three."))
    desk.ask("Count.")
    broken = desk.answers()[-1]
    assert broken.markdown() == "One, two"
    press(desk, broken, "Continue")
    desk.qtbot.waitUntil(lambda: desk.answers()[-1].markdown() == ", three.", timeout=TIMEOUT_MS)
    assert asked(server) == ["Count.", "One, two", GO_ON]
    assert broken.markdown() == "One, two"


def test_it_is_tried_again(desk, server):
    server.script(BROKEN, answer("One, two, three."))
    desk.ask("Count.")
    press(desk, desk.answers()[-1], "Try again")
    desk.qtbot.waitUntil(lambda: desk.answers()[-1].markdown() == "One, two, three.", timeout=TIMEOUT_MS)
    assert asked(server) == ["Count."]
    assert len(desk.answers()) == 1


def test_going_on_from_an_older_answer_leaves_what_followed_it(desk, server):
    server.script(BROKEN, answer("Other."), answer(", three."))
    desk.ask("Count.")
    desk.ask("Something else.")
    press(desk, desk.answers()[0], "Continue")
    desk.qtbot.waitUntil(lambda: desk.answers()[-1].markdown() == ", three.", timeout=TIMEOUT_MS)
    assert asked(server) == ["Count.", "One, two", GO_ON]
    assert len(desk.answers()) == 2


def test_it_is_marked_in_the_history_and_goes_on_after_a_restart(desk, server, tmp_path, qtbot):
    server.script(BROKEN, answer(", three."))
    desk.ask("Count.")
    stored = desk.services.history.messages(1)[-1]
    assert stored.status == STATUS_INTERRUPTED
    assert "broke off" in stored.error
    again = Desk(tmp_path, qtbot, "again")
    try:
        qtbot.waitUntil(lambda: bool(again.answers()), timeout=TIMEOUT_MS)
        press(again, again.answers()[-1], "Continue")
        qtbot.waitUntil(lambda: again.answers()[-1].markdown() == ", three.", timeout=TIMEOUT_MS)
        assert asked(server) == ["Count.", "One, two", GO_ON]
    finally:
        again.close()


@pytest.mark.parametrize("finish", ["sensitive", "model_context_window_exceeded"])
def test_it_is_not_offered_where_it_would_end_in_the_same_way(desk, server, finish):
    server.script(answer("One, two", finish=finish))
    desk.ask("Count.")
    desk.see("new chat" if finish.startswith("model") else "Ask in another way")
    assert "Continue" not in buttons(desk.answers()[-1])


def test_a_whole_answer_offers_nothing(desk, server):
    server.script(answer("One."))
    desk.ask("Count.")
    desk.qtbot.wait(50)
    assert buttons(desk.answers()[-1]) == {}


def test_thinking_that_left_no_room_is_told_and_can_be_left_out(desk, server):
    server.script(answer("", thinking="Hm, I wonder.", finish="length"), answer("One."))
    desk.ask("Count.")
    desk.see("The thinking reached the length limit before an answer began.")
    assert set(buttons(desk.answers()[-1])) == {"Answer without thinking", "Try again"}
    press(desk, desk.answers()[-1], "Answer without thinking")
    desk.qtbot.waitUntil(lambda: desk.answers()[-1].markdown() == "One.", timeout=TIMEOUT_MS)
    assert asked(server) == ["Count."]
    assert server.chats[-1].body["chat_template_kwargs"] == {"enable_thinking": False}


def test_in_chinese(desk, server):
    set_language("zh_CN")
    server.script(BROKEN)
    desk.ask("数数")
    desk.qtbot.waitUntil(lambda: {"继续", "重试"} <= set(buttons(desk.answers()[-1])), timeout=TIMEOUT_MS)
