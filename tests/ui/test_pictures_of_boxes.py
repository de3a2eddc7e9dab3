"""Which picture the boxes of an answer are drawn in; none if that is not certain."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_helper.core.box_notation import THOUSANDTHS
from desktop_helper.core.events import Finished, TextDelta, ToolCallRequested
from desktop_helper.core.grounding import GroundedPicture
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart, ToolCall
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.services.answer_so_far import AnswerSoFar
from desktop_helper.ui import answer_boxes, box_picture
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.message_list import Above
from tests.support.chat_desk import ChatDesk
from tests.ui.test_boxes import ANSWER, CHART, LINK, OTHER, answered, asked, picture_of, settle, stored
from tests.ui.test_clip_links import links


def test_a_follow_up_is_about_the_same_picture(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    views = stored(qtbot, desk, asked(OTHER), answered("A chart."), asked(CHART), answered(), asked(), answered())
    assert [picture_of(view) is not None for view in views] == [False, True, True]
    last = picture_of(views[2])
    assert last is not None
    assert last._part.name == "Region"


def test_the_picture_may_be_far_above_what_was_opened(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    history = desk.services.history
    conversation = history.new_conversation()
    long = "\n\n".join(["A line."] * 200)
    for message in (asked(CHART), answered(long), asked(), answered(long), asked(), answered()):
        history.add_message(conversation, message)
    desk.chat._conversation.load(conversation)
    qtbot.waitUntil(lambda: len(desk.answers) > 0)
    settle(qtbot, desk)
    assert desk.chat._conversation.transcript._above  # the question has no view
    assert picture_of(desk.answers[-1]) is not None


def test_what_a_tool_brought_is_not_the_only_picture_if_one_may_be_above(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    desk.window.show_messages(True)
    messages = desk.window.messages
    messages.above = lambda: Above(whole=False)
    messages.add_user(asked())
    view = messages.add_answer("GLM")
    view.show_brought((CHART,))
    view.append_text(ANSWER)
    view.finish()
    settle(qtbot, desk)
    assert picture_of(view) is None
    messages.above = Above
    messages._clips.start()
    settle(qtbot, desk)
    assert picture_of(view) is not None


@pytest.mark.parametrize("media", [(), (CHART, OTHER), (FilePart(b"x", "text/plain", "x.txt", "x"),)])
def test_without_one_certain_picture_boxes_stay_numbers(qtbot: QtBot, open_desk, media: tuple[MediaPart, ...]) -> None:
    desk: ChatDesk = open_desk()
    (view,) = stored(qtbot, desk, asked(*media), answered())
    assert picture_of(view) is None
    assert not links(view)


def test_a_picture_that_a_tool_brought_makes_it_uncertain(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    call = ToolCall("1", "zoom", '{"area": [1, 2, 300, 400]}')
    asks = Message(Role.ASSISTANT, (), tool_calls=(call,))
    brings = Message(Role.TOOL, (OTHER, TextPart("The picture shows that part.")), call_id="1")
    history = desk.services.history
    conversation = history.new_conversation()
    for message in (asked(CHART), asks, brings, answered()):
        history.add_message(conversation, message)
    desk.chat._conversation.load(conversation)
    qtbot.waitUntil(lambda: len(desk.answers) == 1 and bool(desk.answers[0].brought))
    settle(qtbot, desk)
    assert picture_of(desk.answers[0]) is None
    assert not links(desk.answers[0])


def test_nothing_is_drawn_before_it_is_known_what_a_tool_brought(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    desk.window.show_messages(True)
    messages = desk.window.messages
    messages.add_user(asked(CHART))
    view = messages.add_answer("GLM")
    so_far = AnswerSoFar()
    so_far.add([ToolCallRequested("1", "search", "{}"), TextDelta(ANSWER), Finished()])
    view.resume(so_far)
    settle(qtbot, desk)
    assert not links(view)
    view.show_brought(())
    settle(qtbot, desk)
    assert picture_of(view) is not None


def test_a_tool_that_is_asked_in_sight_makes_it_uncertain_at_once(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    desk.window.show_messages(True)
    messages = desk.window.messages
    messages.add_user(asked(CHART))
    view = messages.add_answer("GLM")
    qtbot.waitUntil(lambda: not messages._clips.isActive())  # the answer has been told its picture
    view.await_brought()
    view.append_text(ANSWER)
    view.finish()
    assert not links(view)
    view.show_brought(())
    settle(qtbot, desk)
    assert picture_of(view) is not None


def test_another_picture_is_made_once(qtbot: QtBot, open_desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk: ChatDesk = open_desk()
    (view,) = stored(qtbot, desk, asked(CHART), answered())
    made: list[str] = []

    def framed(grounded: GroundedPicture, source: MediaSource | None) -> AttachmentFrame:
        made.append(grounded.part.name)
        return box_picture.framed(grounded, source)

    monkeypatch.setattr(answer_boxes, "framed", framed)
    view.show_boxes(OTHER, lambda: THOUSANDTHS, None)
    assert made == ["Screen"]
    assert list(links(view)) == [LINK]
    qtbot.waitUntil(lambda: picture_of(view) is not None)


def test_what_turns_out_to_be_uncertain_is_taken_back(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    (view,) = stored(qtbot, desk, asked(CHART), answered())
    assert picture_of(view) is not None
    page = ImagePart(b"1", "image/png", 28, 28, "a.pdf, page 1 of 2", 8)
    view.show_brought((page,))
    qtbot.waitUntil(lambda: picture_of(view) is None)
    assert not links(view)
