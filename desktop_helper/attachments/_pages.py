"""Which pages of a document are read, and what is said about the others."""

from __future__ import annotations

from desktop_helper.attachments import _errors
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import NOTE_MIME, FilePart
from desktop_helper.core.pages import MOST_PAGES, Ranges, as_typed, chosen, written

MAX_PAGES = 20  # if nobody chooses


def selected(name: str, count: int, ranges: Ranges) -> tuple[list[int], list[FilePart]]:
    """The numbers of the pages, and a note if those are not all. Raises `HelperError(SOURCE)` if there are none."""
    if not ranges:
        shown = min(count, MAX_PAGES)
        return list(range(1, shown + 1)), [] if shown == count else [_first(name, count, shown)]
    wanted = chosen(ranges, count)
    if not wanted:
        raise _errors.unreadable(
            tr("{name} has {count} pages: {pages} is not among them.", name=name, count=count, pages=as_typed(ranges)),
            tr("Choose others."),
        )
    pages = wanted[:MOST_PAGES]
    return pages, [] if len(pages) == count else [_chosen(name, count, pages, len(wanted))]


def _first(name: str, count: int, shown: int) -> FilePart:
    text = tr("{name} has {count} pages; only the first {shown} are attached.", name=name, count=count, shown=shown)
    title = tr("{name}, pages 1 to {shown} of {count}", name=name, count=count, shown=shown)
    return FilePart(text.encode(), NOTE_MIME, title, text)


def _chosen(name: str, count: int, pages: list[int], wanted: int) -> FilePart:
    these = written(pages)
    text = tr("{name} has {count} pages; attached are {pages}, as chosen.", name=name, count=count, pages=these)
    if wanted > len(pages):
        text = tr(
            "{name} has {count} pages, of which {wanted} were chosen; attached are the first {most} of those: {pages}.",
            name=name, count=count, wanted=wanted, most=len(pages), pages=these,
        )  # fmt: skip
    title = tr("{name}, pages {pages} of {count}", name=name, pages=these, count=count)
    return FilePart(text.encode(), NOTE_MIME, title, text)
