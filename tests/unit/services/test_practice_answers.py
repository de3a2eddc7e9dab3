"""What the practice model is shown, and who answers questions about text."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.core.messages import (
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    Role,
    Sampling,
    TextPart,
    Thinking,
    ToolCall,
    ToolSpec,
)
from desktop_helper.services.practice_answers import PracticeBackend, _verbatim, box_in, simplified
from tests.support.scripted_backend import ScriptedBackend, Step
from tests.support.scripted_reader import ScriptedReader

FIRST = ImagePart(b"first", "image/png", 200, 100, "first", 32)
SECOND = ImagePart(b"second", "image/png", 400, 300, "second", 150)
PART = ImagePart(b"part", "image/png", 40, 30, "part", 8)
ZOOM, OTHER = ToolSpec("zoom", "", {}), ToolSpec("read_pages", "", {})


class Cutter:
    """As `services.converter.Converter`: notes what was wanted, and gives `PART`."""

    def __init__(self) -> None:
        self.wanted: list[tuple[bytes, Any]] = []

    def convert_bytes(self, data: bytes, _name: str, options: Any, _cancel: CancelToken) -> tuple[ImagePart, ...]:
        self.wanted.append((data, options.wish.area))
        return (PART,)


class Desk:
    def __init__(self, text: str = "", *scripts: list[Step]) -> None:
        self.inner, self.reader, self.cutter = ScriptedBackend(*scripts), ScriptedReader(text), Cutter()
        readers: Any = SimpleNamespace(text_reader=self.reader, converter=self.cutter)
        self.backend = PracticeBackend(self.inner, readers)

    def ask(self, question: str, *media: ImagePart) -> list[StreamEvent]:
        request = ChatRequest((asked(question, *media),))
        return list(self.backend.stream(request, CancelToken()))


def asked(question: str, *media: ImagePart | FilePart) -> Message:
    return Message(Role.USER, (*media, TextPart(question)))


def said(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def test_the_newest_picture_and_the_last_question_are_shown() -> None:
    note = FilePart(b"", "text/plain", "notes.txt", "long")
    request = ChatRequest(
        (
            Message(Role.SYSTEM, (TextPart("Be kind."),)),
            asked("What is this?", FIRST, SECOND),
            Message(Role.ASSISTANT, (TextPart("It is a star."),)),
            asked("What colour is the star?", note),
        ),
        tools=(OTHER, ZOOM),
    )
    shown = simplified(request)
    assert shown.messages == (asked("What colour is the star?", SECOND),)
    assert shown.tools == (ZOOM,)
    assert shown.sampling.temperature == 0.0


def test_what_the_user_wants_of_its_answers_holds() -> None:
    sampling = Sampling(thinking=Thinking.ON, temperature=0.8, seed=3)
    assert simplified(ChatRequest((asked("Who?"),), sampling)).sampling == sampling


def test_without_a_picture_there_is_nothing_to_enlarge() -> None:
    assert simplified(ChatRequest((asked("Who are you?"),), tools=(ZOOM,))).tools == ()


def test_what_zoom_brought_is_looked_at_in_the_pictures_place() -> None:
    call = ToolCall("1", "zoom", "{}")
    request = ChatRequest(
        (
            asked("What is the red thing?", FIRST),
            Message(Role.ASSISTANT, (), tool_calls=(call,)),
            Message(Role.TOOL, (PART, TextPart("The picture shows that part.")), call_id="1"),
        ),
        tools=(ZOOM,),
    )
    shown = simplified(request)
    assert shown.messages == (asked("What is the red thing?", PART),)
    assert shown.tools == ()  # else it might go on for ever


def after_zoom(arguments: str, *brought: ImagePart | TextPart) -> ChatRequest:
    call = Message(Role.ASSISTANT, (), tool_calls=(ToolCall("1", "zoom", arguments),))
    return ChatRequest((asked("Where is it?", FIRST), call, Message(Role.TOOL, brought, call_id="1")), tools=(ZOOM,))


FAILURE = Failed(HelperError(ErrorKind.MODEL, "It cannot."))


@pytest.mark.parametrize("end", [Finished(), FAILURE])
def test_a_box_in_what_zoom_brought_is_told_as_one_in_the_picture(end: Finished | Failed) -> None:
    desk = Desk("", [TextDelta("It is here: [[0,500,"), TextDelta("500,990]]"), end])
    events = list(desk.backend.stream(after_zoom('{"box": [200, 400, 400, 500]}', PART), CancelToken()))
    assert said(events) == "It is here: [[200,450,300,499]]"
    assert events[-1] == end


@pytest.mark.parametrize("arguments", ["", "{}", '{"box": 3}', '{"box": [1, 2]}', '{"box": ["a", "b", "c", "d"]}'])
def test_a_box_in_a_part_that_nobody_can_place_stays_as_it_was_said(arguments: str) -> None:
    desk = Desk("", [TextDelta("It is here: [[0,500,500,990]]"), Finished()])
    assert said(list(desk.backend.stream(after_zoom(arguments, PART), CancelToken()))).endswith("[[0,500,500,990]]")


def test_where_zoom_failed_the_box_is_in_the_picture_already() -> None:
    desk = Desk("", [TextDelta("It is here: [[0,500,500,990]]"), Finished()])
    request = after_zoom('{"box": [200, 400, 400, 500]}', TextPart("The picture is gone."))
    assert said(list(desk.backend.stream(request, CancelToken()))).endswith("[[0,500,500,990]]")


def test_other_questions_are_the_models() -> None:
    answer: list[Step] = [ThinkingDelta("hm"), TextDelta("It is a star."), Finished()]
    desk = Desk("words", answer)
    assert desk.ask("What is this?", FIRST) == answer
    assert desk.reader.read_names == []


def test_what_a_picture_says_is_read_and_told_so() -> None:
    desk = Desk("Welcome")
    events = desk.ask("What does it say?", FIRST)
    assert said(events) == "Read by the text recogniser, not by the model: `Welcome`"
    assert events[-1] == Finished()
    assert desk.inner.requests == []
    assert desk.reader.read_names == ["first"]


def test_without_a_picture_nothing_is_read() -> None:
    desk = Desk("Welcome")
    events = desk.ask("What does it say?")
    assert said(events) == "There is no picture to read. Add one or take a screenshot, then ask again."
    assert events[-1] == Finished()
    assert not desk.inner.requests
    assert not desk.reader.read_names


def test_what_a_thing_says_is_read_where_the_model_finds_it() -> None:
    usage = UsageReported(prompt_tokens=50, completion_tokens=9, ttft_s=0.1, tokens_per_s=900.0)
    came: list[Step] = [
        Progress("Loading"),
        TextDelta("It is here: [[100,200,"),
        TextDelta("300,400]]"),
        usage,
        Finished(),
    ]
    desk = Desk("Open", came)
    events = desk.ask("What does the blue button say?", FIRST, SECOND)
    assert said(events) == (
        "Read by the text recogniser, not by the model: `Open`\n\nWhere it is, the model said: [[100,200,300,400]]"
    )
    (request,) = desk.inner.requests
    assert request.messages == (asked("Where is the blue button?", SECOND),)
    assert (request.sampling.thinking, request.sampling.temperature) == (Thinking.OFF, 0.0)
    ((data, area),) = desk.cutter.wanted
    assert data == b"second"
    assert area == pytest.approx((0.07, 0.17, 0.26, 0.26))  # a little around it
    assert desk.reader.read_names == ["part"]
    counted = UsageReported(prompt_tokens=50, completion_tokens=9)  # its speed is not that of this answer
    assert [event for event in events if isinstance(event, UsageReported)] == [counted]
    assert events[0] == Progress("Loading")


def test_who_asks_in_chinese_is_told_in_chinese() -> None:
    """The windows are English here."""
    answer = said(Desk("打开", [TextDelta("它在这里：[[100,200,300,400]]")]).ask("按钮上写着什么？", FIRST))
    assert answer == "以下由文字识别得出，并非模型所读： `打开`\n\n位置由模型给出：[[100,200,300,400]]"
    assert said(Desk().ask("写着什么？", FIRST)) == "文字识别在此处没有找到文字。"
    assert said(Desk().ask("写着什么？")).startswith("没有可供识别的图片")


def test_a_thing_that_is_not_there_is_said_and_everything_read() -> None:
    desk = Desk("Open\nSend", [TextDelta("I see no green button."), Finished()])
    answer = said(desk.ask("What does the green button say?", FIRST))
    assert answer.startswith("I see no green button.\n\nRead by the text recogniser, not by the model:\n\n```")
    assert "```text\nOpen\nSend\n```" in answer
    assert desk.reader.read_names == ["first"]


def test_of_a_name_that_the_model_does_not_know_only_what_was_read_is_said() -> None:
    refusal: list[Step] = [TextDelta("I am only the practice model: I name shapes"), Finished(FinishReason.LENGTH)]
    desk = Desk("Open file", refusal)
    answer = said(desk.ask("What does the Open file button say?", FIRST))
    assert answer == "Read by the text recogniser, not by the model: `Open file`"


@pytest.mark.parametrize(
    "none", ["I see several. Ask me about one of them.", "我没有看到按钮。", "我看到好几个，请只问其中一个。"]
)
def test_that_there_is_none_or_several_is_said_before_what_was_read(none: str) -> None:
    desk = Desk("Open file", [TextDelta(none), Finished()])
    assert said(desk.ask("What does the button say?", FIRST)).startswith(f"{none}\n\n")


def test_no_words_are_said_to_be_none() -> None:
    assert said(Desk().ask("What does it say?", FIRST)) == "The text recogniser found no words there."


def test_a_model_that_fails_to_find_it_fails() -> None:
    failure = Failed(HelperError(ErrorKind.MODEL, "It cannot."))
    desk = Desk("Open", [TextDelta("[[1"), failure])
    assert desk.ask("What does the button say?", FIRST)[-1] == failure
    assert desk.reader.read_names == []


def test_a_recogniser_that_fails_fails() -> None:
    desk = Desk("Open")
    desk.reader.error = HelperError(ErrorKind.WORKER, "It stopped.")
    assert desk.ask("What does it say?", FIRST)[-1] == Failed(desk.reader.error)


def test_stopping_while_it_is_found_or_read() -> None:
    stopped = Finished(FinishReason.CANCELLED)
    assert Desk("Open", [stopped]).ask("What does the button say?", FIRST)[-1] == stopped
    desk = Desk("Open")
    desk.reader.error = HelperError(ErrorKind.CANCELLED, "Stopped.")
    assert desk.ask("What does it say?", FIRST)[-1] == stopped


@pytest.mark.parametrize("text", ["", "It is red.", "[[1,2,3]]", "[[300,1,200,9]]", "[[1,9,2,9]]", "[[1234,1,2000,9]]"])
def test_what_is_no_box(text: str) -> None:
    assert box_in(text) is None


@given(st.tuples(*[st.integers(0, 999)] * 4))
def test_boxes_lie_inside_of_the_picture(numbers: tuple[int, ...]) -> None:
    area = box_in(f"see [[{','.join(map(str, numbers))}]]")
    if numbers[0] >= numbers[2] or numbers[1] >= numbers[3]:
        assert area is None
        return
    assert area is not None
    left, top, width, height = area
    assert 0 <= left <= numbers[0] / 1000
    assert 0 <= top <= numbers[1] / 1000
    assert numbers[2] / 1000 <= left + width <= 1 + 1e-9
    assert numbers[3] / 1000 <= top + height <= 1 + 1e-9


@given(st.text(st.sampled_from("ab `~<>*_[]()#\n\t|\\$!&;中"), min_size=1).filter(lambda text: text.strip() == text))
def test_what_was_read_is_shown_letter_for_letter(text: str) -> None:
    """It may hold whatever somebody wrote on the screen."""
    tokens = MarkdownIt("commonmark").parse(f"Read:{_verbatim(text)}")
    flat = [inner for token in tokens for inner in (token.children or [token])]
    codes = [token.content for token in flat if token.type in ("code_inline", "fence")]
    assert [code.rstrip("\n") for code in codes] == [text]
    others = {token.type for token in flat} - {"code_inline", "fence", "text", "paragraph_open", "paragraph_close"}
    assert not others


def test_the_rest_of_a_backend_is_the_engines() -> None:
    calls: list[object] = []

    class Inner(ScriptedBackend):
        def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
            calls.append(request)

        def answer_now(self) -> bool:
            return True

        def close(self) -> None:
            calls.append("closed")

    desk = Desk()
    backend = PracticeBackend(Inner(), desk.backend._readers)
    request = ChatRequest((asked("", FIRST),))
    backend.prepare(request, CancelToken())
    backend.prepare(None, CancelToken())
    assert calls == [simplified(request), None]
    assert backend.answer_now()
    assert backend.probe(CancelToken()) == "scripted"
    backend.close()
    assert calls[-1] == "closed"
