"""The table of what would be sent, as plain text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import ChatRequest
from desktop_helper.core.picture_limit import PictureLimit
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.text_lines import width_of
from desktop_helper.core.text_tokens import text_tokens
from desktop_helper.services.budget import Budget, Item
from desktop_helper.services.budget_fit import Means, fit, sentence, total_after
from desktop_helper.services.clip_choice import percent
from desktop_helper.services.providers import readable_tokens
from desktop_helper.services.question_estimate import Estimate, part_tokens, pictures_words, short

_WIDEST_NAME = 40  # columns


def lines(budget: Budget, seen: Collection[str] = ()) -> list[str]:
    """Attachments, conversation and text with their tokens; the sum; what of the attachments was not `seen` already."""
    estimate = budget.estimate
    rows = [_row(budget, item.name, item.what(), item.expected) for item in budget.items]
    if estimate.conversation:
        rows.append(_row(budget, tr("Conversation so far"), "", estimate.conversation))
    if estimate.text.strip():
        rows.append(_row(budget, tr("Your text"), "", estimate.text_cost))
    told = _aligned(rows)
    told.append(" · ".join(filter(None, (sum_of(budget), budget.cost()))))
    told += [tr("Note: {what}", what=note) for item in budget.items for note in item.said if note not in seen]
    return told


def of_request(profile: ModelProfile, request: ChatRequest, items: tuple[Item, ...]) -> Budget:
    """What a request would cost whose last message has these attachments."""
    *earlier, last = request.messages
    before = sum(text_tokens(message.text) + sum(map(part_tokens, message.media)) for message in earlier)
    limit, most = readable_tokens(profile), PictureLimit.of(profile.title, profile.quirks).pictures
    asked = Estimate(before, last.text, last.media, limit, price=profile.price, most_pictures=most, final=True)
    return Budget(items, asked)


def sum_of(budget: Budget) -> str:
    """`60k of 128k tokens · 47%`, and how many pictures there are if those are too many."""
    share = budget.share(budget.estimate.total)
    used = budget.estimate.of_limit()
    sum_ = used if share is None else f"{used} · {percent(share)}"
    return " · ".join(filter(None, (budget.estimate.of_pictures(), sum_)))


def advice(budget: Budget, means: Sequence[Means]) -> str:
    """How it would fit, if it is too much; what happens otherwise."""
    if not (budget.excess or budget.picture_excess):
        return ""
    changes = fit(budget, means)
    if not changes:
        return cannot_fit(budget)
    how = "; ".join(sentence(budget.items[change.place], change) for change in changes)
    total = short(total_after(budget, means, changes))
    if budget.picture_excess:
        return tr("These are {count} pictures, and the model takes no more than {most} at once. "
                  "It would fit like this: {how}. Then it is about {total} tokens.",
                  count=budget.estimate.pictures, most=budget.estimate.most_pictures, how=how, total=total)  # fmt: skip
    return tr("This is more than the model can read. It would fit like this: {how}. Then it is about {total} tokens.",
              how=how, total=total)  # fmt: skip


def cannot_fit(budget: Budget) -> str:
    """What is said of what is too much where nothing can be changed about it."""
    estimate = budget.estimate
    too_long = tr(
        "This is more than the model can read, and smaller pictures or fewer pages are not enough: take something away."
    )
    return sentences(
        too_long if budget.excess else "",
        pictures_words(estimate.pictures, estimate.most_pictures or 0) if budget.picture_excess else "",
    )


def means_of(item: Item) -> Means:
    """What a command line can change about a file."""
    return Means(pages=item.kind == "pages", frames=item.kind == "frames")


def _row(budget: Budget, name: str, what: str, tokens: int) -> tuple[str, str, str, str]:
    share = budget.share(tokens)
    count = tr("{count} tokens", count=f"{tokens:,}")
    return _elided(" ".join(name.split())), what, count, "" if share is None else percent(share)


def _elided(name: str) -> str:
    """The middle of a long name is left out."""
    if width_of(name) <= _WIDEST_NAME:
        return name
    ends = name, name
    while width_of(ends[0]) + width_of(ends[1]) >= _WIDEST_NAME:
        ends = (ends[0][:-1], ends[1]) if len(ends[0]) >= len(ends[1]) else (ends[0], ends[1][1:])
    return f"{ends[0]}…{ends[1]}"


def _aligned(rows: Iterable[tuple[str, str, str, str]]) -> list[str]:
    """Words at the left, numbers at the right of their columns."""
    table = list(rows)
    if not table:
        return []
    widths = [max(width_of(row[column]) for row in table) for column in range(4)]
    told = []
    for row in table:
        gaps = [" " * (widths[column] - width_of(row[column])) for column in range(4)]
        left = [row[0] + gaps[0], row[1] + gaps[1]]
        told.append("  ".join([*left, gaps[2] + row[2], gaps[3] + row[3]]).rstrip())
    return told
