"""Calls of tools in earlier turns, for servers that know no tools."""

from __future__ import annotations

from desktop_helper.core.messages import ImagePart, Message, Role, TextPart, ToolCall
from desktop_helper.services.told_calls import without_calls

PICTURE = ImagePart(b"png", "image/png", 28, 28, "Page", 8)
CALL = ToolCall("1", "read_pages", '{"pages": "7"}')


def said(role: Role, text: str) -> Message:
    return Message(role, (TextPart(text),))


TALK = (
    said(Role.SYSTEM, "Be brief."),
    said(Role.USER, "Which oil?"),
    Message(Role.ASSISTANT, (TextPart("I look it up."),), tool_calls=(CALL,)),
    Message(Role.TOOL, (PICTURE, TextPart("[page 7 of 9]\nVG 46")), call_id="1"),
    said(Role.ASSISTANT, "VG 46."),
    said(Role.USER, "Really?"),
)


def test_what_was_found_comes_with_the_question() -> None:
    told = without_calls(TALK)
    assert [message.role for message in told] == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER]
    assert told[1].media == (PICTURE,)
    assert told[1].text == 'Which oil?\n\n(Found by read_pages {"pages": "7"}:\n[page 7 of 9]\nVG 46)'
    assert told[2].text == "I look it up.\n\nVG 46."
    assert not any(message.tool_calls or message.call_id for message in told)
    assert without_calls(TALK) == told


def test_in_the_middle_of_an_answer_the_question_is_last() -> None:
    told = without_calls(TALK[:4])
    assert told[-1].role is Role.USER
    assert "VG 46" in told[-1].text


def test_several_calls_of_one_answer_come_in_their_order() -> None:
    second = ToolCall("2", "search_document", "{}")
    talk = (
        TALK[1],
        Message(Role.ASSISTANT, (), tool_calls=(CALL, second)),
        Message(Role.TOOL, (TextPart("one"),), call_id="1"),
        Message(Role.TOOL, (TextPart("two"),), call_id="2"),
        said(Role.ASSISTANT, "Both."),
    )
    first, answer = without_calls(talk)
    assert first.text.index("one") < first.text.index("search_document") < first.text.index("two")
    assert answer.text == "Both."


def test_a_conversation_without_tools_stays_as_it_is() -> None:
    talk = (TALK[0], TALK[1], TALK[4], TALK[5])
    assert without_calls(talk) == talk
