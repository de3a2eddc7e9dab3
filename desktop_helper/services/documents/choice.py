"""Which pages or parts of a document a question gets, within a budget of tokens. Data only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_helper.core.documents import Reference, Unit
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.services.documents.words import terms

if TYPE_CHECKING:
    from desktop_helper.services.documents.page_index import Hit

MOST_PAGES = 24
MOST_PARTS = 60  # which cost a third, having no pictures
LEAST_TOKENS = 600  # below this nothing is chosen
ANSWER_TOKENS = 4_096  # that an answer may need, with its reasoning
USUAL_PICTURE = 1_500  # tokens of a page's picture, if none has been drawn yet
USUAL_PART = 600  # tokens of a part, about
PICTURE_SHARE = 0.4  # of the budget: a page's picture costs as much as the text of three
CONTENTS_SHARE = 0.15  # that the first page and the table of contents may cost
LEAST_SCORE = 0.35  # of the best one's
CONTENTS_AMONG = 12  # pages at the beginning
_CONTENTS = re.compile(r"^\W*(table of contents|contents|目\s*录|目\s*次)\W*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Choice:
    """Page numbers in ascending order.

    Args:
        pictures: of which picture and text go.
        texts: of which only the text goes.
    """

    pictures: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()

    @property
    def pages(self) -> tuple[int, ...]:
        """All of them."""
        return tuple(sorted((*self.pictures, *self.texts)))


@dataclass(frozen=True, slots=True)
class Costs:
    """What may be spent, and on what.

    Args:
        budget: tokens for all pages together.
        picture: what a page's picture costs; 0 if there are no pictures.
        text: what the text of a page costs; 0 if it has none, so that only its picture says anything.
        most_pictures: so many the model takes; None if nobody says.
    """

    budget: int
    picture: int
    text: Callable[[int], int] = lambda _page: 0
    most_pictures: int | None = None

    @property
    def most(self) -> int:
        """How many may go."""
        return MOST_PAGES if self.picture else MOST_PARTS


def room(context: int, used: int) -> int:
    """Tokens that a question may have in a conversation which has so many."""
    return context - min(ANSWER_TOKENS, context // 4) - used


def pictures_each(most: int | None, beside: int, own: Sequence[Reference]) -> int | None:
    """How many pages of each document may go as pictures, where others go beside them; None if nobody says.

    Args:
        most: pictures that the model takes.
        beside: pictures of the question that belong to none of the documents.
        own: documents of which pages are chosen; parts have no pictures.
    """
    paged = sum(found.unit is Unit.PAGE for found in own)
    return None if most is None else max(0, most - beside) // max(1, paged)


def to_choose(own: Sequence[Reference], words: str, *, fits: bool) -> list[Reference]:
    """Documents of which other pages may go than those that are attached: all of them, if those do not fit.

    If they do, it is those of which more is there, and none for a question that is about nothing in them.
    """
    if not fits:
        return list(own)
    return [found for found in own if not found.whole] if terms(words) else []


def gives_way(found: Reference, *, whole: bool) -> bool:
    """Whether what is chosen takes the place of what is attached: where files stay `whole`, it keeps them company."""
    return found.holds is None or not whole


def files_stay(costs: Iterable[tuple[Reference, int]], tokens: int, room: int, most: int) -> bool:
    """Whether files of folders and archives go as they are: they fit where other documents give way.

    Args:
        costs: of the documents that do not all fit.
        tokens: of all of the question.
        room: for it.
        most: tokens that are chosen.
    """
    others = sum(cost for found, cost in costs if found.holds is None)
    return tokens - others <= room - most


def picture_cost(found: Reference, parts: Iterable[MediaPart]) -> int:
    """Tokens of the picture of a page, as far as that can be told by those that were drawn; parts have none."""
    if found.unit is Unit.PART:
        return 0
    costs = [part.tokens for part in parts if isinstance(part, ImagePart)]
    return max(costs) if costs else USUAL_PICTURE


def choose(hits: Sequence[Hit], count: int, costs: Costs, *, opening: Sequence[int] = ()) -> Choice:
    """Pages in the order of what they promise, until the budget is spent. The same for the same.

    Args:
        hits: the best first.
        count: pages of the document.
        costs: what is spent.
        opening: pages that help to find one's way, whatever the question is: the first one, the table of contents.
    """
    chosen = _Chosen(costs)
    for page in opening:
        chosen.add_text(page, costs.budget * CONTENTS_SHARE)
    for page in _in_order(hits, count):
        chosen.add(page)
    return Choice(tuple(sorted(chosen.pictures)), tuple(sorted(chosen.texts)))


def first_pages(count: int, costs: Costs) -> Choice:
    """For a question that is about the document as a whole: its beginning."""
    chosen = _Chosen(costs)
    for page in range(1, min(count, costs.most) + 1):
        if not chosen.add(page):
            break
    return Choice(tuple(sorted(chosen.pictures)), tuple(sorted(chosen.texts)))


def opening_pages(texts: dict[int, str]) -> list[int]:
    """The first page, and the table of contents if the document has one. `texts` are those of its first pages."""
    contents = [page for page in sorted(texts) if page > 1 and _CONTENTS.search(texts[page])]
    return [page for page in (1, *contents[:1]) if texts.get(page)]


class _Chosen:
    def __init__(self, costs: Costs) -> None:
        self.pictures: set[int] = set()
        self.texts: set[int] = set()
        self._costs = costs
        self._left = costs.budget
        self._for_pictures = max(costs.budget * PICTURE_SHARE, min(costs.budget, costs.picture))

    def add(self, page: int) -> bool:
        """With its picture as long as there is room for pictures. Returns whether there was any room."""
        if page in self.pictures or len(self.pictures) + len(self.texts) >= self._costs.most:
            return page in self.pictures
        if not self._costs.picture:
            return page in self.texts or self.add_text(page, self._left)
        text, picture = self._costs.text(page), self._costs.picture
        own = text if page in self.texts else 0
        room = self._costs.most_pictures is None or len(self.pictures) < self._costs.most_pictures
        if room and picture <= self._for_pictures and picture + text - own <= self._left:
            self._for_pictures -= picture
            self._left -= picture + text - own
            self.texts.discard(page)
            self.pictures.add(page)
            return True
        return page in self.texts or self.add_text(page, self._left)

    def add_text(self, page: int, most: float) -> bool:
        text = self._costs.text(page)
        if page in self.texts or not 0 < text <= min(most, self._left):
            return False
        self._left -= text
        self.texts.add(page)
        return True


def _in_order(hits: Sequence[Hit], count: int) -> Iterator[int]:
    """The hits, and beside each of the best ones the page that follows it and the one before."""
    good = [hit.page for hit in hits if hit.score >= LEAST_SCORE * hits[0].score]
    yield from good[:4]
    for page in good[:2]:
        yield from (near for near in (page + 1, page - 1) if 1 <= near <= count)
    yield from good[4:]
