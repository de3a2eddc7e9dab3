"""What is asked while an answer runs waits its turn, and is never lost."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, TextDelta
from desktop_helper.core.messages import ImagePart
from desktop_helper.services.draft import Draft
from tests.support import sample_files
from tests.support.chat_desk import said
from tests.support.kept_drafts import newest_draft

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)


class Held:
    """An answer that goes on when the test says so."""

    def __init__(self, *end):
        self.go_on = threading.Event()
        self.script = [TextDelta("First."), lambda: self.go_on.wait(60), *(end or (Finished(),))]


@pytest.fixture
def held():
    made = Held()
    yield made
    made.go_on.set()


def begin(qtbot, open_desk, *scripts):
    desk = open_desk(*scripts)
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: desk.chat._draft.ready)
    desk.composer.edit.setFocus()
    enter(qtbot, desk, "One?")
    qtbot.waitUntil(lambda: desk.composer.busy and asked(desk) == ["One?"])
    return desk


def enter(qtbot, desk, text: str, *parts) -> None:
    for part in parts:
        desk.composer.add_chip(part.name).set_ready((part,))
    qtbot.keyClicks(desk.composer.edit, text)
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Return)


def leave_for(qtbot, desk, where: str) -> None:
    """The conversation is opened anew, perhaps after another one was shown: what waited in it belongs to it."""
    number = desk.services.history.latest()
    if where == "new":
        desk.chat.new()
        assert desk.composer.unsent() == Draft()
    desk.chat._conversation.load(number)
    qtbot.waitUntil(lambda: desk.chat._conversation.number == number)


def asked(desk) -> list[str]:
    return [request.messages[-1].text for request in desk.backend.requests]


def test_several_go_one_after_the_other_with_their_pictures(qtbot, open_desk, held):
    desk = begin(qtbot, open_desk, held.script, said("Second."), said("Third."))
    enter(qtbot, desk, "Two?", PICTURE)
    enter(qtbot, desk, "Three?")
    assert desk.composer.queue.text == "Asked next, and 1 more: Two? · a.png"
    qtbot.keyClicks(desk.composer.edit, "still typing")
    held.go_on.set()
    qtbot.waitUntil(lambda: len(asked(desk)) == 3 and not desk.composer.busy, timeout=10_000)
    assert asked(desk) == ["One?", "Two?", "Three?"]
    assert desk.backend.requests[1].messages[-1].media == (PICTURE,)
    assert desk.composer.edit.toPlainText() == "still typing"
    assert not desk.composer.queue.isVisible()
    assert [entry.message.text for entry in desk.stored()][::2] == ["One?", "Two?", "Three?"]


def test_esc_takes_the_last_one_back_and_then_stops(qtbot, open_desk, held):
    desk = begin(qtbot, open_desk, held.script)
    enter(qtbot, desk, "Two?", PICTURE)
    enter(qtbot, desk, "Three?")
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Escape)
    assert desk.composer.edit.toPlainText() == "Three?"
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Escape)
    assert desk.composer.edit.toPlainText() == "Two?\nThree?"
    assert desk.composer.media == (PICTURE,)
    assert desk.composer.busy
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not desk.composer.busy)
    assert asked(desk) == ["One?"]


@pytest.mark.parametrize(
    "end",
    [
        Failed(HelperError(ErrorKind.NETWORK, "Nobody listens.")),
        Finished(FinishReason.INTERRUPTED),
        Finished(FinishReason.FILTERED),
    ],
)
def test_after_an_answer_that_failed_it_comes_back(qtbot, open_desk, end):
    held = Held(end)
    desk = begin(qtbot, open_desk, held.script)
    enter(qtbot, desk, "Two?", PICTURE)
    enter(qtbot, desk, "Three?")
    qtbot.keyClicks(desk.composer.edit, "typed")
    held.go_on.set()
    qtbot.waitUntil(lambda: not desk.composer.busy)
    assert desk.composer.edit.toPlainText() == "Two?\nThree?\ntyped"
    assert desk.composer.media == (PICTURE,)
    assert asked(desk) == ["One?"]


@pytest.mark.parametrize("leave", ["stop", "new", "load"])
def test_stopping_and_leaving_bring_it_back(qtbot, open_desk, held, leave):
    desk = begin(qtbot, open_desk, held.script)
    qtbot.waitUntil(lambda: bool(desk.stored()))
    enter(qtbot, desk, "Two?", PICTURE)
    if leave == "stop":
        desk.composer._send.click()
    else:
        leave_for(qtbot, desk, leave)
    assert desk.composer.edit.toPlainText() == "Two?"
    qtbot.waitUntil(lambda: desk.composer.busy is (leave != "stop"))  # that shows the running answer again
    held.go_on.set()
    qtbot.waitUntil(lambda: not desk.chat._conversation.answers.running)
    assert desk.composer.edit.toPlainText() == "Two?"
    assert desk.composer.media == (PICTURE,)
    assert asked(desk) == ["One?"]


@pytest.mark.parametrize("leave", ["stop", "new", "load", "again"])
def test_it_comes_back_also_if_the_answer_has_ended_in_that_very_moment(qtbot, open_desk, held, leave):
    desk = open_desk(said("Before."), held.script, said("Again."))
    desk.ask(qtbot, "Zero?")
    enter(qtbot, desk, "One?")
    qtbot.waitUntil(lambda: len(desk.backend.requests) == 2)
    enter(qtbot, desk, "Two?")
    held.go_on.set()
    (worker,) = [thread for thread in threading.enumerate() if thread.name.startswith("answer-")]
    worker.join()  # its last events wait for this thread
    assert desk.composer.busy
    if leave == "stop":
        desk.composer._send.click()
    elif leave in ("new", "load"):
        leave_for(qtbot, desk, leave)
    else:
        desk.answers[0].retry_requested.emit()
    qtbot.waitUntil(lambda: not desk.composer.busy)
    assert desk.composer.edit.toPlainText() == "Two?"
    assert "Two?" not in asked(desk)


def test_quitting_keeps_it_as_a_draft(qtbot, open_desk, held):
    desk = begin(qtbot, open_desk, held.script)
    enter(qtbot, desk, "Two?", PICTURE)
    qtbot.keyClicks(desk.composer.edit, "typed")
    wanted = Draft("Two?\ntyped", (("a.png", (PICTURE,)),))
    qtbot.waitUntil(lambda: newest_draft(desk.paths) == wanted, timeout=5000)  # a crash keeps it too
    held.go_on.set()
    desk.close()
    assert newest_draft(desk.paths) == wanted


def test_a_file_that_is_still_being_read_joins_its_question_in_the_queue(qtbot, open_desk, held):
    desk = begin(qtbot, open_desk, held.script, said("Second."))
    chip = desk.composer.add_chip("a.png")
    qtbot.keyClicks(desk.composer.edit, "Two?")
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_Return)
    assert not desk.composer.queue.waiting
    chip.set_ready((PICTURE,))
    assert [question.media for question in desk.composer.queue.waiting] == [(PICTURE,)]
    held.go_on.set()
    qtbot.waitUntil(lambda: len(asked(desk)) == 2 and not desk.composer.busy, timeout=10_000)


def test_what_cannot_be_asked_any_more_comes_back_with_the_reason(qtbot, open_desk, held):
    desk = begin(qtbot, open_desk, held.script)
    enter(qtbot, desk, "Two?")
    enter(qtbot, desk, "Three?")
    desk.paths.settings_file.write_text('active_profile = "gone"\n', encoding="utf-8")
    desk.services.settings.load()
    held.go_on.set()
    qtbot.waitUntil(lambda: not desk.composer.busy)
    assert desk.composer.edit.toPlainText() == "Two?\nThree?"
    assert "gone" in desk.composer._notice.text()
