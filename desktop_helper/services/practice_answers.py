"""The practice model as it is used: shown one picture with one question, as it has learned (docs/adr/049).

Questions about text are answered from what the text recogniser reads, and the answer says so. Of a thing that is named
("What does the blue button say?") the model first says where it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_helper.core.box_notation import THOUSANDTHS
from desktop_helper.core.closable import closable
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Progress,
    StreamEvent,
    TextDelta,
    UsageReported,
)
from desktop_helper.core.grounding import mentions
from desktop_helper.core.i18n import tr, tr_in
from desktop_helper.core.image_parts import Area, Wish
from desktop_helper.core.image_tokens import LOCAL_MAX_TOKENS
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, Sampling, TextPart, Thinking
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.core.text_layout import layout
from desktop_helper.services.practice import TOOL
from desktop_helper.services.text_questions import TextQuestion, text_question
from desktop_helper.services.wrapped_backend import WrappedBackend

if TYPE_CHECKING:
    from desktop_helper.core.cancel import CancelToken
    from desktop_helper.core.protocols import Backend
    from desktop_helper.services.readers import Readers

_AROUND = 0.15  # of a box's sides: what is read beyond it, since the model says boxes roughly
_SEEN = ("I see ", "我没有看到", "我看到")  # how it says that there is none, or several
_BOX = re.compile(r"\[\[(\d+),(\d+),(\d+),(\d+)\]\]")  # as it says boxes
_STOPPED = Finished(FinishReason.CANCELLED)
_PLACE = Sampling(thinking=Thinking.OFF, temperature=0.0, max_tokens=40)


class PracticeBackend(WrappedBackend):
    """A `core.protocols.Backend` around the engine that runs the practice model.

    Args:
        inner: the engine.
        readers: the text recogniser, and what cuts parts out of pictures; both start processes.
    """

    def __init__(self, inner: Backend, readers: Readers) -> None:
        super().__init__(inner)
        self._readers = readers

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        """See `core.protocols.Backend.stream`."""
        question, picture = _subject(request)
        wanted = text_question(question)
        if wanted is None:
            events = self._inner.stream(simplified(request), cancel)
            area = _enlarged(request)
            yield from events if area is None else _in_whole_picture(events, area)
            return
        if picture is None:
            said = tr_in(wanted.language, "There is no picture to read. Add one or take a screenshot, then ask again.")
            yield TextDelta(said)
            yield Finished()
            return
        try:
            yield from self._read(request, picture, wanted, cancel)
        except HelperError as error:
            yield _STOPPED if error.kind is ErrorKind.CANCELLED else Failed(error)

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """See `core.protocols.Backend.prepare`."""
        self._inner.prepare(simplified(request) if request is not None else None, cancel)

    def _read(
        self, request: ChatRequest, picture: ImagePart, wanted: TextQuestion, cancel: CancelToken
    ) -> Iterator[StreamEvent]:
        reader = self._readers.text_reader
        reader.warm()
        said, usage = "", None
        if wanted.thing:
            said, usage, end = yield from self._ask_where(request, picture, wanted, cancel)
            if end is not None:
                yield end
                return
        yield Progress(tr("Reading the text in the picture"))
        area = box_in(said)
        part = self._cut(picture, area, cancel) if area is not None else picture
        yield TextDelta(_answer(layout(reader.read(part.data, part.name, cancel)), said, wanted.language))
        if usage is not None:
            yield usage
        yield Finished()

    def _cut(self, picture: ImagePart, area: Area, cancel: CancelToken) -> ImagePart:
        """That part, alone: few large letters are found more surely without much around them."""
        options = ConvertOptions(LOCAL_MAX_TOKENS, wish=Wish(area=area))
        parts = self._readers.converter.convert_bytes(picture.data, picture.name, options, cancel)
        return next((part for part in parts if isinstance(part, ImagePart)), picture)

    def _ask_where(
        self, request: ChatRequest, picture: ImagePart, wanted: TextQuestion, cancel: CancelToken
    ) -> Generator[StreamEvent, None, tuple[str, UsageReported | None, StreamEvent | None]]:
        """What the model says about the place, what that took, and how it ended if it did not end well."""
        asked = Message(Role.USER, (picture, TextPart(wanted.where)))
        said, usage = "", None
        question = ChatRequest((asked,), _PLACE, timeout_s=request.timeout_s)
        with closable(self._inner.stream(question, cancel)) as events:
            for event in events:
                if isinstance(event, TextDelta):
                    said += event.text
                elif isinstance(event, UsageReported):
                    usage = replace(event, ttft_s=None, tokens_per_s=None)  # of words that nobody reads
                elif isinstance(event, Failed) or event == _STOPPED:
                    return said, usage, event
                elif isinstance(event, Progress):
                    yield event
        return said, usage, None


def simplified(request: ChatRequest) -> ChatRequest:
    """The question with the picture that was shown last: as large a conversation as it has learned to follow.

    A part of the picture that `zoom` brought is looked at in its place. Answers are the likeliest ones unless the user
    wants something else.
    """
    question, picture = _subject(request)
    parts = (picture, TextPart(question)) if picture is not None else (TextPart(question),)
    closer = bool(request.messages) and request.messages[-1].role is Role.TOOL
    sampling = request.sampling
    if sampling.temperature is None:
        sampling = replace(sampling, temperature=0.0)
    tools = () if closer or picture is None else tuple(tool for tool in request.tools if tool.name == TOOL)
    return replace(request, messages=(Message(Role.USER, parts),), sampling=sampling, tools=tools)


def _enlarged(request: ChatRequest) -> Area | None:
    """The part of the picture that `zoom` has just brought, in shares of it."""
    last = request.messages[-1] if request.messages else None
    if last is None or last.role is not Role.TOOL or not any(isinstance(part, ImagePart) for part in last.parts):
        return None  # it may have failed: the whole picture is looked at once more
    calls = (call for message in reversed(request.messages) for call in reversed(message.tool_calls))
    call = next((call for call in calls if call.name == TOOL), None)
    try:
        return THOUSANDTHS.area(json.loads(call.arguments)["box"], None) if call else None
    except (ValueError, TypeError, KeyError):
        return None


def _in_whole_picture(events: Iterator[StreamEvent], area: Area) -> Iterator[StreamEvent]:
    """Boxes in the part that was enlarged, as boxes in the picture that the question is about."""
    said = ""
    with closable(events) as coming:
        for event in coming:
            if isinstance(event, TextDelta):
                said += event.text
                continue
            if isinstance(event, Finished | Failed) and said:
                yield TextDelta(_BOX.sub(lambda match: _moved(match, area), said))
            yield event


def _moved(box: re.Match[str], area: Area) -> str:
    sides = [
        round(THOUSANDTHS.whole * area[place % 2] + int(side) * area[2 + place % 2])
        for place, side in enumerate(box.groups())
    ]
    return f"[[{','.join(map(str, sides))}]]"


def box_in(text: str) -> Area | None:
    """The first box in an answer, a little wider and higher; None if there is none."""
    sides = _sides_in(text)
    if sides is None:
        return None
    left, top, right, bottom = (side / THOUSANDTHS.whole for side in sides)
    across, down = (right - left) * _AROUND, (bottom - top) * _AROUND
    left, top, right, bottom = max(0.0, left - across), max(0.0, top - down), right + across, bottom + down
    return left, top, min(1.0, right) - left, min(1.0, bottom) - top


def _sides_in(text: str) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of the first box, in thousandths; None if that is not within a picture."""
    found = next(mentions(text), None)
    return found.box if found is not None and max(found.box) <= THOUSANDTHS.whole else None


