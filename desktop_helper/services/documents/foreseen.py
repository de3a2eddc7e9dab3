"""What documents will cost whose pages are chosen when the question is asked: estimated, without looking into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_helper.core.documents import ChosenBy, Reference, Unit, belonging, references
from desktop_helper.core.messages import FilePart, MediaPart, is_note
from desktop_helper.core.text_tokens import text_tokens
from desktop_helper.services.documents import choice
from desktop_helper.services.question_estimate import part_tokens

_MOST_WORDS = 2_000  # characters of the question that are looked at: it is asked at every key


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Of one document.

    Args:
        pages: about so many will go, or so many parts.
        count: how many it has; 0 of parts, which nobody has counted yet.
        tokens: that they cost, about.
        attached: what their place is taken of, in tokens.
    """

    pages: int
    count: int
    tokens: int
    attached: int


def foreseen(media: Sequence[MediaPart], words: str, tokens: int, room: int, most: int) -> dict[str, Foreseen]:
    """By the digests of the documents; nothing if all go as they are attached. The rules are those of `chooser`.

    Args:
        media: what is attached.
        words: what is typed.
        tokens: that both cost as they are.
        room: that a question may have (`choice.room`).
        most: tokens that chosen pages may cost.
    """
    own = [found for found in references(media) if found.by is not ChosenBy.USER]
    own = choice.to_choose(own, words[:_MOST_WORDS], fits=tokens <= room)
    if not own:
        return {}
    groups = {found.digest: belonging(media, found) for found in own}
    costs = {digest: sum(map(part_tokens, group)) for digest, group in groups.items()}
    budget = min(most, room - (tokens - sum(costs.values()))) // len(own)
    if budget < choice.LEAST_TOKENS:
        return {}
    return {found.digest: _foreseen(found, groups[found.digest], costs[found.digest], budget) for found in own}


def _foreseen(found: Reference, group: Sequence[MediaPart], attached: int, budget: int) -> Foreseen:
    """As many pages as would be chosen if all of them were like those that are attached."""
    texts = [part.text for part in group if isinstance(part, FilePart) and not is_note(part)]
    text = sum(map(text_tokens, texts))
    if found.unit is Unit.PART:
        return _foreseen_parts(text, attached, budget)
    text //= max(1, len(found.shown))
    picture = choice.picture_cost(found, group)
    pages = choice.first_pages(found.pages, choice.Costs(budget, picture, lambda _page: text))
    count = len(pages.pages)
    return Foreseen(count, found.pages, len(pages.pictures) * picture + count * text, attached)


def _foreseen_parts(text: int, attached: int, budget: int) -> Foreseen:
    """The same of a text with so many tokens, which are cut into parts when the question is asked."""
    part = max(1, min(choice.USUAL_PART, text))
    parts = len(choice.first_pages(-(-text // part), choice.Costs(budget, 0, lambda _part: part)).pages)
    return Foreseen(parts, 0, parts * part, attached)
