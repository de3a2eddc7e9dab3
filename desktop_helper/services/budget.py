"""What is sent with the next question: each attachment with its pages, pixels and tokens, and how it would fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from desktop_helper.core.clips import are_one_video, told
from desktop_helper.core.documents import (
    ChosenBy,
    Unit,
    is_only_for_later,
    reference_of,
    references,
    says_what_is_missing,
)
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, is_note
from desktop_helper.services.money import cost_of, money_text
from desktop_helper.services.picture_words import is_in_parts, pictures_of, size_text
from desktop_helper.services.question_estimate import Estimate, part_tokens

if TYPE_CHECKING:
    from desktop_helper.services.documents.foreseen import Foreseen


class Kind(StrEnum):
    """What an attachment is to a model."""

    PAGES = "pages"
    FRAMES = "frames"
    PICTURE = "picture"
    TEXT = "text"


@dataclass(frozen=True)
class Item:
    """One attachment, as it would be sent.

    Args:
        name: as it is shown. Untrusted.
        parts: that it became.
        foreseen: what will go instead of them, if it is a document of which pages are chosen when it is asked.
    """

    name: str
    parts: tuple[MediaPart, ...]
    foreseen: Foreseen | None = None

    @cached_property
    def pictures(self) -> list[ImagePart]:
        """Its pages, frames or pictures."""
        return pictures_of(self.parts)

    @cached_property
    def kind(self) -> Kind:
        """What it is."""
        if not self.pictures:
            return Kind.TEXT
        if are_one_video(self.parts):
            return Kind.FRAMES
        first = next(part for part in self.parts if not is_note(part))
        paged = len(self.pictures) > 1 and isinstance(first, ImagePart) and not is_in_parts(self.parts)
        return Kind.PAGES if paged else Kind.PICTURE

    @property
    def characters(self) -> int:
        """Of its text."""
        return sum(len(part.text) for part in self.parts if isinstance(part, FilePart) and not is_note(part))

    @property
    def picture_tokens(self) -> int:
        """What its pictures cost."""
        return sum(part.tokens for part in self.pictures)

    @cached_property
    def tokens(self) -> int:
        """What all of it costs as it is attached."""
        return sum(map(part_tokens, self.parts))

    @property
    def expected(self) -> int:
        """What will be sent of it costs, as far as it is known."""
        found = self.foreseen
        return self.tokens if found is None else self.tokens + found.tokens - found.attached

    def cost_text(self) -> str:
        """`1,234 tokens`."""
        count = f"{self.expected:,}"
        return tr("{count} tokens", count=count) if self.foreseen is None else tr("about {count} tokens", count=count)

    @property
    def said(self) -> list[str]:
        """What is to be said of it: a sentence each, in their order."""
        return list(dict.fromkeys(part.text for part in self._notes))

    @property
    def left_out(self) -> list[str]:
        """The sentences of these that say what does not go."""
        return list(dict.fromkeys(part.text for part in self._notes if says_what_is_missing(part)))

    @property
    def notes(self) -> list[str]:
        """The others, which only say how it goes."""
        missing = set(self.left_out)
        return [text for text in self.said if text not in missing]

    @property
    def _notes(self) -> list[FilePart]:
        files = (part for part in self.parts if isinstance(part, FilePart))
        return [part for part in files if is_note(part) and not is_only_for_later(part)]

    def what(self) -> str:
        """`12 pages · up to 1240 × 1754 · 41,200 letters of text`."""
        said = [self._counted(), self._size()]
        if self.characters and (self.foreseen is None or self.foreseen.beside):
            count = f"{self.characters:,}"
            begins = tr("the first {count} letters of text", count=count)
            said.append(begins if self._is_beginning else tr("{count} letters of text", count=count))
        if self.foreseen is not None and self.foreseen.beside:
            said.append(tr("about {chosen} parts of other files", chosen=self.foreseen.pages))
        return " · ".join(filter(None, said))

    @property
    def _is_beginning(self) -> bool:
        """Whether it is a text of which the rest is only searched."""
        found = next(iter(references(self.parts)), None)
        habit = found is not None and found.unit is Unit.PART and found.by is ChosenBy.HABIT
        return habit and found is not None and found.holds is None and not found.whole

    def _counted(self) -> str:
        count = len(self.pictures)
        if (found := self.foreseen) is not None and not found.count and not found.beside:
            return tr("about {chosen} parts of its text", chosen=found.pages)
        if found is not None and not found.beside:
            return tr("about {chosen} of {count} pages", chosen=found.pages, count=f"{found.count:,}")
        if self.kind is Kind.FRAMES:
            return told(self.pictures)
        if self.kind is Kind.PAGES:
            return tr("{count} pages", count=count)
        if is_in_parts(self.parts):
            return tr("{count} parts", count=count - 1)
        return tr("{count} pictures", count=count) if count > 1 else ""

    def _size(self) -> str:
        if not self.pictures:
            return ""
        largest = max(self.pictures, key=lambda part: part.width * part.height)
        size = size_text(largest) if len(self.pictures) == 1 else f"{largest.width} × {largest.height}"
        same = len({(part.width, part.height) for part in self.pictures}) == 1
        return size if same else tr("up to {size}", size=size)


@dataclass(frozen=True, slots=True)
class Budget:
    """All of the next question.

    Args:
        items: what is attached, in its order.
        estimate: with the conversation so far, the text, what the model can read, and its price.
    """

    items: tuple[Item, ...]
    estimate: Estimate

    def share(self, tokens: int) -> float | None:
        """Of what the model can read; None if nobody knows."""
        return tokens / self.estimate.limit if self.estimate.limit else None

    @property
    def excess(self) -> int:
        """Tokens that are too many; none while pages of a document will be chosen so that they fit."""
        return self.estimate.total - self.estimate.most if self.estimate.too_much else 0

    @property
    def picture_excess(self) -> int:
        """Pictures that are too many."""
        estimate = self.estimate
        return estimate.pictures - (estimate.most_pictures or 0) if estimate.too_many else 0

    def cost(self) -> str:
        """What asking costs, without the answer: `$0.012`; empty if nobody knows."""
        price = self.estimate.price
        if price is None:
            return ""
        if price.is_free:
            return tr("free of charge")
        return tr("about {money}", money=money_text(cost_of(price, self.estimate.total, 0), price.currency))


def described(budget: Budget) -> dict[str, object]:
    """The same for programs."""
    estimate, price = budget.estimate, budget.estimate.price
    cost = None if price is None else {"input": cost_of(price, estimate.total, 0), "currency": price.currency}
    return {
        "items": [_described(item, budget) for item in budget.items],
        "conversation_tokens": estimate.conversation,
        "text_tokens": estimate.text_cost,
        "total_tokens": estimate.total,
        "limit": estimate.limit or None,
        "too_much": estimate.too_much,
        "pictures": estimate.pictures,
        "picture_limit": estimate.most_pictures,
        "cost": cost,
    }


def _described(item: Item, budget: Budget) -> dict[str, object]:
    return {
        "name": item.name,
        "kind": item.kind.value,
        "pictures": [{"width": part.width, "height": part.height, "tokens": part.tokens} for part in item.pictures],
        "characters": item.characters,
        "tokens": item.tokens,
        "share": budget.share(item.tokens),
        "left_out": item.left_out,
        "notes": item.notes,
    }


def foreseen_of(parts: Sequence[MediaPart], estimate: Estimate) -> Foreseen | None:
    """What will go instead of an attachment, if that is not what it is."""
    told = (estimate.foreseen.get(reference.digest) for reference in references(parts))
    found = [one for one in told if one is not None]
    return reduce(lambda one, other: one.and_more(other), found) if found else None


def attached(groups: Sequence[tuple[str, tuple[MediaPart, ...]]], media: Sequence[MediaPart]) -> tuple[Item, ...]:
    """What is sent of attachments, with their names: `media` has other pages of those of which pages were chosen."""
    homes = {id(part): place for place, (_name, parts) in enumerate(groups) for part in parts}
    documents = {found.digest: place for place, (_name, parts) in enumerate(groups) for found in references(parts)}
    names, place = [name for name, _parts in groups], 0
    sent: dict[int, tuple[MediaPart, ...]] = dict.fromkeys(range(len(groups)), ())
    for part in media:
        reference = reference_of(part)
        if id(part) in homes:
            place = homes[id(part)]
        elif reference is not None:
            if reference.digest not in documents:  # of an earlier question
                documents[reference.digest] = len(names)
                names.append(reference.name)
            place = documents[reference.digest]
        sent[place] = (*sent.get(place, ()), part)
    return tuple(Item(names[place], parts) for place, parts in sent.items() if parts)
