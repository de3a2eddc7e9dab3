"""Which pages of a document are read, and what is said about the others."""

from __future__ import annotations

from collections.abc import Callable

from desktop_helper.attachments import _errors
from desktop_helper.core import documents
from desktop_helper.core.documents import ChosenBy, Reference, note
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import NOTE_MIME, FilePart
from desktop_helper.core.pages import MOST_PAGES, USUAL_COUNT, Ranges, as_typed, chosen, written


def selected(
    name: str, count: int, ranges: Ranges, digest: Callable[[], str] | None = None
) -> tuple[list[int], list[FilePart]]:
    """The numbers of the pages, and a note if those are not all. Raises `HelperError(SOURCE)` if there are none.

    With the `digest` of a file whose other pages can be found later, the note is a `core.documents.Reference` as well.
    """
    if not ranges:
        shown = min(count, USUAL_COUNT)
        numbers = list(range(1, shown + 1))
        return numbers, [] if shown == count else [_referring(_first(name, count, shown), name, count, numbers, digest)]
    wanted = chosen(ranges, count)
    if not wanted:
        raise _errors.unreadable(
            tr("{name} has {count} pages: {pages} is not among them.", name=name, count=count, pages=as_typed(ranges)),
            tr("Choose others."),
        )
    pages = wanted[:MOST_PAGES]
    if len(pages) == count:
        return pages, []
    missing = [one for one in ranges if one[0] > count]
    told = _chosen(name, count, pages, len(wanted), as_typed(missing))
    return pages, [_referring(told, name, count, pages, digest, ChosenBy.USER)]


def all_there(name: str, count: int, digest: Callable[[], str]) -> FilePart:
    """A note about a document of which all pages are attached, so that fewer can be, if those are too many."""
    text = tr("{name} has {count} pages; all of them are attached.", name=name, count=count)
    said = FilePart(text.encode(), NOTE_MIME, name, text)
    return _referring(said, name, count, list(range(1, count + 1)), digest)


def _referring(
    said: FilePart,
    name: str,
    count: int,
    shown: list[int],
    digest: Callable[[], str] | None,
    by: ChosenBy = ChosenBy.HABIT,
) -> FilePart:
    if digest is None or count > documents.LONGEST:
        return said
    return note(said.name, said.text, Reference(digest(), name, count, tuple(shown), by))


def _first(name: str, count: int, shown: int) -> FilePart:
    text = tr("{name} has {count} pages; only the first {shown} are attached.", name=name, count=count, shown=shown)
    title = tr("{name}, pages 1 to {shown} of {count}", name=name, count=count, shown=shown)
    return FilePart(text.encode(), NOTE_MIME, title, text)


def _chosen(name: str, count: int, pages: list[int], wanted: int, missing: str) -> FilePart:
    these = written(pages)
    text = tr("{name} has {count} pages; attached are {pages}, as chosen.", name=name, count=count, pages=these)
    if wanted > len(pages):
        text = tr(
            "{name} has {count} pages, of which {wanted} were chosen; attached are the first {most} of those: {pages}.",
            name=name, count=count, wanted=wanted, most=len(pages), pages=these,
        )  # fmt: skip
    if missing:
        text = sentences(text, tr("There is no page {pages}.", pages=missing))
    title = tr("{name}, pages {pages} of {count}", name=name, pages=these, count=count)
    return FilePart(text.encode(), NOTE_MIME, title, text)
