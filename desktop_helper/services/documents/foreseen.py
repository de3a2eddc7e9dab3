"""What documents will cost whose pages are chosen when the question is asked: estimated, without looking into them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_helper.core.clips import pictures_sent
from desktop_helper.core.documents import ChosenBy, Reference, Unit, belonging, make_room_for_pictures, references
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
        pictures: about so many will go.
        attached_pictures: what their place is taken of.
        beside: what is attached goes as well; these are parts of other files.
    """

    pages: int
    count: int
    tokens: int
    attached: int
    pictures: int
    attached_pictures: int
    beside: bool = False

    def and_more(self, other: Foreseen) -> Foreseen:
        """The costs of both, which are attached together."""
        return replace(
            self,
            tokens=self.tokens + other.tokens,
            attached=self.attached + other.attached,
            pictures=self.pictures + other.pictures,
            attached_pictures=self.attached_pictures + other.attached_pictures,
        )


def foreseen(
    media: Sequence[MediaPart], words: str, tokens: int, room: int, most: int, most_pictures: int | None = None
) -> dict[str, Foreseen]:
    """By the digests of the documents; nothing if all go as they are attached. The rules are those of `chooser`.

    Args:
        media: what is attached.
        words: what is typed.
        tokens: that both cost as they are.
        room: that a question may have (`choice.room`).
        most: tokens that chosen pages may cost.
        most_pictures: that the model takes; None if nobody says.
    """
    pictures = len(pictures_sent(media, whole=True))
    few = most_pictures is None or pictures <= most_pictures or not make_room_for_pictures(media)
    own = [found for found in references(media) if found.by is not ChosenBy.USER]
    fits = tokens <= room and few
    own = choice.to_choose(own, words[:_MOST_WORDS], fits=fits)
    if not own:
        return {}
    groups = {found.digest: belonging(media, found) for found in own}
    costs = {digest: sum(map(part_tokens, group)) for digest, group in groups.items()}
    whole = fits or choice.files_stay([(found, costs[found.digest]) for found in own], tokens, room, most)
    freed = sum(costs[found.digest] for found in own if choice.gives_way(found, whole=whole))
    budget = min(most, room - (tokens - freed)) // len(own)
    if budget < choice.LEAST_TOKENS:
        return {}
    beside = pictures - sum(len(pictures_sent(group)) for group in groups.values())
    each = choice.pictures_each(most_pictures, beside, own)
    told = {one.digest: _foreseen(one, groups[one.digest], costs[one.digest], budget, each) for one in own}
    for one in own:
        if not choice.gives_way(one, whole=whole):
            told[one.digest] = _beside(told[one.digest])
    return {digest: found for digest, found in told.items() if found.pages}  # the others go as they are attached


def _foreseen(
    found: Reference, group: Sequence[MediaPart], attached: int, budget: int, most_pictures: int | None
) -> Foreseen:
    """As many pages as would be chosen if all of them were like those that are attached."""
    texts = [part.text for part in group if isinstance(part, FilePart) and not is_note(part)]
    text = sum(map(text_tokens, texts))
    if found.holds is not None:  # nobody knows how much there is besides
        text = budget
    if found.unit is Unit.PART:
        return _foreseen_parts(text, attached, budget, len(pictures_sent(group)))
    text //= max(1, len(found.shown))
    picture = choice.picture_cost(found, group)
    pages = choice.first_pages(found.pages, choice.Costs(budget, picture, lambda _page: text, most_pictures))
    count, drawn = len(pages.pages), len(pages.pictures)
    return Foreseen(count, found.pages, drawn * picture + count * text, attached, drawn, len(pictures_sent(group)))


def _foreseen_parts(text: int, attached: int, budget: int, attached_pictures: int) -> Foreseen:
    """The same of a text with so many tokens, which are cut into parts when the question is asked."""
    part = max(1, min(choice.USUAL_PART, text))
    parts = len(choice.first_pages(-(-text // part), choice.Costs(budget, 0, lambda _part: part)).pages)
    return Foreseen(parts, 0, parts * part, attached, 0, attached_pictures)


def _beside(found: Foreseen) -> Foreseen:
    """The same where what is attached goes as well."""
    return replace(found, tokens=found.tokens + found.attached, pictures=found.attached_pictures, beside=True)
