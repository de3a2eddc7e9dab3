"""The reasoning before an answer: one line while it runs, unfolded or not as the user left the last one."""

from __future__ import annotations

from desktop_helper.core.events import Finished, TextDelta, ThinkingDelta
from desktop_helper.ui.answer_view import AnswerView


def thought(*texts: str):
    return [*(ThinkingDelta(text) for text in texts), TextDelta("So."), Finished()]


def toggle(view: AnswerView) -> None:
    view._thinking._header.click()


def test_it_is_folded_until_the_user_opens_one_and_from_then_on_open(qtbot, open_desk):
    desk = open_desk(*[thought("first\n", "second")] * 3)
    first = desk.ask(qtbot)
    assert not first._thinking.unfolded
    toggle(first)
    qtbot.waitUntil(lambda: desk.services.settings.current.window.expand_thinking)
    second = desk.ask(qtbot)
    assert second._thinking.unfolded
    assert "first\nsecond" in second._thinking._view.toPlainText()
    toggle(second)
    qtbot.waitUntil(lambda: not desk.services.settings.current.window.expand_thinking)
    assert not desk.ask(qtbot)._thinking.unfolded


def test_it_is_remembered_by_the_next_start(qtbot, open_desk):
    desk = open_desk(thought("a"), thought("b"))
    toggle(desk.ask(qtbot))
    qtbot.waitUntil(lambda: desk.services.settings.current.window.expand_thinking)
    desk.close()
    again = open_desk(thought("c"))
    assert again.ask(qtbot)._thinking.unfolded


def test_unfolding_by_the_app_changes_no_settings(qtbot, open_desk):
    desk = open_desk(thought("a"))
    view = desk.ask(qtbot)
    view.set_thinking_unfolded(True)
    qtbot.wait(50)
    assert not desk.services.settings.current.window.expand_thinking


def test_how_long_it_took_is_known_after_a_restart(qtbot, open_desk):
    desk = open_desk(thought("a"))
    desk.ask(qtbot)
    history = desk.services.history
    with history._database.write() as connection:
        connection.execute("UPDATE messages SET thinking_s = 73.4 WHERE role = 'assistant'")
    desk.close()
    again = open_desk()
    again.chat.continue_latest()
    qtbot.waitUntil(lambda: bool(again.answers))
    assert again.answers[0]._thinking._header.text() == "Thought for 73 s"