def _subject(request: ChatRequest) -> tuple[str, ImagePart | None]:
    """The last question, and the newest picture."""
    question = next((message.text for message in reversed(request.messages) if message.role is Role.USER), "")
    parts = (part for message in reversed(request.messages) for part in reversed(message.parts))
    return question.strip(), next((part for part in parts if isinstance(part, ImagePart)), None)


def _answer(text: str, said: str, language: str) -> str:
    """`text` was read: at the place that the model `said`, or of all of the picture if it said none."""
    who = tr_in(language, "Read by the text recogniser, not by the model:")
    read = f"{who}{_verbatim(text)}" if text else tr_in(language, "The text recogniser found no words there.")
    sides = _sides_in(said)
    if sides is not None:
        box = ",".join(f"{side:g}" for side in sides)
        return read + "\n\n" + tr_in(language, "Where it is, the model said: {box}", box=f"[[{box}]]")
    # Anything else is no answer: to a name that it has not learned it says what it is, and is cut off in its midst.
    return f"{said.strip()}\n\n{read}" if said.strip().startswith(_SEEN) else read


def _verbatim(text: str) -> str:
    """`text` as code, in which no character means anything to Markdown: behind the words before it, or below them."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    if "\n" in text or "\t" in text:
        fence = "`" * max(3, longest + 1)
        return f"\n\n{fence}text\n{text}\n{fence}"
    marks = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f" {marks}{pad}{text}{pad}{marks}"
