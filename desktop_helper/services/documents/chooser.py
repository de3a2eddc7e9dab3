"""Puts pages or parts of large documents into a question that is about them: the first one, and those that follow.

What was said earlier is never changed, so a server's prefix cache holds: a later question brings its own pages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.copies import once
from desktop_helper.core.documents import (
    ChosenBy,
    Reference,
    Unit,
    belonging,
    is_only_for_later,
    make_room_for_pictures,
    note,
    references,
)
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, TextPart
from desktop_helper.core.picture_limit import PictureLimit
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.core.text_tokens import text_tokens
from desktop_helper.services.documents import choice, many, shown
from desktop_helper.services.documents.choice import Choice, Costs
from desktop_helper.services.documents.library import SCANS_AT_ONCE, Documents
from desktop_helper.services.documents.page_index import PageIndex
from desktop_helper.services.documents.shown import Why
from desktop_helper.services.documents.words import terms
from desktop_helper.services.providers import context_of, most_for_pages
from desktop_helper.services.question_estimate import part_tokens

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

MOST_HITS = 60
MOST_LOOKED_AT = 600  # parts of a folder or an archive, of which many are in files that go as a whole
HEADING_TOKENS = 12  # above a part, besides its name
LATER_SHARE = 0.5  # of what a first question may spend: what a later one may

_log = logging.getLogger(__name__)


def with_pages(
    services: Services,
    profile: ModelProfile,
    question: Message,
    earlier: Sequence[Message],
    cancel: CancelToken,
    on_progress: Callable[[Progress], None],
) -> Message:
    """The question with the pages of large documents that it is about, if there are any. Raises nothing."""
    parts = [part for message in (question, *earlier) for part in message.media]
    if not references(parts):
        return question
    return Chooser(services.documents, profile, cancel, on_progress).fitted(question, earlier)


@dataclass(frozen=True, slots=True)
class Chooser:
    """For one question.

    Args:
        documents: where the indexes are.
        profile: who answers: what does not fit depends on that.
        cancel: ends the choosing; the question is asked as it is then.
        on_progress: told how far the reading is.
    """

    documents: Documents
    profile: ModelProfile
    cancel: CancelToken
    on_progress: Callable[[Progress], None]

    def fitted(self, question: Message, earlier: Sequence[Message]) -> Message:
        """The question with the pages that it is about. Raises nothing: it stays as it is if they cannot be found."""
        media = once(question.media, [part for message in earlier for part in message.media])
        if media != question.media:
            question = replace(question, parts=(*media, *_words(question)))
        own = [found for found in references(media) if found.by is not ChosenBy.USER]
        try:
            if own:
                return self._first(question, own, earlier)
            return self._later(question, earlier)
        except HelperError as error:
            if error.kind is not ErrorKind.CANCELLED:
                _log.info("pages cannot be chosen: %s", error.kind)
            return question

    def _first(self, question: Message, own: list[Reference], earlier: Sequence[Message]) -> Message:
        room = self._room(earlier)
        limit = self._limit
        few = limit.pictures is None or limit.count(question.parts) <= limit.pictures
        fits = _cost(question.parts) <= room and (few or not make_room_for_pictures(question.media))
        promised = [found for found in own if found.holds is not None and not found.whole]
        own = choice.to_choose(own, question.text, fits=fits)
        own += [found for found in promised if found not in own]
        groups = {found.digest: belonging(question.media, found) for found in own}
        costs_now = [(found, _cost(groups[found.digest])) for found in own]
        whole = fits or choice.files_stay(costs_now, _cost(question.parts), room, self._most)
        freed = sum(cost for found, cost in costs_now if choice.gives_way(found, whole=whole))
        budget = min(self._most, room - _cost(question.parts) + freed) // max(1, len(own))
        beside = limit.count(question.parts) - sum(map(limit.count, groups.values()))
        most = choice.pictures_each(limit.pictures, beside, own)
        media = list(question.media)
        for found in own:
            group = belonging(media, found)
            costs = Costs(budget, choice.picture_cost(found, group), most_pictures=most)
            if found.holds is None:
                pages = self._of_pages(found, question.text, group, costs, keep=fits)
            else:
                pages = self._of_files(found, question, earlier, group[1:], costs, keep=whole)
                pages = [*shown.without_pictures(pages, group)] if pages else []
            if pages:
                at = media.index(group[0])
                media[at : at + len(group)] = pages
        if fits:  # nothing is left to be found later
            media = [part for part in media if not is_only_for_later(part)]
        return replace(question, parts=(*media, *_words(question))) if tuple(media) != question.media else question

    def _later(self, question: Message, earlier: Sequence[Message]) -> Message:
        """Documents of earlier questions; those that this one has nothing to do with bring nothing."""
        known: dict[tuple[str, Unit], Reference] = {}
        for found in references([part for message in earlier for part in message.media]):
            key = found.digest, found.unit
            before = known.pop(key, None)
            known[key] = found if before is None else replace(found, shown=tuple(sorted({*found.shown, *before.shown})))
        more = [found for found in known.values() if found.unit is Unit.PAGE or not found.whole]
        asked = [found for found in reversed(more) if found.by is not ChosenBy.USER][:2]
        if not asked:
            return question
        budget = int(min(self._most * LATER_SHARE, self._room(earlier) - _cost(question.parts))) // len(asked)
        pictures = [part for message in earlier for part in message.media]
        most = choice.pictures_each(self._limit.pictures, self._limit.count(question.parts), asked)
        added: list[MediaPart] = []
        for found in asked:
            costs = Costs(budget, choice.picture_cost(found, belonging(pictures, found)), most_pictures=most)
            added += self._chosen(found, question.text, costs, frozenset(found.shown), later=True, whole=pictures)
        return replace(question, parts=(*question.media, *added, *_words(question))) if added else question

    def _of_pages(
        self, found: Reference, words: str, group: Sequence[MediaPart], costs: Costs, *, keep: bool
    ) -> list[MediaPart]:
        """What is chosen of a document. If it cannot be searched, what is attached stays, and that is said."""
        if costs.budget < choice.LEAST_TOKENS:
            return []
        index, error = self._index_or_why(found)
        if index is None:
            return [] if found.whole else shown.unsearched(found, group, many.why_not(error))
        pages = self._chosen(found, words, costs, frozenset(), keep=keep)
        if not pages and not found.whole and terms(words):
            return shown.unmatched(found, group, index)
        return [*shown.without_pictures(pages, group)] if pages else []

    def _chosen(
        self,
        found: Reference,
        words: str,
        costs: Costs,
        known: frozenset[int],
        *,
        keep: bool = True,
        later: bool = False,
        whole: Sequence[MediaPart] = (),
    ) -> list[MediaPart]:
        """The parts that show the pages; none if there is nothing better than what is attached, which `keep` allows."""
        enough = costs.budget >= choice.LEAST_TOKENS
        index = self.documents.index(found, self.cancel, self.on_progress) if enough else None
        if index is None:
            return []
        if found.holds is not None:
            picked = _picked_of_files(index, words, costs, known | many.known(index, whole))
            why = Why.LATER if later else Why.MATCHING
            return self._parts(found, index, picked, costs.budget, why) if picked.pages else []
        # Those that are attached and stay are seen by the model: the others are of more use.
        self._read_scans(found, index, frozenset(found.shown) if keep and not known else known)
        costs = replace(costs, text=lambda page: text_tokens(_text(index, page)))
        hits = [hit for hit in index.search(words, MOST_HITS) if hit.page not in known]
        if not hits and keep:
            picked = Choice()
        elif later:
            picked = choice.choose(hits, index.count, costs)
        elif hits:
            opening = choice.opening_pages(index.texts(range(1, choice.CONTENTS_AMONG + 1)))
            picked = choice.choose(hits, index.count, costs, opening=opening)
        else:
            picked = choice.first_pages(index.count, costs)
        picked = Choice(_without(picked.pictures, known), _without(picked.texts, known))
        why = Why.LATER if later else Why.MATCHING if hits else Why.BEGINNING if terms(words) else Why.NO_WORDS
        return self._parts(found, index, picked, costs.budget, why) if picked.pages else []

    def _of_files(
        self,
        found: Reference,
        question: Message,
        earlier: Sequence[Message],
        texts: Sequence[MediaPart],
        costs: Costs,
        *,
        keep: bool,
    ) -> list[MediaPart]:
        """Parts of files of a folder or an archive, beside those that are attached whole, or in their place."""
        gone = set() if keep else {id(part) for part in texts}
        media = [part for message in (question, *earlier) for part in message.media if id(part) not in gone]
        whole = texts if keep else many.that_fit(texts, costs.budget)
        if not terms(question.text):  # nobody waits for an index that says nothing
            return many.without_choice(found, None, whole, many.nothing_matches(found, question.text))
        if costs.budget < choice.LEAST_TOKENS:
            return many.without_choice(found, None, whole, many.no_room(found))
        index, error = self._index_or_why(found)
        if index is None:
            return many.without_choice(found, None, whole, many.not_searched(found, error))
        picked = _picked_of_files(index, question.text, costs, many.known(index, media))
        if not picked.pages:
            return many.without_choice(found, index, whole, many.nothing_matches(found, question.text))
        chosen = self._parts(found, index, picked, costs.budget, Why.MATCHING)
        return many.with_whole(chosen, texts if keep else [])

    def _index_or_why(self, found: Reference) -> tuple[PageIndex | None, HelperError | None]:
        """The index, or what went wrong, which is to be said: it was promised to search in it."""
        try:
            return self.documents.index(found, self.cancel, self.on_progress), None
        except HelperError as error:
            if error.kind is ErrorKind.CANCELLED:
                raise
            return None, error

    def _read_scans(self, found: Reference, index: PageIndex, known: frozenset[int]) -> None:
        """A few more of a scanned document with each question."""
        unread = index.unread(SCANS_AT_ONCE, near=max(known, default=0) + 1)
        if unread:
            self.documents.read_scans(found, index, unread, self.cancel, self.on_progress)

    def _parts(self, found: Reference, index: PageIndex, picked: Choice, budget: int, why: Why) -> list[MediaPart]:
        options = ConvertOptions(self.profile.max_image_tokens, self.on_progress)
        pictures = self.documents.pictures(found, picked.pictures, options, self.cancel)
        texts, names = index.texts(picked.pages), index.names(picked.pages)
        drawn = list(picked.pictures[: len(pictures)])
        spent = sum(text_tokens(text) for text in texts.values())
        while pictures and spent + sum(picture.tokens for picture in pictures) > budget and len(pictures) > 1:
            pictures.pop()  # it was larger than it was thought to be
            drawn.pop()
        pages = tuple(page for page in picked.pages if page in drawn or texts.get(page))
        behind = None if found.holds is None else 1
        reference = replace(found, pages=index.count, shown=pages, by=ChosenBy.QUESTION, holds=behind)
        said = note(shown.title(reference), shown.said(reference, index, drawn, why), reference)
        return [said, *pictures, *shown.text_of(reference, texts, names)]

    @property
    def _most(self) -> int:
        return most_for_pages(self.profile)

    @property
    def _limit(self) -> PictureLimit:
        return PictureLimit.of(self.profile.title, self.profile.quirks)

    def _room(self, earlier: Sequence[Message]) -> int:
        return choice.room(context_of(self.profile), sum(_cost(message.parts) for message in earlier))


def _picked_of_files(index: PageIndex, words: str, costs: Costs, known: frozenset[int]) -> Choice:
    """The best parts that are not known. What is found in files that are attached says how good the others are."""
    hits = index.search(words, MOST_LOOKED_AT)
    good = [hit for hit in hits if hit.score >= choice.LEAST_SCORE * hits[0].score and hit.page not in known]
    names = index.names(range(1, index.count + 1))

    def cost(part: int) -> int:
        return 0 if part in known else text_tokens(f"{names.get(part, '')}{_text(index, part)}") + HEADING_TOKENS

    return choice.choose(good[:MOST_HITS], index.count, replace(costs, text=cost))


def _text(index: PageIndex, page: int) -> str:
    return index.texts([page]).get(page, "")


def _cost(parts: Iterable[object]) -> int:
    return sum(
        text_tokens(part.text) if isinstance(part, TextPart) else part_tokens(part)
        for part in parts
        if isinstance(part, TextPart | ImagePart | FilePart)
    )


def _words(question: Message) -> list[TextPart]:
    return [part for part in question.parts if isinstance(part, TextPart)]


def _without(pages: tuple[int, ...], known: frozenset[int]) -> tuple[int, ...]:
    return tuple(page for page in pages if page not in known)
