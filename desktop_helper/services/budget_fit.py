"""Makes a question fit that is too much for the model: pages and pictures smaller first, then fewer pages."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import fit as fitting_size
from desktop_helper.core.messages import ImagePart
from desktop_helper.services.budget import Budget, Item, Kind
from desktop_helper.services.question_estimate import short

DETAILS = (
    4000,
    3000,
    2200,
    1500,
    1000,
    700,
    500,
)  # tokens of a picture; of the last, a page has 532 × 728 pixels
_LEAST_CLIP = 2000  # tokens of a video
_AS_IT_IS = sys.maxsize  # tokens
_ROOM = 0.98  # of what is free: sizes are rounded to whole tokens


@dataclass(frozen=True, slots=True)
class Means:
    """What can be changed about an attachment.

    Args:
        detail: its pictures can be made smaller.
        pages: some of its pages can be left away.
        frames: its frames can be fewer, or smaller.
    """

    detail: bool = False
    pages: bool = False
    frames: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One attachment's part in a proposal; None leaves things as they are.

    Args:
        place: of the attachment.
        pages: so many of the first ones that go now.
        detail: tokens of each picture at most.
        clip_tokens: of all frames of a video.
    """

    place: int
    pages: int | None = None
    detail: int | None = None
    clip_tokens: int | None = None


def fit(budget: Budget, means: Sequence[Means]) -> tuple[Change, ...]:
    """What makes it fit; nothing if it fits as it is, or if no change would do."""
    # What is chosen when it is asked keeps to the limits by itself; its first pages instead would be more.
    items = [(item, can if item.foreseen is None else Means()) for item, can in zip(budget.items, means, strict=True)]
    share = _share_of_pages(items, budget.picture_excess)
    if share is None:
        return ()
    if not budget.excess:
        return _changes(items, [_AS_IT_IS] * len(items), share)
    free = budget.estimate.most - budget.estimate.total + sum(item.expected for item, _means in items)
    for detail in DETAILS:
        if sum(_tokens(item, can, detail, share) for item, can in items) <= free * _ROOM:
            return _changes(items, _refined(items, detail, free, share), share)
    least, most = 0, round(1000 * share)
    while most - least > 1:  # thousandths of the pages
        middle = (least + most) // 2
        fits = sum(_tokens(item, can, DETAILS[-1], middle / 1000) for item, can in items) <= free * _ROOM
        least, most = (middle, most) if fits else (least, middle)
    if sum(_tokens(item, can, DETAILS[-1], least / 1000) for item, can in items) > free * _ROOM:
        return ()
    return _changes(items, [DETAILS[-1]] * len(items), least / 1000)


def _share_of_pages(items: Sequence[tuple[Item, Means]], excess: int) -> float | None:
    """How much of the pages may stay so that so many pictures less are sent; None if it is not enough."""
    pages = [len(item.pictures) for item, can in items if can.pages]
    for thousandths in range(1000, 0, -1):
        share = thousandths / 1000
        if sum(count - _kept(count, share) for count in pages) >= excess:
            return share
    return None


def pages_kept(item: Item, share: float) -> int:
    """How many pages are that share of an attachment's; one at least."""
    return _kept(len(item.pictures), share)


def _kept(pages: int, share: float) -> int:
    return max(1, int(pages * share))


def sentence(item: Item, change: Change) -> str:
    """`report.pdf: 12 pages at about 588 × 756`."""
    count, name = change.pages, item.name
    if change.clip_tokens is not None:
        return tr("{name}: frames for {tokens} tokens", name=name, tokens=short(change.clip_tokens))
    size = size_at(item, change.detail) if change.detail is not None else ""
    if count is not None and size:
        return tr("{name}: the first {count} pages at about {size}", name=name, count=count, size=size)
    if count is not None:
        return tr("{name}: the first {count} pages", name=name, count=count)
    return tr("{name}: at about {size}", name=name, size=size)


def size_at(item: Item, detail: int) -> str:
    """Pixels of its largest picture if that costs so many tokens at most."""
    largest = max(item.pictures, key=lambda part: part.tokens)
    width, height = fitting_size(*(largest.full_size or (largest.width, largest.height)), detail)
    return f"{width} × {height}"


def steps(item: Item) -> list[int]:
    """Details that are less than what it has now, the finest first."""
    most = max((part.tokens for part in item.pictures), default=0)
    return [step for step in DETAILS if step < most]


def _refined(items: Sequence[tuple[Item, Means]], detail: int, free: int, share: float) -> list[int]:
    """Where that leaves room, those with few pictures keep more detail: each costs little, and shows much."""
    details, counts = [detail] * len(items), [len(item.pictures) for item, _means in items]
    for count in sorted(set(counts)):  # equals stay equal
        for finer in (step for step in DETAILS if step > detail):
            tried = [finer if one == count else kept for one, kept in zip(counts, details, strict=True)]
            if sum(_tokens(*item, step, share) for item, step in zip(items, tried, strict=True)) <= free * _ROOM:
                details = tried
                break
    return details


def _tokens(item: Item, means: Means, detail: int, share: float) -> int:
    if item.kind is Kind.FRAMES:
        return min(item.tokens, _clip_tokens(item, detail)) if means.frames else item.tokens
    kept = pages_kept(item, share) if means.pages else len(item.pictures)
    pictures = _capped(item.pictures[:kept], detail if means.detail else None)
    text = item.tokens - item.picture_tokens
    if means.pages and item.pictures:
        text = round(text * kept / len(item.pictures))
    return pictures + text


def _capped(pictures: Iterable[ImagePart], detail: int | None) -> int:
    return sum(part.tokens if detail is None else min(part.tokens, detail) for part in pictures)


def _clip_tokens(item: Item, detail: int) -> int:
    return max(_LEAST_CLIP, round(item.picture_tokens * detail / DETAILS[0]))


def _changes(items: Sequence[tuple[Item, Means]], details: Sequence[int], share: float) -> tuple[Change, ...]:
    found = []
    for place, ((item, means), detail) in enumerate(zip(items, details, strict=True)):
        if item.kind is Kind.FRAMES:
            wanted = _clip_tokens(item, detail)
            if means.frames and wanted < item.picture_tokens:
                found.append(Change(place, clip_tokens=wanted))
            continue
        kept = pages_kept(item, share)
        fewer = kept if means.pages and kept < len(item.pictures) else None
        smaller = detail if means.detail and any(part.tokens > detail for part in item.pictures) else None
        if fewer is not None or smaller is not None:
            found.append(Change(place, fewer, smaller))
    return tuple(found)


def total_after(budget: Budget, means: Sequence[Means], changes: Sequence[Change]) -> int:
    """About how many tokens all of it has then."""
    total = budget.estimate.total
    for change in changes:
        item = budget.items[change.place]
        total -= item.expected
        if change.clip_tokens is not None:
            total += change.clip_tokens
            continue
        kept = len(item.pictures) if change.pages is None else change.pages
        text = item.tokens - item.picture_tokens
        if change.pages is not None and means[change.place].pages:
            text = round(text * kept / len(item.pictures))
        total += _capped(item.pictures[:kept], change.detail) + text
    return total
