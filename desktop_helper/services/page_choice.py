"""Which pages of a document are chosen, what they cost, and what is said about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from desktop_helper.core.i18n import tr
from desktop_helper.core.pages import MOST_PAGES
from desktop_helper.core.text_tokens import CHARACTERS_PER_TOKEN
from desktop_helper.services.clip_choice import percent
from desktop_helper.services.question_estimate import short


@dataclass(frozen=True, slots=True)
class PageCost:
    """What a page is in a question: tokens of its picture, and the characters of its text."""

    tokens: int
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Sum:
    """What some pages cost together; `exact` if each of them was looked at."""

    tokens: int
    exact: bool


class Choice:
    """Pages of a document, counted from 1, some of which are chosen.

    Args:
        count: how many there are.
        chosen: those that are chosen at first.
    """

    def __init__(self, count: int, chosen: Collection[int] = ()) -> None:
        self.count = count
        self._pages = {page for page in chosen if 1 <= page <= count}
        self._anchor = 1
        self._before = frozenset(self._pages)

    @property
    def pages(self) -> list[int]:
        """The chosen ones, in order."""
        return sorted(self._pages)

    def __contains__(self, page: int) -> bool:
        return page in self._pages

    def toggle(self, page: int) -> None:
        """Choose a page, or do not any more. What is extended then begins here."""
        self._anchor = page
        self._pages ^= {page}
        self._before = frozenset(self._pages)

    def extend(self, page: int) -> None:
        """All pages from the one that was toggled last to this one become as that one is."""
        first, last = sorted((self._anchor, page))
        reached = frozenset(range(first, last + 1))
        chosen = self._anchor in self._before
        self._pages = set(self._before | reached if chosen else self._before - reached)

    def rest_at(self, page: int) -> None:
        """What is extended next begins at this page, and chooses."""
        self._anchor = page
        self._before = frozenset(self._pages | {page})

    def set(self, pages: Collection[int]) -> None:
        """Just these."""
        self._pages = {page for page in pages if 1 <= page <= self.count}
        self._before = frozenset(self._pages)

    def everything(self) -> None:
        """All of them."""
        self.set(range(1, self.count + 1))


def cost_of(pages: Collection[int], costs: Mapping[int, PageCost], most_characters: int) -> Sum:
    """What these pages cost; one that was not looked at yet is taken for an average one.

    Args:
        pages: that would be sent.
        costs: of those that were looked at.
        most_characters: of the text of all of them together (`core.pages.most_characters`).
    """
    known = [costs[page] for page in pages if page in costs]
    missing = len(pages) - len(known)
    seen = known or list(costs.values())
    tokens, characters = sum(one.tokens for one in known), sum(one.characters for one in known)
    if missing and seen:
        tokens += round(missing * sum(one.tokens for one in seen) / len(seen))
        characters += round(missing * sum(one.characters for one in seen) / len(seen))
    return Sum(tokens + round(min(characters, most_characters) / CHARACTERS_PER_TOKEN), not missing)


def sentence(pages: Collection[int], count: int, cost: Sum, limit: int) -> str:
    """`12 of 340 pages · about 34k tokens · 27% of what the model can read`.

    Args:
        pages: that are chosen.
        count: how many the document has.
        cost: of those.
        limit: what the model can read; 0 if nobody knows.
    """
    said = [tr("{chosen} of {count} pages", chosen=f"{len(pages):,}", count=f"{count:,}")]
    if pages and cost.tokens:
        used = short(cost.tokens)
        said.append(tr("{used} tokens", used=used) if cost.exact else tr("about {used} tokens", used=used))
        if limit:
            said.append(tr("{share} of what the model can read", share=percent(cost.tokens / limit)))
    return " · ".join(said)


def warning(pages: Collection[int], cost: Sum, limit: int) -> str:
    """What is to be known before these pages are taken; empty if nothing."""
    if not pages:
        return tr("Choose at least one page.")
    if len(pages) > MOST_PAGES:
        return tr("At most {most} pages go: the first {most} of those.", most=MOST_PAGES)
    if limit and cost.tokens > limit:
        return tr("This is more than the model can read.")
    return ""
