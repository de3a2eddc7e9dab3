"""How many pictures and whole videos a model takes in one request.

Pictures of earlier turns make room for those of the question, the oldest first; a note to the model stays in their
place, and all words stay. The same conversation always loses the same, and many at once, so that not each of its
questions changes what was sent before (a server's prefix cache).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktop_helper.core.clips import frames_only, pictures_sent
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import CLIP_MIME, ChatRequest, Message, Part, Role, TextPart
from desktop_helper.core.native_video import QUIRK

_STEPS = 4  # of the limit: so much at once has to go
_Place = tuple[int, int]  # of a message, and of a part of it


@dataclass(frozen=True, slots=True)
class PictureLimit:
    """For one model.

    Args:
        title: of the model.
        pictures, videos: at most so many in one request; None if nobody says.
        whole: videos are sent whole where they are there as such.
    """

    title: str
    pictures: int | None = None
    videos: int | None = None
    whole: bool = False

    @classmethod
    def of(cls, title: str, quirks: Mapping[str, Any]) -> PictureLimit:
        """What the quirks of a profile say."""
        return cls(title, _count(quirks, "max_images"), _count(quirks, "max_videos"), QUIRK in quirks)

    def count(self, parts: Sequence[Part]) -> int:
        """How many pictures are sent of these parts of a message."""
        return len(pictures_sent(parts, whole=self.whole))

    def objection(self, request: ChatRequest) -> HelperError | None:
        """Why the request cannot be sent, whatever is left out of earlier turns; None if it can."""
        request, _others = self._with_first_videos(request)
        if self.pictures is None or self._gone(request.messages, self.pictures) is not None:
            return None
        question = request.messages[_question(request.messages) :]
        return too_many(sum(1 for _place in self._places(question)), self.pictures, self.title)

    def within(self, request: ChatRequest) -> tuple[ChatRequest, tuple[str, ...]]:
        """What may be sent of a request without `objection`, and a sentence for each thing that may not."""
        request, others = self._with_first_videos(request)
        told = [self._of_videos(self.videos)] if others and self.videos is not None else []
        gone = self._gone(request.messages, self.pictures) if self.pictures is not None else None
        if gone and self.pictures is not None:
            told.append(self._of_pictures(self.pictures, len(gone)))
            request = replace(request, messages=tuple(_without(request.messages, gone)))
        return request, tuple(told)

    def _with_first_videos(self, request: ChatRequest) -> tuple[ChatRequest, int]:
        """Of the videos that are too many, the pictures are sent; the first ones stay as they were sent before."""
        if self.videos is None or not self.whole:
            return request, 0
        seen, messages = 0, []
        for message in request.messages:
            parts: list[Part] = []
            for part in message.parts:
                seen += _is_video(part)
                parts.append(frames_only(part) if seen > self.videos else part)
            messages.append(message if tuple(parts) == message.parts else replace(message, parts=tuple(parts)))
        return replace(request, messages=tuple(messages)), max(0, seen - self.videos)

    def _places(self, messages: Sequence[Message]) -> Iterator[_Place]:
        for number, message in enumerate(messages):
            for place in pictures_sent(message.parts, whole=self.whole):
                yield number, place

    def _gone(self, messages: Sequence[Message], most: int) -> list[_Place] | None:
        """The pictures that are left out; None if that cannot make it few enough.

        Those of the question stay, unless tools have shown more since: then what was seen last is what matters.
        """
        places = list(self._places(messages))
        excess = len(places) - most
        if excess <= 0:
            return []
        question, newest = _question(messages), _last_results(messages)
        earlier = sum(number < question for number, _place in places)
        if excess <= earlier:
            step = max(1, most // _STEPS)
            return places[: min(earlier, -(-excess // step) * step)]
        may_go = sum(number < newest for number, _place in places) if newest < len(messages) else earlier
        return places[:excess] if excess <= may_go else None

    def _of_videos(self, most: int) -> str:
        if not most:
            return tr("{model} takes no whole videos, so pictures of them were sent.", model=self.title)
        return tr(
            "{model} takes {count} videos at once, so pictures of the others were sent.", count=most, model=self.title
        )

    def _of_pictures(self, most: int, gone: int) -> str:
        if not most:
            return tr("{model} takes no pictures, so those of this conversation were left out.", model=self.title)
        return tr(
            "{model} takes no more than {most} pictures at once, so the {count} oldest of this conversation "
            "were left out.",
            count=gone,
            model=self.title,
            most=most,
        )


def too_many(count: int, most: int, title: str) -> HelperError:
    """Why a question with so many pictures is not sent."""
    if not most:
        message = tr("{model} takes no pictures. Nothing was sent.", model=title)
        return HelperError(ErrorKind.LENGTH, message, tr("Take them away, or choose a model that sees."))
    message = tr(
        "The question has {count} pictures, and {model} takes no more than {most} at once. Nothing was sent.",
        count=count,
        model=title,
        most=most,
    )
    return HelperError(
        ErrorKind.LENGTH,
        message,
        tr("Take pictures away, choose fewer pages, or ask about them in several questions."),
        command_fix=tr("On the command line, --pages chooses pages, and --frames says how many of a video go."),
    )


def _count(quirks: Mapping[str, Any], name: str) -> int | None:
    """What is no count will be told by whoever reads all the quirks."""
    value = quirks.get(name)
    return value if type(value) is int and value >= 0 else None


def _is_video(part: Part) -> bool:
    return getattr(part, "mime", "") == CLIP_MIME


def _question(messages: Sequence[Message]) -> int:
    """Where the last question stands."""
    users = [number for number, message in enumerate(messages) if message.role is Role.USER]
    return users[-1] if users else len(messages)


def _last_results(messages: Sequence[Message]) -> int:
    """Where the results of tools begin that came last; beyond the end if the last message is none."""
    begin = len(messages)
    while begin and messages[begin - 1].role is Role.TOOL:
        begin -= 1
    return begin


def _without(messages: Sequence[Message], gone: Iterable[_Place]) -> Iterator[Message]:
    by_message: dict[int, list[int]] = {}
    for number, place in gone:
        by_message.setdefault(number, []).append(place)
    for number, message in enumerate(messages):
        places = by_message.get(number)
        if not places:
            yield message
            continue
        parts = [part for place, part in enumerate(message.parts) if place not in places]
        at = next((place for place, part in enumerate(parts) if isinstance(part, TextPart)), len(parts))
        yield replace(message, parts=(*parts[:at], _note(len(places)), *parts[at:]))


def _note(count: int) -> TextPart:
    """To the model, the same whatever language is in use now."""
    said = "a picture that is" if count == 1 else f"{count} pictures that are"
    return TextPart(f"[{said} no longer shown]\n")
