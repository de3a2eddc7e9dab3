"""What was chosen of a document as it goes with a question: a note that says so, and the text of pages or parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop_helper.core.documents import Reference, Unit, note, reference_of
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.pages import written
from desktop_helper.services.documents.page_index import PageIndex

_MOST_PLACES = 8  # parts that are named one by one
_MOST_NAME = 60  # characters


def title(reference: Reference) -> str:
    """What the note is called."""
    told = {"name": reference.name, "count": reference.pages}
    if reference.unit is Unit.PART:
        return tr("{name}, {shown} of {count} parts", shown=len(reference.shown), **told)
    return tr("{name}, pages {pages} of {count}", pages=written(reference.shown), **told)


def said(reference: Reference, index: PageIndex, drawn: Sequence[int], *, later: bool) -> str:
    """What the note says: `drawn` are the pages whose pictures go, `later` is a question that follows another one."""
    if reference.unit is Unit.PART:
        return _said_of_parts(reference, index.names(reference.shown), later=later)
    told = {"name": reference.name, "count": reference.pages, "pages": written(reference.shown)}
    if later:
        told_first = tr("Added from {name} ({count} pages) for this question: {pages}.", **told)
    elif len(reference.shown) == 1:
        told_first = tr("Page {pages} of {count} of {name} was chosen for the question.", **told)
    else:
        told_first = tr("Pages {pages} of {count} of {name} were chosen for the question.", **told)
    told_more = []
    if without := [page for page in reference.shown if page not in drawn]:
        told_more.append(tr("Text only: {pages}.", pages=written(without)))
    if unread := index.unread_count():
        told_more.append(tr("{count} scanned pages have not been read yet, so they were not searched.", count=unread))
    return sentences(told_first, *told_more)


def text_of(reference: Reference, texts: Mapping[int, str], names: Mapping[int, str]) -> list[FilePart]:
    """The text of pages or parts, each under its number and its name; nothing if there is none."""
    pieces = [f"[{_heading(reference, number, names)}]\n{texts[number]}" for number in sorted(texts) if texts[number]]
    if not pieces:
        return []
    text = "\n\n".join(pieces)
    name = tr("{name}, text of the pages", name=reference.name)
    if reference.unit is Unit.PART:
        name = tr("{name}, parts of the text", name=reference.name)
    return [FilePart(text.encode(), "text/plain", name, text)]


def without_pictures(chosen: Sequence[MediaPart], before: Sequence[MediaPart]) -> Sequence[MediaPart]:
    """Parts of a text that were chosen, with a word about the pictures that were attached `before` and are not now."""
    said, *more = chosen
    reference = reference_of(said)
    lost = any(isinstance(part, ImagePart) for part in before)
    if reference is None or reference.unit is not Unit.PART or not isinstance(said, FilePart) or not lost:
        return chosen
    return [note(said.name, sentences(said.text, tr("The pictures in it are not attached.")), reference), *more]


def _heading(reference: Reference, number: int, names: Mapping[int, str]) -> str:
    if reference.unit is Unit.PAGE:
        return tr("page {page} of {count}", page=number, count=reference.pages)
    numbered = tr("part {part} of {count}", part=number, count=reference.pages)
    return f"{numbered}: {names[number]}" if names.get(number) else numbered


def _said_of_parts(reference: Reference, names: Mapping[int, str], *, later: bool) -> str:
    told = {"name": reference.name, "count": reference.pages, "shown": len(reference.shown)}
    told["places"] = places(reference.shown, names)
    if later:
        return tr("Added from {name} ({count} parts) for this question: {places}.", **told)
    return tr("Of the {count} parts of {name}, {shown} were chosen for the question: {places}.", **told)


def places(numbers: Sequence[int], names: Mapping[int, str]) -> str:
    """What parts are called, as far as there is room: `lines 1–40, lines 300–360 and 3 more`."""
    told = [names[number].partition(": ")[0][:_MOST_NAME] if names.get(number) else str(number) for number in numbers]
    told = list(dict.fromkeys(told))
    named = ", ".join(told[:_MOST_PLACES])
    more = len(told) - _MOST_PLACES
    return tr("{places} and {count} more", places=named, count=more) if more > 0 else named
