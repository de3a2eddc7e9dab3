"""What was typed stays with the conversation in which it was typed."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import ImagePart, Message, Role, TextPart
from desktop_helper.services.action_file import QuickAction
from desktop_helper.services.draft import Draft
from desktop_helper.services.drafts import Drafts
from desktop_helper.services.history import History
from desktop_helper.ui.history.model import CURRENT, DRAFT, ENTRY, GROUP, STATE
from tests.support import sample_files
from tests.support.chat_desk import said
from tests.support.kept_drafts import drafts_on_disk, newest_draft

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)


def begin(qtbot, open_desk, *scripts, talks=()):
    desk = open_desk(*scripts)
    for talk in talks:
        number = desk.services.history.new_conversation()
        desk.services.history.add_message(number, Message(Role.USER, (TextPart(talk),)))
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: desk.chat._draft.ready)
    return desk


@pytest.fixture
def two(qtbot, open_desk):
    """Two conversations in the history, 1 and 2; the window shows the second one."""
    desk = begin(qtbot, open_desk, talks=("First", "Second"))
    assert desk.chat._conversation.number == 2
    return desk


def show(qtbot, desk, number: int) -> None:
    desk.chat._conversation.load(number)
    qtbot.waitUntil(lambda: desk.chat._conversation.number == number)


def on_disk(desk) -> dict[int, str]:
    return {key: draft.text for key, draft in drafts_on_disk(desk.paths).items()}


def text(desk) -> str:
    return desk.composer.edit.toPlainText()


def rows(desk) -> list[tuple[str, str, bool]]:
    """Heading, title and whether there is a draft."""
    model = desk.chat._history.pane.model
    indexes = [model.index(row) for row in range(model.rowCount())]
    return [(index.data(GROUP), index.data(), index.data(DRAFT)) for index in indexes]


def unfold(qtbot, desk, count: int) -> None:
    desk.window.size_requested.emit(True)
    qtbot.waitUntil(lambda: desk.chat._history.pane.model.rowCount() == count)


def test_it_goes_and_comes_with_its_conversation(qtbot, two):
    two.composer.add_chip("Region").set_ready((PICTURE,))
    two.composer.edit.setPlainText("About the second")
    show(qtbot, two, 1)
    assert two.composer.unsent() == Draft()
    two.composer.edit.setPlainText("About the first")
    show(qtbot, two, 2)
    assert two.composer.unsent() == Draft("About the second", (("Region", (PICTURE,)),))
    show(qtbot, two, 1)
    assert two.composer.unsent() == Draft("About the first")


def test_a_new_chat_is_empty_and_what_is_typed_in_it_is_not_lost(qtbot, two):
    two.composer.edit.setPlainText("About the second")
    unfold(qtbot, two, 2)
    two.chat.new()
    assert text(two) == ""
    two.composer.edit.setPlainText("Something else")
    two.chat.new()
    assert text(two) == ""
    assert [row[1:] for row in rows(two)] == [("Something else", False), ("Second", True), ("First", False)]
    assert [group for group, _title, _draft in rows(two)][:2] == ["Not asked yet", "Today"]
    pane = two.chat._history.pane
    pane.opened.emit(pane.model.index(0).data(ENTRY).id, None, "")
    assert text(two) == "Something else"
    assert two.chat._conversation.number is None
    assert pane.model.index(0).data(CURRENT)
    assert not pane.model.index(0).flags() & Qt.ItemFlag.ItemIsEditable


def test_what_is_being_typed_does_not_move_the_list(qtbot, two):
    unfold(qtbot, two, 2)
    two.chat.new()
    two.composer.edit.setPlainText("Being typed")
    qtbot.waitUntil(lambda: "Being typed" in on_disk(two).values(), timeout=5000)
    assert [title for _group, title, _draft in rows(two)] == ["Second", "First"]


def test_all_are_there_after_a_restart_and_the_last_one_is_shown(qtbot, open_desk, two):
    two.composer.edit.setPlainText("About the second")
    two.chat.new()
    two.composer.edit.setPlainText("New")
    show(qtbot, two, 1)
    two.composer.edit.setPlainText("About the first")
    qtbot.waitUntil(lambda: len(on_disk(two)) == 3, timeout=5000)  # and so after a crash
    assert two.paths.drafts_dir.is_dir()
    two.close()
    again = begin(qtbot, open_desk)
    assert again.chat._conversation.number == 1
    qtbot.waitUntil(lambda: text(again) == "About the first")
    unfold(qtbot, again, 3)
    assert [(title, draft) for _group, title, draft in rows(again)] == [
        ("New", False),
        ("Second", True),
        ("First", True),
    ]
    show(qtbot, again, 2)
    qtbot.waitUntil(lambda: text(again) == "About the second")
    pane = again.chat._history.pane
    pane.opened.emit(pane.model.index(0).data(ENTRY).id, None, "")
    qtbot.waitUntil(lambda: text(again) == "New")


def test_a_restart_shows_the_chat_that_was_not_asked_yet_if_that_came_last(qtbot, open_desk, two):
    two.chat.new()
    two.composer.edit.setPlainText("New")
    two.close()
    again = begin(qtbot, open_desk, said("So."))
    qtbot.waitUntil(lambda: text(again) == "New")
    assert again.chat._conversation.number is None
    again.ask(qtbot, "New, really")
    qtbot.waitUntil(lambda: on_disk(again) == {}, timeout=5000)
    again.close()
    third = begin(qtbot, open_desk)
    assert third.chat._conversation.number == 3


def test_an_asked_question_is_no_draft_and_the_next_one_is_the_conversations(qtbot, open_desk):
    desk = begin(qtbot, open_desk, said("So."))
    desk.composer.edit.setPlainText("One?")
    qtbot.waitUntil(lambda: len(on_disk(desk)) == 1, timeout=5000)
    desk.ask(qtbot, "One?")
    desk.composer.edit.setPlainText("Two")
    qtbot.waitUntil(lambda: on_disk(desk) == {1: "Two"}, timeout=5000)


def test_a_file_goes_on_being_read_while_another_conversation_is_shown(qtbot, two):
    chip = two.composer.add_chip("a.png")
    two.composer.edit.setPlainText("Look")
    two.composer.submit()  # waits for it
    show(qtbot, two, 1)
    assert two.composer.holds(chip)
    chip.set_ready((PICTURE,))
    assert two.composer.media == ()
    assert two.backend.requests == []
    qtbot.waitUntil(lambda: newest_draft(two.paths).attachments == (("a.png", (PICTURE,)),), timeout=5000)
    show(qtbot, two, 2)
    assert two.composer.chips == (chip,)
    assert two.composer.unsent() == Draft("Look", (("a.png", (PICTURE,)),))
    chip.removed.emit()
    assert two.composer.chips == ()


def test_windows_about_attachments_go_with_them(qtbot, two):
    two.composer.add_chip("a.png").set_ready((PICTURE,))
    two.composer.budget_requested.emit()
    window = two.chat._budget.window
    assert window is not None
    assert window.isVisible()
    show(qtbot, two, 1)
    assert two.chat._budget.window is None
    two.composer.budget_requested.emit()
    another = two.chat._budget.window
    assert another is not None
    assert not another.rows


def test_what_is_typed_while_a_draft_is_being_read_stands_below_it(qtbot, open_desk, two, monkeypatch):
    two.composer.edit.setPlainText("Old")
    show(qtbot, two, 1)
    two.composer.edit.setPlainText("Here")
    two.close()
    again = begin(qtbot, open_desk)
    qtbot.waitUntil(lambda: text(again) == "Here")
    again.chat._conversation.load(2)
    again.composer.edit.setPlainText("typed at once")
    again.chat._conversation.load(1)
    assert text(again) == "Here"
    show(qtbot, again, 2)
    qtbot.waitUntil(lambda: text(again) == "Old\ntyped at once")
    again.close()
    assert on_disk(again) == {1: "Here", 2: "Old\ntyped at once"}


def test_quitting_while_a_draft_is_being_read_loses_nothing(qtbot, open_desk, two):
    two.composer.edit.setPlainText("Old")
    two.chat.new()
    two.composer.edit.setPlainText("New")
    two.close()
    again = begin(qtbot, open_desk)
    qtbot.waitUntil(lambda: text(again) == "New")
    again.chat._conversation.load(2)
    again.composer.edit.setPlainText("more")
    again.close()
    assert sorted(on_disk(again).values()) == ["New", "Old\nmore"]


def test_a_chat_that_is_begun_before_the_disk_was_looked_at(qtbot, open_desk, two, monkeypatch):
    two.chat.new()
    two.composer.edit.setPlainText("Old")
    two.close()
    look, begun, go_on = Drafts.glances, threading.Event(), threading.Event()

    def slow(drafts):
        begun.set()
        assert go_on.wait(10)
        return look(drafts)

    monkeypatch.setattr(Drafts, "glances", slow)
    again = open_desk()
    again.chat.continue_latest()
    assert begun.wait(10)
    again.chat.new()
    again.composer.edit.setPlainText("New")
    go_on.set()
    qtbot.waitUntil(lambda: sorted(on_disk(again).values()) == ["New", "Old"], timeout=5000)
    assert text(again) == "New"
    assert [glance.text for glance in again.chat._draft.marked.values()] == ["Old"]


def test_a_history_that_cannot_be_read_hides_no_draft(qtbot, open_desk, monkeypatch):
    first = begin(qtbot, open_desk)
    first.composer.edit.setPlainText("Mine")
    first.close()

    def fail(*_args, **_options):
        raise HelperError(ErrorKind.STORAGE, "The disk is gone.")

    monkeypatch.setattr(History, "last_asked", fail)
    again = begin(qtbot, open_desk)
    assert "The disk is gone." in again.composer._notice.text()
    again.composer.edit.setPlainText("typed")
    qtbot.waitUntil(lambda: "typed" in on_disk(again).values(), timeout=5000)
    assert "Mine" in [glance.text for glance in again.chat._draft.marked.values()]


def test_a_conversation_that_cannot_be_opened_takes_nothing(qtbot, two, monkeypatch):
    two.composer.edit.setPlainText("Mine")

    def fail(*_args, **_options):
        raise HelperError(ErrorKind.STORAGE, "The disk is gone.")

    monkeypatch.setattr(History, "messages", fail)
    two.chat._conversation.load(1)
    assert text(two) == ""
    two.composer.edit.setPlainText("for the first")
    qtbot.waitUntil(lambda: "The disk is gone." in two.composer._notice.text())
    assert text(two) == "Mine"
    monkeypatch.undo()
    show(qtbot, two, 1)
    assert text(two) == "for the first"


def test_changes_of_an_earlier_question_stay_with_the_conversation(qtbot, two):
    two.composer.edit.setPlainText("A draft")
    qtbot.keyClick(two.composer.edit, Qt.Key.Key_F2)
    qtbot.waitUntil(two.window.editing.isVisible)
    two.composer.edit.setPlainText("Second, changed")
    show(qtbot, two, 1)
    assert text(two) == ""
    assert not two.window.editing.isVisible()
    show(qtbot, two, 2)
    assert text(two) == "A draft\nSecond, changed"


def test_while_an_earlier_question_is_changed_a_crash_loses_neither(qtbot, two):
    two.composer.edit.setPlainText("A draft")
    qtbot.keyClick(two.composer.edit, Qt.Key.Key_F2)
    qtbot.waitUntil(two.window.editing.isVisible)
    qtbot.waitUntil(lambda: on_disk(two) == {2: "A draft"}, timeout=5000)
    two.composer.edit.setPlainText("Second, changed")
    qtbot.waitUntil(lambda: on_disk(two) == {2: "A draft\nSecond, changed"}, timeout=5000)


def test_a_question_that_cannot_be_saved_comes_back_where_it_was_asked(qtbot, two, monkeypatch):
    add = History.add_message

    def fail(self, number, message, *rest):
        raise HelperError(ErrorKind.STORAGE, "The disk is full.")

    monkeypatch.setattr(History, "add_message", fail)
    two.composer.edit.setPlainText("Is it?")
    two.composer.submit()
    two.chat._conversation.load(1)
    qtbot.waitUntil(lambda: two.chat._conversation.number == 1)
    qtbot.waitUntil(lambda: "The disk is full." in two.composer._notice.text())
    assert text(two) == ""
    monkeypatch.setattr(History, "add_message", add)
    show(qtbot, two, 2)
    assert text(two) == "Is it?"


def test_deleting_a_conversation_and_bringing_it_back(qtbot, two):
    unfold(qtbot, two, 2)
    two.composer.edit.setPlainText("About the second")
    pane = two.chat._history.pane
    pane.list.setCurrentIndex(pane.model.index(0))
    pane._delete()
    assert text(two) == ""
    pane.undo.undo()
    qtbot.waitUntil(lambda: two.chat._conversation.number == 2)
    assert text(two) == "About the second"


def test_a_draft_goes_with_a_conversation_that_is_deleted_for_good(qtbot, two):
    two.composer.edit.setPlainText("About the second")
    show(qtbot, two, 1)
    two.composer.edit.setPlainText("About the first")
    qtbot.waitUntil(lambda: on_disk(two).keys() == {1, 2}, timeout=5000)
    two.services.history.delete_conversation(2)
    qtbot.waitUntil(lambda: on_disk(two).keys() == {1}, timeout=5000)
    two.close()
    assert on_disk(two) == {1: "About the first"}


@pytest.mark.parametrize("shown", [True, False])
def test_a_draft_of_no_conversation_is_deleted_and_comes_back(qtbot, two, shown):
    two.chat.new()
    two.composer.add_chip("Region").set_ready((PICTURE,))
    two.composer.edit.setPlainText("New")
    show(qtbot, two, 1)
    unfold(qtbot, two, 3)
    pane = two.chat._history.pane
    if shown:
        pane.opened.emit(pane.model.index(0).data(ENTRY).id, None, "")
    assert [action.text() for action in pane.menu_of(pane.model.index(0).data(ENTRY)).actions()] == ["Delete"]
    pane.list.setCurrentIndex(pane.model.index(0))
    pane._rename()
    pane._pin()
    pane._delete()
    assert text(two) == ""
    qtbot.waitUntil(lambda: on_disk(two) == {}, timeout=5000)
    assert [title for _group, title, _draft in rows(two)] == ["Second", "First"]
    two.chat._draft.close()
    pane.undo.undo()
    qtbot.waitUntil(lambda: rows(two)[0][1] == "New")
    if not shown:
        pane.opened.emit(pane.model.index(0).data(ENTRY).id, None, "")
    assert two.composer.unsent() == Draft("New", (("Region", (PICTURE,)),))
    two.close()
    assert list(on_disk(two).values()) == ["New"]


def test_an_action_that_begins_a_chat_takes_along_what_it_is_about(qtbot, open_desk):
    desk = begin(qtbot, open_desk, said("So."), talks=("First",))
    desk.composer.add_chip("Region").set_ready((PICTURE,))
    desk.composer.edit.setPlainText("this")
    with qtbot.waitSignal(desk.chat.answered):
        desk.chat.actions.choose(QuickAction("x", prompt="Say {input}.", new_chat=True))
    (request,) = desk.backend.requests
    assert (request.messages[-1].text, request.messages[-1].media) == ("Say this.", (PICTURE,))
    show(qtbot, desk, 1)
    assert desk.composer.unsent() == Draft()


def test_a_hotkey_that_begins_a_chat_leaves_the_draft_where_it_is(qtbot, open_desk):
    desk = begin(qtbot, open_desk, said("So."), talks=("First",))
    desk.composer.edit.setPlainText("half a question")
    with qtbot.waitSignal(desk.chat.answered):
        desk.chat.actions.run(QuickAction("x", prompt="Hello", new_chat=True))
    assert text(desk) == ""
    show(qtbot, desk, 1)
    assert text(desk) == "half a question"


def test_the_list_says_that_there_is_a_draft(qtbot, two):
    unfold(qtbot, two, 2)
    two.composer.edit.setPlainText("About the second")
    show(qtbot, two, 1)
    index = two.chat._history.pane.model.index(0)
    assert index.data(STATE) == "draft"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).endswith(", draft")
    show(qtbot, two, 2)
    two.composer.edit.clear()
    qtbot.waitUntil(lambda: two.chat._history.pane.model.index(0).data(STATE) != "draft")
