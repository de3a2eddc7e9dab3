"""Which pages of a document are read, and what is said about the others."""

from __future__ import annotations

from collections.abc import Callable

from desktop_helper.attachments import _errors
from desktop_helper.core import documents
from desktop_helper.core.documents import ChosenBy, Reference
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart
from desktop_helper.core.notes import is_marked, note
from desktop_helper.core.pages import MOST_PAGES, USUAL_COUNT, Ranges, as_typed, chosen, written


def selected(name: str, count: int, ranges: Ranges) -> list[int]:
    """The numbers of the pages. Raises `HelperError(SOURCE)` if there are none."""
    if not ranges:
        return list(range(1, min(count, USUAL_COUNT) + 1))
    wanted = chosen(ranges, count)
    if not wanted:
        raise _errors.unreadable(
            tr("{name} has {count} pages: {pages} is not among them.", name=name, count=count, pages=as_typed(ranges)),
            tr("Choose others."),
        )
    return wanted[:MOST_PAGES]


def notes(
    name: str, count: int, ranges: Ranges, pages: list[int], digest: Callable[[], str] | None = None
) -> list[FilePart]:
    """What is said about the selected `pages`, if those are not all.

    With the `digest` of a file whose other pages can be found later, it is a `core.documents.Reference` as well. All of
    the file is read for it: after its pages, of which the first one is waited for.
    """
    if len(pages) == count:
        return []
    if not ranges:
        return [_referring(_first(name, count, len(pages)), name, count, pages, digest)]
    missing = [one for one in ranges if one[0] > count]
    # A fact, unless some of them are not there.
    told = _chosen(name, count, pages, len(chosen(ranges, count)), as_typed(missing))
    return [_referring(told, name, count, pages, digest, ChosenBy.USER)]


def all_there(name: str, count: int, digest: Callable[[], str]) -> FilePart:
    """A note about a document of which all pages are attached, so that fewer can be, if those are too many."""
    text = tr("{name} has {count} pages; all of them are attached.", name=name, count=count)
    said = note(name, text, fact=True)
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
    return documents.note(
        said.name, said.text, Reference(digest(), name, count, tuple(shown), by), fact=is_marked(said)
    )


def _first(name: str, count: int, shown: int) -> FilePart:
    text = tr("{name} has {count} pages; only the first {shown} are attached.", name=name, count=count, shown=shown)
    return note(tr("{name}, pages 1 to {shown} of {count}", name=name, count=count, shown=shown), text)


def _chosen(name: str, count: int, pages: list[int], wanted: int, missing: str) -> FilePart:
    these = written(pages)
    text = tr("{name} has {count} pages; attached are {pages}, as chosen.", name=name, count=count, pages=these)
    if len(pages) == 1 < count:
        text = tr("{name} has {count} pages; attached is page {page}, as chosen.", name=name, count=count, page=these)
    if wanted > len(pages):
        text = tr(
            "{name} has {count} pages, of which {wanted} were chosen; attached are the first {most} of those: {pages}.",
            name=name, count=count, wanted=wanted, most=len(pages), pages=these,
        )  # fmt: skip
    if missing:
        text = sentences(text, tr("There is no page {pages}.", pages=missing))
    title = tr("{name}, pages {pages} of {count}", name=name, pages=these, count=count)
    return note(title, text, fact=wanted == len(pages) and not missing)
