"""The practice model as it is used: shown one picture with one question, as it has learned (docs/adr/049).

Questions about text are answered from what the text recogniser reads, and the answer says so. Of a thing that is named
("What does the blue button say?") the model first says where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

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
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, Sampling, TextPart, Thinking
from desktop_helper.core.text_layout import layout
from desktop_helper.core.text_lines import TextLine, is_wide
from desktop_helper.services.practice import TOOL
from desktop_helper.services.text_questions import TextQuestion, text_question

if TYPE_CHECKING:
    from desktop_helper.core.cancel import CancelToken
    from desktop_helper.core.geometry import Rect
    from desktop_helper.core.protocols import Backend
    from desktop_helper.services.text_reader import TextReader

Area = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of a picture."""

_BOX = re.compile(r"\[+\s*(\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3}),\s*(\d{1,3})\s*\]+")
_SCALE = 1000
_AROUND = 0.15  # of a box's sides: what is read beyond it, since the model says boxes roughly
_PLACE = Sampling(thinking=Thinking.OFF, temperature=0.0, max_tokens=40)


class PracticeBackend:
    """A `core.protocols.Backend` around the engine that runs the practice model.

    Args:
        inner: the engine.
        reader: makes the text recogniser, which starts a process.
    """

    def __init__(self, inner: Backend, reader: Callable[[], TextReader]) -> None:
        self._inner, self._reader = inner, reader

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        """See `core.protocols.Backend.stream`."""
        question, picture = _subject(request)
        wanted = text_question(question) if picture is not None else None
        if picture is None or wanted is None:
            yield from self._inner.stream(simplified(request), cancel)
            return
        try:
            yield from self._read(request, picture, wanted, cancel)
        except HelperError as error:
            stopped = error.kind is ErrorKind.CANCELLED
            yield Finished(FinishReason.CANCELLED) if stopped else Failed(error)

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """See `core.protocols.Backend.prepare`."""
        self._inner.prepare(simplified(request) if request is not None else None, cancel)

    def answer_now(self) -> bool:
        """See `core.protocols.Backend.answer_now`."""
        return self._inner.answer_now()

    def probe(self, cancel: CancelToken) -> str:
        """See `core.protocols.Backend.probe`."""
        return self._inner.probe(cancel)

    def close(self) -> None:
        """See `core.protocols.Backend.close`."""
        self._inner.close()

    def _read(
        self, request: ChatRequest, picture: ImagePart, wanted: TextQuestion, cancel: CancelToken
    ) -> Iterator[StreamEvent]:
        reader = self._reader()
        reader.warm()
        said, usage = "", None
        if wanted.thing:
            said, usage, end = yield from self._ask_where(request, picture, wanted, cancel)
            if end is not None:
                yield end
                return
        yield Progress(tr("Reading the text in the picture"))
        lines = reader.read(picture.data, picture.name, cancel)
        yield TextDelta(_answer(lines, picture, said))
        if usage is not None:
            yield usage
        yield Finished()

    def _ask_where(
        self, request: ChatRequest, picture: ImagePart, wanted: TextQuestion, cancel: CancelToken
    ) -> Generator[StreamEvent, None, tuple[str, UsageReported | None, StreamEvent | None]]:
        """What the model says about the place, what that took, and how it ended if it did not end well."""
        asked = Message(Role.USER, (picture, TextPart(wanted.where)))
        said, usage = "", None
        for event in self._inner.stream(ChatRequest((asked,), _PLACE, timeout_s=request.timeout_s), cancel):
            if isinstance(event, TextDelta):
                said += event.text
            elif isinstance(event, UsageReported):
                usage = event
            elif isinstance(event, Failed) or (isinstance(event, Finished) and event.reason is FinishReason.CANCELLED):
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


def box_in(text: str) -> Area | None:
    """The first box in an answer; None if there is none."""
    match = _BOX.search(text)
    if match is None:
        return None
    left, top, right, bottom = (int(number) / _SCALE for number in match.groups())
    return (left, top, right, bottom) if left < right and top < bottom else None


def words_in(lines: Sequence[TextLine], area: Area, size: tuple[int, int]) -> list[TextLine]:
    """What of the lines stands in `area` of a picture of `size`, or just beyond its edge."""
    found = []
    for line in lines:
        words = [word for word in line.words if _is_in(word.box, area, size)]
        if len(words) == len(line.words):
            found += [line] if _is_in(line.box, area, size) else []
        elif words:
            between = "" if all(is_wide(word.text[0]) for word in words if word.text) else " "
            found.append(replace(line, text=between.join(word.text for word in words), words=tuple(words)))
    return found


def _subject(request: ChatRequest) -> tuple[str, ImagePart | None]:
    """The last question, and the newest picture."""
    question = next((message.text for message in reversed(request.messages) if message.role is Role.USER), "")
    parts = (part for message in reversed(request.messages) for part in reversed(message.parts))
    return question.strip(), next((part for part in parts if isinstance(part, ImagePart)), None)


def _answer(lines: Sequence[TextLine], picture: ImagePart, said: str) -> str:
    area = box_in(said)
    shown = words_in(lines, area, (picture.width, picture.height)) if area is not None else list(lines)
    text = layout(shown)
    who = tr("Read by the text recogniser, not by the model:")
    read = f"{who} {_verbatim(text)}" if text else tr("The text recogniser found no words there.")
    if area is not None:
        return read + "\n\n" + tr("Where it is, the model said: {box}", box=said.strip())
    return f"{said.strip()}\n\n{read}" if said else read


def _verbatim(text: str) -> str:
    """`text` as code, in which no character means anything to Markdown."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    if "\n" in text:
        fence = "`" * max(3, longest + 1)
        return f"\n\n{fence}text\n{text}\n{fence}"
    marks = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{marks}{pad}{text}{pad}{marks}"


def _is_in(box: Rect, area: Area, size: tuple[int, int]) -> bool:
    across, down = (box.x + box.width / 2) / size[0], (box.y + box.height / 2) / size[1]
    wide, high = (area[2] - area[0]) * _AROUND, (area[3] - area[1]) * _AROUND
    return area[0] - wide <= across <= area[2] + wide and area[1] - high <= down <= area[3] + high
