"""Quick actions from hotkeys and `trigger`: what they look at, and that they leave what is typed alone."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Finished, TextDelta
from desktop_helper.core.geometry import Rect
from desktop_helper.core.messages import FilePart, ImagePart, Role
from desktop_helper.core.protocols import Frame
from desktop_helper.services.action_file import QuickAction
from tests.support.chat_desk import said

FRAME = Frame(bytes(56 * 56 * 4), Rect(0, 0, 56, 56))
LOOK = QuickAction("look", title="Look", prompt="What is it?", capture="region")


@pytest.fixture
def desk(open_desk):
    made = open_desk(said("Yes."), said("Again."))
    made.composer.edit.setPlainText("half a question")
    return made


@pytest.fixture
def clipboard(qapp):
    yield QGuiApplication.clipboard()
    QGuiApplication.clipboard().clear()


def last(desk):
    return desk.backend.requests[-1].messages[-1]


def wait_asked(qtbot, desk, count: int = 1) -> None:
    qtbot.waitUntil(lambda: len(desk.backend.requests) == count and not desk.composer.busy, timeout=5000)


def test_it_asks_for_a_picture_first_and_then_about_it(qtbot, desk):
    with qtbot.waitSignal(desk.chat.actions.capture_requested) as wanted:
        desk.chat.actions.run(LOOK)
    assert wanted.args == ["region", LOOK]
    assert not desk.backend.requests
    desk.chat.actions.take_frame(LOOK, FRAME, "Region")
    wait_asked(qtbot, desk)
    assert last(desk).text == "What is it?"
    (picture,) = last(desk).media
    assert isinstance(picture, ImagePart)
    assert (picture.width, picture.height, picture.name) == (56, 56, "Region")
    assert desk.composer.edit.toPlainText() == "half a question"


def test_the_conversation_is_called_by_the_action_and_what_it_is_about(qtbot, desk, clipboard):
    """Its prompt says the same every time."""
    desk.chat.actions.take_frame(LOOK, FRAME, "Region")
    wait_asked(qtbot, desk)
    assert [one.title for one in desk.services.history.conversations()] == ["Look: Region"]
    clipboard.setText("copied")
    say = QuickAction("say", title="Say", prompt="Say it in French: {input}", capture="clipboard", new_chat=True)
    desk.chat.actions.run(say)
    wait_asked(qtbot, desk, 2)
    assert [one.title for one in desk.services.history.conversations()] == ["Say: copied", "Look: Region"]


def test_an_action_from_the_list_names_the_conversation_too(qtbot, desk):
    action = QuickAction("say", title="Say", prompt="Say it in French: {input}")
    desk.chat.actions.choose(action)
    wait_asked(qtbot, desk)
    assert last(desk).text == "Say it in French: half a question"
    assert [one.title for one in desk.services.history.conversations()] == ["Say: half a question"]


def test_one_that_is_not_to_be_sent_stands_above_what_is_typed(qtbot, desk):
    action = QuickAction("x", prompt="Look.", capture="region", send=False)
    desk.chat.actions.take_frame(action, FRAME, "Region")
    qtbot.waitUntil(lambda: bool(desk.composer.media))
    assert desk.composer.edit.toPlainText() == "Look.\nhalf a question"
    assert not desk.backend.requests


def test_text_in_the_clipboard_is_what_it_is_about(qtbot, desk, clipboard):
    clipboard.setText("copied {input}")
    desk.chat.actions.run(QuickAction("x", prompt="Say: {input}", capture="clipboard"))
    wait_asked(qtbot, desk)
    assert last(desk).text == "Say: copied {input}"
    assert last(desk).media == ()


def test_a_picture_in_the_clipboard_is_what_it_is_about(qtbot, desk, clipboard, monkeypatch):
    part = ImagePart(b"png", "image/png", 4, 4, "Pasted picture", 1)
    monkeypatch.setattr(desk.services.converter, "convert_bytes", lambda *_arguments: (part,))
    clipboard.setImage(QImage(4, 4, QImage.Format.Format_RGB32))
    desk.chat.actions.run(QuickAction("x", prompt="Say: {input}", capture="clipboard"))
    wait_asked(qtbot, desk)
    assert last(desk).text == "Say:"
    assert last(desk).media == (part,)


def test_files_in_the_clipboard_keep_their_order(qtbot, desk, clipboard, monkeypatch, tmp_path):
    told = []

    def convert(path, *_arguments):
        told.append(desk.composer._notice.text())
        return (FilePart(b"x", "text/plain", path.name, path.name),)

    monkeypatch.setattr(desk.services.converter, "convert_file", convert)
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("b.txt", "a.txt")])
    clipboard.setMimeData(copied)
    desk.chat.actions.run(QuickAction("x", prompt="Compare.", capture="clipboard"))
    wait_asked(qtbot, desk)
    assert last(desk).text == "Compare."
    assert told == ["Reading b.txt…", "Reading a.txt…"]
    assert [part.name for part in last(desk).media] == ["b.txt", "a.txt"]
    assert desk.composer._notice.text() == ""


def test_a_file_that_cannot_be_read_leaves_the_question_in_the_field(qtbot, desk, clipboard, monkeypatch, tmp_path):
    def refuse(path, *_arguments):
        raise HelperError(ErrorKind.SOURCE, f"{path.name} cannot be read.")

    monkeypatch.setattr(desk.services.converter, "convert_file", refuse)
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.txt"))])
    clipboard.setMimeData(copied)
    desk.chat.actions.run(QuickAction("x", prompt="Compare.", capture="clipboard"))
    qtbot.waitUntil(lambda: "a.txt cannot be read." in desk.composer._notice.text())
    assert desk.composer.edit.toPlainText() == "Compare.\nhalf a question"
    assert not desk.backend.requests


def test_one_that_needs_a_text_and_finds_none_waits_in_the_field(qtbot, desk, clipboard):
    desk.composer.edit.clear()
    desk.chat.actions.run(QuickAction("x", title="X", prompt="Say {input}.", capture="clipboard"))
    assert desk.composer.edit.toPlainText() == "Say ."
    assert desk.composer._notice.text() == "“X” needs a text: type or paste it."


def test_while_an_answer_runs_it_waits_its_turn(qtbot, open_desk):
    go_on = threading.Event()
    desk = open_desk([TextDelta("First."), lambda: go_on.wait(10), Finished()], said("Second."))
    desk.composer.edit.setPlainText("One?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: desk.composer.busy)
    desk.composer.edit.setPlainText("half a question")
    desk.chat.actions.run(QuickAction("x", prompt="Two?"))
    assert desk.composer.queue.text == "Asked next: Two?"
    go_on.set()
    wait_asked(qtbot, desk, 2)
    assert last(desk).text == "Two?"
    assert desk.composer.edit.toPlainText() == "half a question"


def test_a_new_chat_begins_when_the_picture_is_there(qtbot, desk):
    desk.composer.edit.clear()
    desk.ask(qtbot, "Before?")
    action = QuickAction("x", prompt="Look.", capture="screen", new_chat=True)
    desk.chat.actions.take_frame(action, FRAME, "Screen")
    wait_asked(qtbot, desk, 2)
    assert len(desk.backend.requests[-1].messages) == 1
    assert len(desk.services.history.conversations()) == 2


def test_a_question_that_is_being_edited_goes_on_being_edited(qtbot, open_desk):
    desk = open_desk(said("Yes."), said("Beside."), said("Edited."))
    desk.ask(qtbot, "First?")
    desk.composer.edit.setFocus()
    qtbot.keyClick(desk.composer.edit, Qt.Key.Key_F2)
    qtbot.waitUntil(desk.window.editing.isVisible)
    desk.composer.edit.setPlainText("First, in other words?")
    desk.chat.actions.take_frame(LOOK, FRAME, "Region")
    wait_asked(qtbot, desk, 2)
    assert desk.window.editing.isVisible()
    desk.composer.submit()
    wait_asked(qtbot, desk, 3)
    questions = [one.message.text for one in desk.stored() if one.message.role is Role.USER]
    assert questions == ["First, in other words?"]
