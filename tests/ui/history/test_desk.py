"""The pane in the window, over a real history: opening, deleting, other processes, and an answer that runs."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Finished, FinishReason, TextDelta
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.history import History
from desktop_helper.ui.document_view import DocumentView
from desktop_helper.ui.history.model import ANSWERED, CURRENT, ENTRY, STATE
from tests.support.chat_desk import said


def stored(history, question, answer="An answer.", more=0):
    number = history.new_conversation()
    for index in range(more + 1):
        history.add_message(number, Message(Role.USER, (TextPart(f"{question} {index or ''}".strip()),)))
        writer = history.begin_answer(number, "GLM")
        writer.append("", answer)
        writer.finish(FinishReason.STOP)
    return number


@pytest.fixture
def full(qtbot, open_desk):
    """Opens the full size over some conversations."""

    def begin(*scripts, talks=("First", "Second", "Third")):
        desk = open_desk(*scripts)
        numbers = [stored(desk.services.history, talk) for talk in talks]
        desk.window.size_requested.emit(True)
        pane = desk.chat._history.pane
        qtbot.waitUntil(lambda: pane.model.rowCount() == len(talks))
        return desk, pane, numbers

    return begin


def titles(pane):
    return [pane.model.index(row).data() for row in range(pane.model.rowCount())]


def states(pane):
    return [pane.model.index(row).data(ENTRY).state for row in range(pane.model.rowCount())]


def marked(pane):
    rows = (pane.model.index(row) for row in range(pane.model.rowCount()))
    return [row.data() for row in rows if row.data(CURRENT)]


def shown(desk):
    return [view.message.text for view in desk.window.messages.messages() if hasattr(view, "message")]


def choose(pane, number):
    pane._open_entry(pane.model.index(pane.model.row_of(number)))


def test_the_compact_size_reads_no_list(qtbot, open_desk):
    desk = open_desk()
    assert desk.chat._history is None


def test_opening_one_shows_it_and_the_question_can_be_typed(qtbot, full):
    desk, pane, numbers = full()
    assert titles(pane) == ["Third", "Second", "First"]
    choose(pane, numbers[0])
    qtbot.waitUntil(lambda: marked(pane) == ["First"])
    assert shown(desk) == ["First"]
    assert desk.window.focusWidget() is desk.composer.edit


def test_asking_moves_the_conversation_to_the_top(qtbot, full):
    desk, pane, numbers = full(said("Yes."))
    choose(pane, numbers[0])
    desk.ask(qtbot, "More?")
    qtbot.waitUntil(lambda: titles(pane) == ["First", "Third", "Second"])


def test_a_new_conversation_is_listed_while_it_is_answered(qtbot, full):
    go_on = threading.Event()
    desk, pane, _ = full([TextDelta("Half"), lambda: go_on.wait(5), *said(" done")])
    desk.chat.new()
    desk.composer.edit.setPlainText("What is new?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: titles(pane)[0] == "What is new?")
    qtbot.waitUntil(lambda: marked(pane) == ["What is new?"])
    qtbot.waitUntil(lambda: states(pane)[0] == "answering…")
    go_on.set()
    qtbot.waitUntil(lambda: states(pane)[0] == "")


def test_opening_another_lets_a_running_answer_go_on_and_marks_its_row(qtbot, full):
    go_on = threading.Event()
    desk, pane, numbers = full([TextDelta("Half"), lambda: go_on.wait(5), *said(" more")])
    desk.composer.edit.setPlainText("Long?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: bool(desk.answers and desk.answers[0].markdown()))
    choose(pane, numbers[1])
    qtbot.waitUntil(lambda: shown(desk) == ["Second"])
    assert not desk.composer.busy
    qtbot.waitUntil(lambda: titles(pane)[0] == "Long?")
    assert [row for row in range(4) if pane.model.index(row).data(ANSWERED)] == [0]
    assert pane.model.index(0).data(STATE) == "answering…"
    assert "answering…" in pane.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    go_on.set()
    qtbot.waitUntil(lambda: pane.model.index(0).data(STATE) == "")
    running = pane.model.index(0).data(ENTRY)
    assert desk.services.history.messages(running.id)[-1].message.text == "Half more"


def test_deleting_a_conversation_stops_its_answer_and_undo_brings_back_what_it_said(qtbot, full):
    go_on = threading.Event()
    desk, pane, numbers = full([TextDelta("Half"), lambda: go_on.wait(5), *said(" more")])
    choose(pane, numbers[0])
    qtbot.waitUntil(lambda: shown(desk) == ["First"])
    desk.composer.edit.setPlainText("Long?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: len(desk.answers) == 2 and bool(desk.answers[1].markdown()))
    choose(pane, numbers[1])
    qtbot.waitUntil(lambda: shown(desk) == ["Second"])
    elsewhere = []
    desk.chat.answered_elsewhere.connect(lambda answer: elsewhere.append(answer.so_far.end))
    pane.deleted.emit(numbers[0])
    assert elsewhere == [Finished(FinishReason.CANCELLED)]
    history = desk.services.history
    qtbot.waitUntil(lambda: numbers[0] not in [info.id for info in history.conversations()])
    pane.restored.emit(numbers[0])
    qtbot.waitUntil(lambda: numbers[0] in [info.id for info in history.conversations()])
    qtbot.waitUntil(lambda: pane.model.row_of(numbers[0]) >= 0)
    choose(pane, numbers[0])
    qtbot.waitUntil(lambda: shown(desk) == ["First", "Long?"])
    assert desk.answers[-1].markdown() == "Half"
    assert desk.answers[-1].finished
    assert not desk.composer.busy
    assert not pane.model.index(pane.model.row_of(numbers[0])).data(ANSWERED)
    go_on.set()
    qtbot.waitUntil(lambda: history.messages(numbers[0])[-1].status == "cancelled")


def test_what_another_process_asked_is_there_when_the_window_comes_to_the_front(qtbot, full):
    desk, pane, _ = full()
    other = History(desk.paths.history_file, desk.paths.blob_dir)
    stored(other, "From the command line")
    other.close()
    qtbot.wait(50)
    assert titles(pane)[0] == "Third"
    QApplication.sendEvent(desk.window, QEvent(QEvent.Type.WindowActivate))
    qtbot.waitUntil(lambda: titles(pane)[0] == "From the command line")


def test_rename_and_pin_reach_the_history(qtbot, full):
    desk, pane, numbers = full()
    pane.model.setData(pane.model.index(2), "租赁合同")
    qtbot.waitUntil(lambda: desk.services.history.info(numbers[0]).title == "租赁合同")
    pane.pinned.emit(numbers[0], True)
    qtbot.waitUntil(lambda: titles(pane) == ["租赁合同", "Third", "Second"])
    assert desk.services.history.info(numbers[0]).pinned


def test_deleting_what_is_shown_leaves_an_empty_chat_and_undo_brings_it_back(qtbot, full):
    desk, pane, numbers = full()
    choose(pane, numbers[1])
    qtbot.waitUntil(lambda: shown(desk) == ["Second"])
    pane.list.setCurrentIndex(pane.model.index(1))
    desk.composer.edit.setPlainText("half a question")
    pane._delete()
    qtbot.waitUntil(lambda: desk.services.history.info(numbers[1]) is None)
    assert shown(desk) == []
    assert titles(pane) == ["Third", "First"]
    pane.undo.undo()
    qtbot.waitUntil(lambda: titles(pane) == ["Third", "Second", "First"])
    qtbot.waitUntil(lambda: shown(desk) == ["Second"])
    assert desk.composer.edit.toPlainText() == "half a question"


def test_undo_does_not_take_away_what_was_opened_meanwhile(qtbot, full):
    desk, pane, numbers = full()
    choose(pane, numbers[1])
    pane.list.setCurrentIndex(pane.model.index(1))
    pane._delete()
    choose(pane, numbers[0])
    pane.undo.undo()
    qtbot.waitUntil(lambda: len(titles(pane)) == 3)
    qtbot.wait(50)
    assert shown(desk) == ["First"]


@pytest.mark.parametrize("words", ["needle", "违约条款", "needle 条款"])
def test_a_found_message_is_in_sight_with_its_words_marked(qtbot, full, words):
    desk, pane, _ = full()
    history = desk.services.history
    number = stored(history, "Long talk", "Some text that fills lines. " * 60, more=3)
    history.add_message(number, Message(Role.USER, (TextPart("And now?"),)))
    writer = history.begin_answer(number, "GLM")
    writer.append(
        "", "Much before. " * 200 + "\n\nHere is the 😀 needle: **违约条款** of it.\n\n" + "Much after. " * 300
    )
    writer.finish(FinishReason.STOP)
    pane.focus_search()
    pane.search.setText(words)
    qtbot.waitUntil(lambda: pane._found == words and pane.hits.rowCount() == 1)
    pane._open_hit(pane.hits.index(0, 0))
    qtbot.waitUntil(lambda: bool(desk.answers) and desk.answers[-1].markdown().startswith("Much before."))
    view = desk.answers[-1]
    text = max(view.findChildren(DocumentView), key=lambda one: len(one.toPlainText()))
    selections = text.extraSelections()
    found = {selection.cursor.selectedText() for selection in selections}
    assert found == ({words} if " " not in words else {"needle", "条款"})
    first = QTextCursor(text.document())
    first.setPosition(selections[0].cursor.selectionStart())

    def top():
        return text.mapTo(desk.window.messages.viewport(), text.cursorRect(first).topLeft()).y()

    qtbot.waitUntil(lambda: 0 <= top() < 120)
    qtbot.wait(200)  # until every layout has settled
    assert 0 <= top() < 120
    pane.search.clear()
    assert not text.extraSelections()


def conversation_of(history, count):
    """Questions and answers in turn; returns the conversation and the ids of its messages."""
    number, ids = history.new_conversation(), []
    for turn in range(count):
        ids.append(history.add_message(number, Message(Role.USER, (TextPart(f"Question {turn} about something"),))))
        writer = history.begin_answer(number, "GLM")
        writer.append("", f"Answer {turn}. " + "It has some lines to read. " * 30 + ("needle" if turn == 3 else ""))
        writer.finish(FinishReason.STOP)
        ids.append(writer.message_id)
    return number, ids


def top_in_list(desk, view):
    return view.mapTo(desk.window.messages.viewport(), QPoint()).y()


@pytest.mark.parametrize("open_before", [False, True])
def test_what_was_found_far_above_the_end_is_shown_with_what_follows_it(qtbot, full, open_before):
    desk, pane, _ = full()
    number, _ids = conversation_of(desk.services.history, 60)
    if open_before:
        desk.chat._conversation.load(number)
        qtbot.waitUntil(lambda: bool(desk.answers))
    pane.focus_search()
    pane.search.setText("needle")
    qtbot.waitUntil(lambda: pane._found == "needle" and pane.hits.rowCount() == 1)
    pane._open_hit(pane.hits.index(0, 0))

    def found():
        return next((view for view in desk.answers if "needle" in view.markdown()), None)

    qtbot.waitUntil(lambda: found() is not None)
    qtbot.wait(600)  # until what is around it is there, and every layout has settled
    height = desk.window.messages.viewport().height()
    view = found()
    assert top_in_list(desk, view) < height
    assert top_in_list(desk, view) + view.height() > 0
    assert any(later.markdown().startswith("Answer 4.") for later in desk.answers)
    assert any(earlier.markdown().startswith("Answer 2.") for earlier in desk.answers)
    assert any(text.extraSelections() for text in view.findChildren(DocumentView))


def test_a_question_after_that_follows_the_end(qtbot, full):
    desk, pane, _ = full(said("Yes."))
    number, ids = conversation_of(desk.services.history, 60)
    pane.opened.emit(number, ids[7], "needle")
    qtbot.waitUntil(lambda: any("needle" in view.markdown() for view in desk.answers))
    desk.ask(qtbot, "And now?")
    last = desk.services.history.messages(number)
    assert [one.message.text for one in last[-2:]] == ["And now?", "Yes."]
    assert len(last) == 122


def test_what_was_found_in_another_branch_is_shown_in_it(qtbot, full):
    desk, pane, _ = full()
    history = desk.services.history
    number, ids = conversation_of(history, 4)
    history.add_message(number, Message(Role.USER, (TextPart("Asked in other words"),)), ids[5])
    desk.chat._conversation.load(number)
    qtbot.waitUntil(lambda: "Asked in other words" in shown(desk))
    pane.opened.emit(number, ids[7], "needle")
    qtbot.waitUntil(lambda: any("needle" in view.markdown() for view in desk.answers))
    assert "Asked in other words" not in shown(desk)
    assert history.messages(number)[-1].id == ids[7]


def run_in(qtbot, desk, number):
    """An answer is being written at the end of a conversation."""
    desk.chat._conversation.load(number)
    qtbot.waitUntil(lambda: desk.chat._conversation.number == number)
    desk.composer.edit.setPlainText("Last?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: desk.answers[-1].markdown() == "Half")


def test_an_answer_that_is_written_far_below_what_was_found_is_there_at_the_end(qtbot, full):
    go_on = threading.Event()
    desk, pane, _ = full([TextDelta("Half"), lambda: go_on.wait(10), *said(" more")])
    number, ids = conversation_of(desk.services.history, 60)
    run_in(qtbot, desk, number)
    desk.chat.new()
    pane.opened.emit(number, ids[7], "needle")
    qtbot.waitUntil(lambda: any("needle" in view.markdown() for view in desk.answers))
    assert "Last?" not in shown(desk)
    assert desk.composer.busy
    desk.window.messages.go_to_end()
    qtbot.waitUntil(lambda: shown(desk)[-1] == "Last?")
    assert desk.answers[-1].markdown() == "Half"
    with qtbot.waitSignal(desk.chat.answered):
        go_on.set()
    assert desk.answers[-1].markdown() == "Half more"
    assert desk.answers[-1].finished


def test_an_answer_is_not_put_into_a_branch_that_is_not_its_own(qtbot, full):
    go_on = threading.Event()
    desk, pane, _ = full([TextDelta("Half"), lambda: go_on.wait(10), *said(" more")])
    history = desk.services.history
    number, ids = conversation_of(history, 4)
    history.add_message(number, Message(Role.USER, (TextPart("Asked in other words"),)), ids[5])
    run_in(qtbot, desk, number)
    running = history.messages(number)[-1].id
    pane.opened.emit(number, ids[7], "needle")
    qtbot.waitUntil(lambda: any("needle" in view.markdown() for view in desk.answers))
    desk.chat.new()
    desk.chat._conversation.load(number)
    qtbot.waitUntil(lambda: bool(shown(desk)))
    assert "Last?" not in shown(desk)
    assert not any("Half" in view.markdown() for view in desk.answers)
    with qtbot.waitSignal(desk.chat.answered):
        go_on.set()
    history.choose(running)
    assert [one.message.text for one in history.messages(number)][-2:] == ["Last?", "Half more"]


def test_a_conversation_that_cannot_be_deleted_is_listed_again_and_the_reason_is_told(qtbot, full, monkeypatch):
    desk, pane, _ = full()

    def refuse(_number):
        raise HelperError(ErrorKind.STORAGE, "The disk is full.")

    monkeypatch.setattr(desk.services.history, "trash", refuse)
    pane.list.setCurrentIndex(pane.model.index(0))
    pane._delete()
    assert titles(pane) == ["Second", "First"]
    qtbot.waitUntil(lambda: titles(pane) == ["Third", "Second", "First"])
    assert "The disk is full." in desk.composer._notice.text()
