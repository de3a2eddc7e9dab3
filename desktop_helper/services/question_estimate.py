"""What a question will cost in tokens, before a server has counted, and what happens if that is too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from desktop_helper.core.clips import grouped, pictures_sent, told
from desktop_helper.core.copies import once
from desktop_helper.core.documents import (
    Unit,
    are_to_be_chosen,
    belonging,
    is_only_for_later,
    make_room_for_pictures,
    references,
)
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.price import Price
from desktop_helper.core.text_tokens import text_tokens
from desktop_helper.services.money import cost_of, money_text
from desktop_helper.services.picture_words import size_text

if TYPE_CHECKING:
    from desktop_helper.services.documents.foreseen import Foreseen

_MOST_LINES = 12  # of pictures and files that are told one by one


@dataclass(frozen=True)
class Estimate:
    """The parts of the next question.

    Args:
        conversation: tokens so far, as counted.
        text: what is typed.
        media: what is attached.
        limit: what the model can read; 0 if nobody knows.
        price: what the model costs; None if nobody knows, or it costs nothing.
        room: how much of it a question may take where the oldest is left out beyond; None where more is refused.
        most_pictures: the model takes in one request; None if nobody says.
        most_chosen: tokens of pages that are chosen when it is asked; None if all goes as it is attached.
        final: whether pages have been chosen, so that all goes as it is.
        at_most: whether it reads less where memory is short: how much, only the engine knows when it loads the model.
    """

    conversation: int
    text: str
    media: tuple[MediaPart, ...] = ()
    limit: int = 0
    room: int | None = None
    price: Price | None = None
    most_pictures: int | None = None
    most_chosen: int | None = None
    final: bool = False
    at_most: bool = False

    @cached_property
    def foreseen(self) -> Mapping[str, Foreseen]:
        """By their digests, documents whose pages will be chosen, and about how many tokens that will be."""
        if self.final or self.most_chosen is None or not are_to_be_chosen(self.media):
            return {}
        from desktop_helper.services.documents import choice
        from desktop_helper.services.documents.foreseen import foreseen
        from desktop_helper.services.providers import USUAL_CONTEXT

        room = choice.room(self.limit or USUAL_CONTEXT, self.conversation)
        return foreseen(self._going, self.text, self._as_attached, room, self.most_chosen, self.most_pictures)

    @property
    def total(self) -> int:
        """All of it."""
        return self.conversation + self.question

    @property
    def question(self) -> int:
        """Without the conversation before it."""
        return self._as_attached + sum(found.tokens - found.attached for found in self.foreseen.values())

    @property
    def _as_attached(self) -> int:
        return self.text_cost + sum(part_tokens(part) for part in self._going)

    @cached_property
    def _going(self) -> tuple[MediaPart, ...]:
        """What is attached, each document once."""
        return once(self.media)

    @property
    def text_cost(self) -> int:
        """Tokens of what is typed."""
        return text_tokens(self.text)

    def to_be_chosen(self) -> list[str]:
        """A sentence if the sum says more than what will go."""
        fits = self.limit and self.total <= self.limit and not self.foreseen
        if not are_to_be_chosen(self.media) or (fits and _is_all_there(self.media)):
            return []
        if any(found.unit is Unit.PART for found in references(self.media)):
            return [tr("When you ask, the parts that your question is about are chosen, so that they fit.")]
        return [tr("When you ask, the pages that your question is about are chosen, so that they fit.")]

    @property
    def too_much(self) -> bool:
        """Whether it does not fit, and nothing makes it fit."""
        fits = bool(self.foreseen) if self.most_chosen is not None else are_to_be_chosen(self.media)
        return bool(self.most) and self.total > self.most and (self.final or not fits)

    @property
    def pictures(self) -> int:
        """How many go, frames of videos and pages among them, but for videos that go whole."""
        chosen = sum(found.pictures - found.attached_pictures for found in self.foreseen.values())
        return len(pictures_sent(self._going, whole=True)) + chosen

    @property
    def too_many(self) -> bool:
        """Whether there are more than the model takes, and choosing pages does not make them few enough."""
        unknown = self.most_chosen is None and not self.final and make_room_for_pictures(self.media)
        return self.most_pictures is not None and self.pictures > self.most_pictures and not unknown

    @property
    def refused(self) -> bool:
        """Whether it cannot be answered as it is, or not as a whole."""
        return self.too_much or self.too_many

    def short(self) -> str:
        """The sum alone."""
        used = short(self.total)
        return tr("about {used} tokens", used=used) if self.foreseen else tr("{used} tokens", used=used)

    def of_limit(self) -> str:
        """The sum and what there is room for; the sum alone if nobody knows."""
        if not self.limit:
            return self.short()
        used, limit = short(self.total), short(self.limit)
        if self.foreseen:
            return tr("about {used} of {limit} tokens", used=used, limit=limit)
        return tr("{used} of {limit} tokens", used=used, limit=limit)

    def of_pictures(self) -> str:
        """How many go and how many may, if those are too many; else nothing."""
        if not self.too_many:
            return ""
        return tr("{count} pictures, {most} at most", count=self.pictures, most=self.most_pictures)

    def lines(self) -> list[str]:
        """Its parts, one a line, and what happens when it is too much."""
        told = [tr("Conversation so far: {count} tokens", count=self.conversation)] if self.conversation else []
        if self.text.strip():
            told.append(tr("Your text: about {count} tokens", count=self.text_cost))
        foreseen, documents = self.foreseen, references(self._going)
        chosen = [found for found in documents if found.digest in foreseen]
        replaced = {id(part) for found in chosen for part in belonging(self._going, found)}
        told += [_describe_chosen(found.name, foreseen[found.digest]) for found in chosen]
        groups = grouped([part for part in self._going if id(part) not in replaced])
        told += [_describe(group) for group in groups[:_MOST_LINES]]
        if more := groups[_MOST_LINES:]:
            cost = sum(part_tokens(part) for group in more for part in group)
            told.append(tr("{count} more attachments: {tokens} tokens", count=len(more), tokens=cost))
        if self.limit and self.at_most:
            told.append(tr("The model can read {count} tokens, or fewer where memory is short.", count=self.limit))
        elif self.limit:
            told.append(tr("The model can read {count} tokens.", count=self.limit))
        told += self.to_be_chosen()
        told += self._cost()
        told += [pictures_words(self.pictures, self.most_pictures or 0)] if self.too_many else []
        return [*told, *([self._consequence()] if self.too_much else [])]

    def _cost(self) -> list[str]:
        if self.price is None:
            return []
        if self.price.is_free:
            return [tr("This model is free.")]
        currency = self.price.currency
        read = money_text(cost_of(self.price, self.total, 0), currency)
        written = money_text(cost_of(self.price, 0, 1000), currency)
        return [
            tr("Costs about {read}, and {written} for each 1,000 tokens of the answer.", read=read, written=written)
        ]

    @property
    def most(self) -> int:
        """How many tokens may be sent; 0 if nobody knows."""
        return self.limit if self.room is None else self.room

    def _consequence(self) -> str:
        if self.question > self.most:
            return tr("This question alone is too long and will be refused: shorten it or take attachments away.")
        if self.room is not None:
            return tr("The oldest pictures and turns of the conversation will be left out.")
        return tr("The server will probably refuse this: begin a new chat (Ctrl+N) or take attachments away.")


def pictures_words(count: int, most: int) -> str:
    """What is said of more pictures than a model takes, before it is asked."""
    if not most:
        return tr("The model takes no pictures: take them away or choose one that sees.")
    return tr(
        "The model takes no more than {most} pictures at once, and these are {count}: take some away.",
        most=most,
        count=count,
    )


def part_tokens(part: MediaPart) -> int:
    """How many an attachment takes: exact for pictures."""
    return part.tokens if isinstance(part, ImagePart) else text_tokens(part.text)


def _is_all_there(media: tuple[MediaPart, ...]) -> bool:
    """Whether nothing would be chosen, were there room for all of it."""
    return all(is_only_for_later(part) for part in media if references([part]))


def short(count: int) -> str:
    """`950`, `1.2k`, `128k`."""
    if count < 1000:
        return str(count)
    thousands = count / 1000
    return f"{thousands:.1f}k" if thousands < 10 else f"{thousands:.0f}k"


def _describe_chosen(name: str, found: Foreseen) -> str:
    if found.beside:
        told = {"name": name, "parts": found.pages, "tokens": found.tokens}
        return tr("{name}, with about {parts} parts of other files: about {tokens} tokens", **told)
    if not found.count:
        told = {"name": name, "parts": found.pages, "tokens": found.tokens}
        return tr("{name}, about {parts} parts of its text: about {tokens} tokens", **told)
    return tr(
        "{name}, about {pages} of {count} pages: about {tokens} tokens",
        name=name,
        pages=found.pages,
        count=found.count,
        tokens=found.tokens,
    )


def _describe(group: tuple[MediaPart, ...]) -> str:
    part = group[0]
    if isinstance(part, ImagePart):
        if part.moment is not None:
            return tr(
                "{name}, {frames}, {width} × {height} each: {tokens} tokens",
                name=part.moment.clip,
                frames=told([one for one in group if isinstance(one, ImagePart)]),
                width=part.width,
                height=part.height,
                tokens=sum(map(part_tokens, group)),
            )
        if part.full_size is not None:
            return tr("{name}, {size}: {count} tokens", name=part.name, size=size_text(part), count=part.tokens)
        return tr(
            "{name}, {width} × {height}: {count} tokens",
            name=part.name,
            width=part.width,
            height=part.height,
            count=part.tokens,
        )
    return tr("{name}: about {count} tokens", name=part.name, count=part_tokens(part))
