"""What can be done with single messages, with the keys and buttons that a user has."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import TextDelta, ThinkingDelta
from desktop_helper.core.messages import ImagePart
from desktop_helper.ui.user_message_view import UserMessageView
from tests.support import sample_files
from tests.support.chat_desk import SETTINGS, ChatDesk, said
from tests.support.kept_drafts import newest_draft

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)
TWO_MODELS = SETTINGS + '[profiles.other]\nprovider = "custom"\nmodel = "other"\nbase_url = "http://127.0.0.1:9/v1"\n'
CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def two(qtbot, open_desk):
    """Two questions with their answers, and the scripts of more."""

    def begin(*more) -> ChatDesk:
        desk = open_desk(said("One."), said("Two."), *more)
        desk.window.resize(460, 640)
        activate(qtbot, desk)
        for text in ("First?", "Second?"):
            desk.ask(qtbot, text)
        return desk

    return begin


def activate(qtbot, desk: ChatDesk) -> None:
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)


def page(desk: ChatDesk) -> list[str]:
    return [
        view.message.text if isinstance(view, UserMessageView) else view.markdown()
        for view in desk.window.messages.messages()
    ]


def stored(desk: ChatDesk) -> list[str]:
    return [one.message.text for one in desk.stored()]


def focus(qtbot, view):
    view.text_view.setFocus()
    qtbot.waitUntil(view._more.isVisible)
    return view.text_view


def shows(qtbot, desk: ChatDesk, *texts: str) -> None:
    qtbot.waitUntil(lambda: page(desk) == list(texts))
    assert stored(desk) == list(texts)


def counted(view) -> str:
    return view.versions._count.text() if view.versions.isVisibleTo(view) else ""


@pytest.fixture(autouse=True)
def popped_up(monkeypatch) -> list[QMenu]:
    """Menus, which this platform cannot show."""
    found: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _at: found.append(menu))
    return found


@pytest.fixture
def menu_of(popped_up):
    def press(view) -> QMenu:
        view._more.click()
        return popped_up[-1]

    return press


def choose(menu: QMenu, label: str) -> None:
    action = next(action for action in menu.actions() if action.text() == label)
    action.trigger()


def labels(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


def test_an_answer_is_given_again_and_the_first_stays_as_a_version(qtbot, two):
    desk = two(said("Two again."))
    with qtbot.waitSignal(desk.chat.answered):
        qtbot.keyClick(desk.composer.edit, Qt.Key.Key_R, CTRL)
    shows(qtbot, desk, "First?", "One.", "Second?", "Two again.")
    qtbot.waitUntil(lambda: counted(desk.answers[-1]) == "2 / 2")
    text = focus(qtbot, desk.answers[-1])
    qtbot.keyClick(text, Qt.Key.Key_Left, ALT)
    shows(qtbot, desk, "First?", "One.", "Second?", "Two.")
    assert counted(desk.answers[-1]) == "1 / 2"
    focus(qtbot, desk.answers[-1])
    qtbot.mouseClick(desk.answers[-1].versions.forward, Qt.MouseButton.LeftButton)
    shows(qtbot, desk, "First?", "One.", "Second?", "Two again.")


def test_the_keyboard_can_go_on_through_the_versions(qtbot, two):
    desk = two(said("Two again."), said("Two once more."))
    for _ in range(2):
        with qtbot.waitSignal(desk.chat.answered):
            desk.answers[-1].retry_requested.emit()
    qtbot.waitUntil(lambda: counted(desk.answers[-1]) == "3 / 3")
    desk.answers[-1].versions.back.setFocus()
    for expected in ("Two again.", "Two."):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
        qtbot.waitUntil(lambda expected=expected: page(desk)[-1] == expected)
        qtbot.waitUntil(desk.answers[-1].has_focus)
    assert QApplication.focusWidget() is desk.answers[-1].versions.forward  # at the end it turns round


def test_an_older_answer_given_again_shows_its_own_branch(qtbot, two):
    desk = two(said("One again."))
    with qtbot.waitSignal(desk.chat.answered):
        desk.answers[0]._again.click()
    shows(qtbot, desk, "First?", "One again.")
    assert [message.text for message in desk.backend.requests[-1].messages] == ["First?"]
    qtbot.waitUntil(lambda: counted(desk.answers[0]) == "2 / 2")
    desk.answers[0].versions.back.click()
    shows(qtbot, desk, "First?", "One.", "Second?", "Two.")


def test_another_model_answers_once(qtbot, open_desk, tmp_path, menu_of):
    (tmp_path / "home" / "config").mkdir(parents=True)
    desk = open_desk(said("Mine."), said("The other's."))
    desk.paths.settings_file.write_text(TWO_MODELS, encoding="utf-8")
    desk.services.settings.load_or_defaults()
    desk.chat.models.refresh()
    desk.ask(qtbot)
    menu = menu_of(desk.answers[-1])
    others = next(action.menu() for action in menu.actions() if action.menu())
    with qtbot.waitSignal(desk.chat.answered):
        choose(others, "other · Your own server")
    assert page(desk) == ["Why?", "The other's."]
    assert [one.model for one in desk.stored()] == ["", "other"]
    assert desk.services.settings.current.active_profile == "mine"


def test_an_edited_question_makes_a_branch_and_the_draft_comes_back(qtbot, two):
    desk = two(said("Other."))
    desk.composer.edit.setPlainText("A draft")
    focus(qtbot, desk.window.messages.messages()[0])
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F2)
    assert desk.composer.edit.toPlainText() == "First?"
    assert desk.window.editing.isVisible()
    with qtbot.waitSignal(desk.chat.answered):
        desk.composer.edit.setPlainText("First, edited?")
        qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Return)
    shows(qtbot, desk, "First, edited?", "Other.")
    assert [message.text for message in desk.backend.requests[-1].messages] == ["First, edited?"]
    assert desk.composer.edit.toPlainText() == "A draft"
    assert not desk.window.editing.isVisible()
    question = desk.window.messages.messages()[0]
    qtbot.waitUntil(lambda: counted(question) == "2 / 2")
    qtbot.keyClick(focus(qtbot, question), Qt.Key.Key_Left, ALT)
    shows(qtbot, desk, "First?", "One.", "Second?", "Two.")


def test_escape_leaves_editing_before_anything_else(qtbot, two):
    desk = two()
    desk.composer.edit.setPlainText("A draft")
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_F2)
    assert desk.composer.edit.toPlainText() == "Second?"
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Escape)
    assert desk.window.isVisible()
    assert not desk.window.editing.isVisible()
    assert desk.composer.edit.toPlainText() == "A draft"
    shows(qtbot, desk, "First?", "One.", "Second?", "Two.")


def test_a_question_from_the_history_is_edited_with_its_pictures(qtbot, open_desk):
    first = open_desk(said("One."))
    first.composer.add_chip("a.png").set_ready((PICTURE,))
    first.ask(qtbot, "What?")
    first.close()
    desk = open_desk(said("Two."))
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: page(desk) == ["What?", "One."])
    activate(qtbot, desk)
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: desk.composer.media == (PICTURE,))
    desk.ask(qtbot, "What else?")
    assert desk.backend.requests[-1].messages[0].media == (PICTURE,)
    shows(qtbot, desk, "What else?", "Two.")


def test_an_edited_question_that_cannot_be_saved_leaves_the_first(qtbot, two, monkeypatch):
    desk = two()

    def refuse(*_args):
        raise HelperError(ErrorKind.STORAGE, "The disk is full.", "Free some space.")

    monkeypatch.setattr(desk.services.history, "add_message", refuse)
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_F2)
    desk.ask(qtbot, "Edited?")
    assert desk.composer.edit.toPlainText() == "Edited?"
    shows(qtbot, desk, "First?", "One.", "Second?", "Two.")


def test_delete_takes_what_follows_and_can_be_undone(qtbot, two):
    desk = two(said("Third."))
    text = focus(qtbot, desk.window.messages.messages()[1])
    qtbot.keyClick(text, Qt.Key.Key_Delete)
    shows(qtbot, desk, "First?")
    assert desk.window.undo.isVisible()
    assert desk.window.messages.hasFocus()
    qtbot.keyClick(desk.window.messages, Qt.Key.Key_Z, CTRL)
    shows(qtbot, desk, "First?", "One.", "Second?", "Two.")
    assert not desk.window.undo.isVisible()
    desk.ask(qtbot, "Third?")
    assert stored(desk)[-2:] == ["Third?", "Third."]


def test_deleting_everything_and_undoing_it(qtbot, two, menu_of):
    desk = two()
    choose(menu_of(desk.window.messages.messages()[0]), "Delete, with what follows")
    qtbot.waitUntil(desk.window.welcome.isVisible)
    assert stored(desk) == []
    desk.window.undo.button.click()
    shows(qtbot, desk, "First?", "One.", "Second?", "Two.")
    assert desk.window.messages.isVisible()


def test_what_is_not_undone_is_really_deleted(qtbot, two):
    desk = two()
    desk.answers[0].delete_requested.emit()
    qtbot.waitUntil(desk.window.undo.isVisible)
    desk.chat.new()
    assert not desk.window.undo.isVisible()

    def gone() -> bool:
        with desk.services.history._database.read() as connection:
            return connection.execute("SELECT count(*) FROM messages").fetchone() == (1,)

    qtbot.waitUntil(gone)


def test_a_question_goes_with_the_answer_that_is_being_given(qtbot, open_desk):
    go_on = threading.Event()
    desk = open_desk(said("One."), [TextDelta("Tw"), lambda: go_on.wait(5), *said("o.")])
    activate(qtbot, desk)
    desk.ask(qtbot, "First?")
    desk.composer.edit.setPlainText("Second?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: desk.answers[-1].markdown() == "Tw")
    running = desk.answers[-1]
    running.text_view.setFocus()
    qtbot.keyClick(running.text_view, Qt.Key.Key_Delete)  # not offered, and nothing happens
    qtbot.keyClick(running.text_view, Qt.Key.Key_R, CTRL)
    assert not running._more.isVisible()
    assert page(desk)[-1] == "Tw"
    qtbot.keyClick(focus(qtbot, desk.window.messages.messages()[2]), Qt.Key.Key_Delete)
    go_on.set()
    shows(qtbot, desk, "First?", "One.")
    assert not desk.composer.busy


def test_a_marked_passage_is_quoted_above_the_question(qtbot, open_desk):
    desk = open_desk(said("Alpha **beta**.\n\n- gamma\n- delta"))
    activate(qtbot, desk)
    desk.ask(qtbot)
    desk.composer.edit.setPlainText("Hm.")
    text = focus(qtbot, desk.answers[0])
    text.selectAll()
    qtbot.keyClick(text, Qt.Key.Key_Q, CTRL | SHIFT)
    lines = desk.composer.edit.toPlainText().splitlines()
    assert lines[:3] == ["Hm.", "", "> Alpha beta."]
    assert all(line.startswith(">") for line in lines[2:] if line)
    assert desk.composer.edit.hasFocus()
    assert desk.composer.edit.textCursor().atEnd()


def test_the_menu_of_the_text_has_the_quotation_and_the_rest(qtbot, two, popped_up):
    desk = two()
    text = focus(qtbot, desk.answers[0])
    text.selectAll()
    at = text.viewport().rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, text.viewport().mapToGlobal(at))
    QApplication.sendEvent(text.viewport(), event)
    (menu,) = popped_up
    assert labels(menu)[:2] == ["Copy what is marked", "Quote in the question"]
    assert "Delete, with what follows" in labels(menu)
    choose(menu, "Quote in the question")
    assert desk.composer.edit.toPlainText() == "> One.\n\n"


def test_each_way_to_copy_and_thinking_only_when_asked(qtbot, open_desk, menu_of):
    desk = open_desk([ThinkingDelta("Hm.\nWell."), *said("**Bold** `code`")])
    activate(qtbot, desk)
    view = desk.ask(qtbot)
    clipboard = QApplication.clipboard()
    for label, text, html in (
        ("Copy the answer", "**Bold** `code`", True),
        ("Copy as Markdown", "**Bold** `code`", False),
        ("Copy as plain text", "Bold code", False),
        ("Copy with the thinking", "> Hm.\n> Well.\n\n**Bold** `code`", False),
    ):
        choose(menu_of(view), label)
        assert (clipboard.text(), clipboard.mimeData().hasHtml()) == (text, html)
    question = desk.window.messages.messages()[0]
    choose(menu_of(question), "Copy the question")
    assert clipboard.text() == "Why?"
    assert "Copy with the thinking" not in labels(menu_of(question))


def test_actions_of_a_question_keep_their_place(qtbot, two):
    desk = two()
    question = desk.window.messages.messages()[0]
    desk.composer.edit.setFocus()
    qtbot.waitUntil(lambda: not question._more.isVisible() or question.underMouse())
    before = question.height()
    focus(qtbot, question)
    assert all(button.isVisible() for button in question._buttons)
    assert question.height() == before


def test_a_stopped_answer_that_was_never_saved_does_not_hide_the_branch(qtbot, two, monkeypatch):
    desk = two(said("Two again."), said("Three."))

    def refuse(*_args):
        raise HelperError(ErrorKind.STORAGE, "The disk is full.", "Free some space.")

    monkeypatch.setattr(desk.services.history, "begin_answer", refuse)
    with qtbot.waitSignal(desk.chat.answered):
        desk.answers[-1].retry_requested.emit()
    monkeypatch.undo()
    desk.ask(qtbot, "Third?")
    assert [message.text for message in desk.backend.requests[-1].messages][:3] == ["First?", "One.", "Second?"]
    assert page(desk)[-2:] == ["Third?", "Three."]


def test_everything_that_can_be_pressed_has_a_name_and_a_tooltip(qtbot, two):
    desk = two()
    for view in desk.window.messages.messages():
        for button in (*view._buttons, view._more, view.versions.back, view.versions.forward):
            assert button.accessibleName()
            assert button.toolTip()


def test_a_question_without_an_answer_gets_one(qtbot, two):
    desk = two(said("Two, at last."))
    desk.answers[-1].delete_requested.emit()
    shows(qtbot, desk, "First?", "One.", "Second?")
    with qtbot.waitSignal(desk.chat.answered):
        qtbot.keyClick(desk.composer.edit, Qt.Key.Key_R, CTRL)
    shows(qtbot, desk, "First?", "One.", "Second?", "Two, at last.")
    assert [message.text for message in desk.backend.requests[-1].messages] == ["First?", "One.", "Second?"]


def test_the_question_can_be_answered_again_from_its_own_menu(qtbot, two, menu_of):
    desk = two(said("One again."))
    with qtbot.waitSignal(desk.chat.answered):
        choose(menu_of(desk.window.messages.messages()[0]), "Answer again")
    shows(qtbot, desk, "First?", "One again.")


def test_editing_ends_when_its_question_goes(qtbot, two):
    desk = two(said("One again."))
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_F2)
    assert desk.window.editing.isVisible()
    with qtbot.waitSignal(desk.chat.answered):
        desk.answers[0].retry_requested.emit()
    assert not desk.window.editing.isVisible()
    assert desk.composer.edit.toPlainText() == ""


@pytest.mark.parametrize(("typed", "kept"), [("", "A draft"), (" Really?", "A draft\nSecond? Really?")])
def test_leaving_the_app_while_editing_loses_nothing_that_was_typed(qtbot, two, typed, kept):
    desk = two()
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: desk.chat._draft.ready)
    desk.composer.edit.setPlainText("A draft")
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_F2)
    qtbot.waitUntil(desk.window.editing.isVisible)
    qtbot.keyClicks(desk.composer.edit, typed)
    desk.close()
    assert newest_draft(desk.paths).text == kept
