"""“/” in an empty field opens the quick actions; the keyboard and input methods decide what is chosen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication

from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import ImagePart, Thinking
from tests.support import sample_files
from tests.support.chat_desk import said

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)
ACTIONS = """
[mine]
title = "My own"
prompt = "Mine in {language}."
hotkey = "Ctrl+Alt+M"
[about]
prompt = "Say more of {input}!"
[edit]
prompt = "To be edited."
send = false
[quiet]
prompt = "Quietly."
thinking = "off"
[gone]
prompt = "Elsewhere."
profile = "gone"
[fresh]
prompt = "From the start."
new_chat = true
"""


@pytest.fixture
def desk(qtbot, open_desk):
    made = open_desk(said("Yes."), said("Again."))
    made.paths.actions_file.write_text(ACTIONS, encoding="utf-8")
    made.window.activateWindow()
    made.composer.edit.setFocus()
    qtbot.waitUntil(made.composer.edit.hasFocus)
    return made


def menu(desk):
    return desk.chat._slash


def shown(desk) -> list[str]:
    rows = menu(desk).card.rows
    return [rows.item(row).text() for row in range(rows.count())] if menu(desk).is_open else []


def type_(qtbot, desk, text: str) -> None:
    qtbot.keyClicks(desk.composer.edit, text)


def press(qtbot, desk, key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget() or desk.composer.edit, key, modifiers)


def compose(desk, preedit: str = "", commit: str = "") -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(desk.composer.edit, event)


def asked(desk) -> list[str]:
    return [request.messages[-1].text for request in desk.backend.requests]


def wait_asked(qtbot, desk, *texts: str) -> None:
    qtbot.waitUntil(lambda: asked(desk) == list(texts) and not desk.composer.busy, timeout=5000)


def field_of(desk) -> QRect:
    """In the window, as the list is: the field stands in a column of its own."""
    return QRect(desk.composer.mapTo(desk.window, QPoint()), desk.composer.size())


def test_it_opens_above_the_field_and_filters_while_one_types(qtbot, desk):
    type_(qtbot, desk, "/")
    assert shown(desk)[:3] == ["My own", "about", "edit"]
    assert "Translate" in shown(desk)
    place, field = menu(desk).card.geometry(), field_of(desk)
    assert place.bottom() < field.top()
    assert place.top() > desk.window.header.geometry().bottom()
    desk.window.resize(340, 360)  # as small as it gets
    qtbot.waitUntil(lambda: menu(desk).card.geometry().bottom() < field_of(desk).top())
    assert menu(desk).card.geometry().top() > desk.window.header.geometry().bottom()
    type_(qtbot, desk, "TR")
    assert shown(desk) == ["Translate", "Extract table"]  # what begins so comes first
    press(qtbot, desk, Qt.Key.Key_Backspace)
    press(qtbot, desk, Qt.Key.Key_Backspace)
    press(qtbot, desk, Qt.Key.Key_Backspace)
    assert not menu(desk).is_open


def test_a_slash_elsewhere_and_a_path_are_text(qtbot, desk):
    type_(qtbot, desk, "a/")
    assert not menu(desk).is_open
    desk.composer.edit.replace_text("")
    desk.composer.edit.insertPlainText("/etc/passwd")
    assert not menu(desk).is_open
    desk.composer.edit.replace_text("")
    type_(qtbot, desk, "/etc/passwd?")
    assert not menu(desk).is_open
    press(qtbot, desk, Qt.Key.Key_Return)
    wait_asked(qtbot, desk, "/etc/passwd?")


def test_esc_closes_it_and_leaves_the_text_and_the_window(qtbot, desk):
    type_(qtbot, desk, "/tr")
    press(qtbot, desk, Qt.Key.Key_Escape)
    assert not menu(desk).is_open
    assert desk.window.isVisible()
    assert desk.composer.edit.toPlainText() == "/tr"
    type_(qtbot, desk, "a")
    assert not menu(desk).is_open


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_arrows_and_enter_or_tab_choose(qtbot, desk, key):
    type_(qtbot, desk, "/")
    assert menu(desk).card.current.name == "mine"
    press(qtbot, desk, Qt.Key.Key_Up)
    assert menu(desk).card.current.name == "changed"
    press(qtbot, desk, Qt.Key.Key_Down)
    assert menu(desk).card.current.name == "mine"
    assert desk.composer.edit.accessibleDescription() == "My own. Ctrl+Alt+M"
    press(qtbot, desk, key)
    wait_asked(qtbot, desk, "Mine in English.")
    assert desk.composer.edit.toPlainText() == ""
    assert desk.composer.edit.accessibleDescription() == ""


def test_the_mouse_chooses_too(qtbot, desk):
    type_(qtbot, desk, "/my")
    rows = menu(desk).card.rows
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(0)).center())
    wait_asked(qtbot, desk, "Mine in English.")


def test_what_follows_the_name_is_what_it_is_about(qtbot, desk):
    type_(qtbot, desk, "/about red cats")
    assert shown(desk) == ["about"]
    press(qtbot, desk, Qt.Key.Key_Return)
    wait_asked(qtbot, desk, "Say more of red cats!")


def test_the_beginning_of_a_name_is_enough_where_nothing_else_begins_so(qtbot, desk):
    type_(qtbot, desk, "/ab red cats")
    assert shown(desk) == ["about"]
    desk.composer.edit.replace_text("")
    type_(qtbot, desk, "/e red cats")  # edit, explain, Extract table
    assert not menu(desk).is_open


def test_attachments_are_what_it_is_about(qtbot, desk):
    desk.composer.add_chip("a.png").set_ready((PICTURE,))
    type_(qtbot, desk, "/explain")
    press(qtbot, desk, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(asked(desk)) == 1 and not desk.composer.busy)
    assert desk.backend.requests[0].messages[-1].media == (PICTURE,)
    assert asked(desk)[0].startswith("Explain this clearly in English")


def test_with_text_in_the_field_the_list_has_a_field_of_its_own(qtbot, desk):
    type_(qtbot, desk, "red cats")
    press(qtbot, desk, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert menu(desk).card.filter.hasFocus()
    qtbot.keyClicks(menu(desk).card.filter, "abo")
    assert shown(desk) == ["about"]
    press(qtbot, desk, Qt.Key.Key_Return)
    assert desk.composer.edit.hasFocus()
    wait_asked(qtbot, desk, "Say more of red cats!")


def test_the_list_with_its_own_field_closes_with_esc_and_gives_the_keyboard_back(qtbot, desk):
    type_(qtbot, desk, "red cats")
    desk.composer.actions_requested.emit()
    qtbot.keyClicks(menu(desk).card.filter, "nothing like it")
    assert menu(desk).is_open
    press(qtbot, desk, Qt.Key.Key_Return)
    assert menu(desk).is_open
    press(qtbot, desk, Qt.Key.Key_Escape)
    assert not menu(desk).is_open
    assert desk.composer.edit.hasFocus()
    assert desk.composer.edit.toPlainText() == "red cats"


def test_the_button_opens_and_closes_it(qtbot, desk):
    desk.composer.actions_requested.emit()
    assert menu(desk).is_open
    assert desk.composer.edit.toPlainText() == "/"
    desk.composer.actions_requested.emit()
    assert not menu(desk).is_open


def test_it_closes_when_the_keyboard_goes_elsewhere(qtbot, desk):
    type_(qtbot, desk, "/")
    desk.composer._send.setFocus()
    assert not menu(desk).is_open


def test_one_that_is_not_to_be_sent_waits_in_the_field_and_can_be_undone(qtbot, desk):
    type_(qtbot, desk, "/edit my words")
    press(qtbot, desk, Qt.Key.Key_Return)
    assert desk.composer.edit.toPlainText() == "To be edited.\n\nmy words"
    assert not asked(desk)
    press(qtbot, desk, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.composer.edit.toPlainText() == "my words"


def test_one_that_needs_a_text_waits_for_it(qtbot, desk):
    type_(qtbot, desk, "/about")
    press(qtbot, desk, Qt.Key.Key_Return)
    assert desk.composer.edit.toPlainText() == "Say more of !"
    assert desk.composer._notice.text() == "“about” needs a text: type or paste it."
    assert not asked(desk)


def test_one_that_compares_waits_for_its_second_picture(qtbot, desk):
    desk.composer.add_chip("a.png").set_ready((PICTURE,))
    type_(qtbot, desk, "/changed")
    press(qtbot, desk, Qt.Key.Key_Return)
    assert desk.composer._notice.text() == "“What changed” needs 2 pictures: attach them, then send."
    desk.composer.add_chip("b.png").set_ready((PICTURE,))
    press(qtbot, desk, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(asked(desk)) == 1 and not desk.composer.busy)
    assert desk.backend.requests[0].messages[-1].media == (PICTURE, PICTURE)


def test_thinking_is_for_this_question_only(qtbot, desk):
    type_(qtbot, desk, "/quiet")
    press(qtbot, desk, Qt.Key.Key_Return)
    wait_asked(qtbot, desk, "Quietly.")
    type_(qtbot, desk, "Louder?")
    press(qtbot, desk, Qt.Key.Key_Return)
    wait_asked(qtbot, desk, "Quietly.", "Louder?")
    assert [request.sampling.thinking for request in desk.backend.requests] == [Thinking.OFF, Thinking.AUTO]


def test_a_profile_that_is_not_there_is_said_and_nobody_else_is_asked(qtbot, desk):
    type_(qtbot, desk, "/gone")
    press(qtbot, desk, Qt.Key.Key_Return)
    assert "“gone”" in desk.composer._notice.text()
    assert desk.composer.edit.toPlainText() == "Elsewhere."
    assert desk.composer.manner.text == "This question goes to “gone”"
    press(qtbot, desk, Qt.Key.Key_Return)  # still the same question, so still for the same model
    assert "“gone”" in desk.composer._notice.text()
    assert not asked(desk)
    desk.composer.manner.close_button.click()
    assert not desk.composer.manner.isVisible()
    press(qtbot, desk, Qt.Key.Key_Return)
    wait_asked(qtbot, desk, "Elsewhere.")


def test_how_a_question_is_answered_is_forgotten_with_it(qtbot, desk):
    desk.paths.actions_file.write_text('[a]\nprompt = "A."\nthinking = "off"\nsend = false\n', encoding="utf-8")
    type_(qtbot, desk, "/a")
    press(qtbot, desk, Qt.Key.Key_Return)
    assert desk.composer.manner.text == "answered without thinking"
    desk.composer.edit.replace_text("")
    assert not desk.composer.manner.isVisible()
    type_(qtbot, desk, "Something else?")
    press(qtbot, desk, Qt.Key.Key_Return)
    wait_asked(qtbot, desk, "Something else?")
    assert desk.backend.requests[0].sampling.thinking is Thinking.AUTO


def test_a_new_chat_begins_with_it(qtbot, desk):
    desk.ask(qtbot, "Before?")
    type_(qtbot, desk, "/fresh")
    press(qtbot, desk, Qt.Key.Key_Return)
    wait_asked(qtbot, desk, "Before?", "From the start.")
    assert len(desk.backend.requests[-1].messages) == 1


def test_a_mistake_in_the_file_is_said_below_the_list(qtbot, desk):
    desk.paths.actions_file.write_text("[a]\nprompt = 3\n[b]\nprompt = 4\n", encoding="utf-8")
    type_(qtbot, desk, "/")
    assert menu(desk).card._note.text() == "actions.toml, line 2: prompt must be a text. And 1 more."
    assert shown(desk)[0] == "Explain"


# Input methods: what is being composed is not typed yet.


def test_a_slash_that_is_being_composed_opens_nothing(qtbot, desk):
    compose(desk, preedit="/")
    assert not menu(desk).is_open
    compose(desk, preedit="")
    assert not menu(desk).is_open


@pytest.mark.parametrize("slash", ["/", "、", "／"])
def test_a_slash_that_an_input_method_commits_opens_it(qtbot, desk, slash):
    compose(desk, commit=slash)
    assert menu(desk).is_open


def test_a_chinese_name_is_found_when_it_is_committed(qtbot, desk):
    set_language("zh_CN")
    compose(desk, commit="、")
    compose(desk, preedit="fan yi")
    assert len(shown(desk)) > 6
    press(qtbot, desk, Qt.Key.Key_Return)  # belongs to the input method
    assert menu(desk).is_open
    assert not asked(desk)
    desk.composer.edit.replace_text("、")
    compose(desk, commit="翻译")
    assert shown(desk) == ["翻译"]


def test_arrows_belong_to_the_input_method_while_it_composes(qtbot, desk):
    type_(qtbot, desk, "/")
    compose(desk, preedit="ni")
    press(qtbot, desk, Qt.Key.Key_Down)
    assert menu(desk).card.current.name == "mine"
