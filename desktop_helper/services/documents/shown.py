"""What was chosen of a document as it goes with a question: a note that says so, and the text of pages or parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import Enum

from desktop_helper.core.documents import ChosenBy, Reference, Unit, note, reference_of
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.many_files import REST
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.pages import written
from desktop_helper.services.documents.page_index import PageIndex

_MOST_PLACES = 8  # parts that are named one by one
_MOST_NAME = 60  # characters


class Why(Enum):
    """Why these pages or parts go."""

    MATCHING = "matching"  # the question
    LATER = "later"  # the same, for one that follows another one
    BEGINNING = "beginning"  # nothing matches the question
    NO_WORDS = "no words"  # the question has none that could be looked for


def title(reference: Reference) -> str:
    """What the note is called."""
    told = {"name": reference.name, "count": reference.pages}
    if not reference.shown:
        return tr("{name}, nothing chosen", name=reference.name)
    if reference.unit is Unit.PART:
        return tr("{name}, {shown} of {count} parts", shown=len(reference.shown), **told)
    return tr("{name}, pages {pages} of {count}", pages=written(reference.shown), **told)


def said(reference: Reference, index: PageIndex, drawn: Sequence[int], why: Why) -> str:
    """What the note says: `drawn` are the pages whose pictures go."""
    if reference.unit is Unit.PART:
        told = [_said_of_parts(reference, index.names(reference.shown), why)]
    else:
        told = [_said_of_pages(reference, why)]
        if without := [page for page in reference.shown if page not in drawn]:
            told.append(tr("Text only: {pages}.", pages=written(without)))
    if reference.holds is not None:
        told += [index.texts([number]).get(number, "") for number, _name in index.named(REST)]
    return sentences(*told, _unread(index))


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


def unsearched(reference: Reference, group: Sequence[MediaPart], why: str) -> list[MediaPart]:
    """What is attached of a document, with a note that says that pages were to be chosen and could not be."""
    return _kept(reference, group, tr("{name} could not be searched for the question.", name=reference.name), why)


def unmatched(reference: Reference, group: Sequence[MediaPart], index: PageIndex) -> list[MediaPart]:
    """The same where no page is better than what is attached."""
    return _kept(reference, group, _unmatched(reference, Why.BEGINNING), _unread(index))


def _kept(reference: Reference, group: Sequence[MediaPart], *why: str) -> list[MediaPart]:
    said, *attached = group
    told = said.text if isinstance(said, FilePart) else ""
    return [note(said.name, sentences(told, *why), replace(reference, by=ChosenBy.QUESTION)), *attached]


def _unread(index: PageIndex) -> str:
    count = index.unread_count()
    return tr("{count} scanned pages have not been read yet, so they were not searched.", count=count) if count else ""


def _heading(reference: Reference, number: int, names: Mapping[int, str]) -> str:
    if reference.unit is Unit.PAGE:
        return tr("page {page} of {count}", page=number, count=reference.pages)
    numbered = tr("part {part} of {count}", part=number, count=reference.pages)
    return f"{numbered}: {names[number]}" if names.get(number) else numbered


def _said_of_pages(reference: Reference, why: Why) -> str:
    told = {"name": reference.name, "count": reference.pages, "pages": written(reference.shown)}
    if why is Why.LATER:
        return tr("Added from {name} ({count} pages) for this question: {pages}.", **told)
    if why is not Why.MATCHING:
        if reference.whole:
            return tr("All {count} pages of {name} go.", **told)
        return sentences(_unmatched(reference, why), tr("So its beginning goes: pages {pages} of {count}.", **told))
    if len(reference.shown) == 1:
        return tr("Page {pages} of {count} of {name} was chosen for the question.", **told)
    return tr("Pages {pages} of {count} of {name} were chosen for the question.", **told)


def _unmatched(reference: Reference, why: Why) -> str:
    if why is Why.NO_WORDS:
        return tr("The question has no words that could be looked for in {name}.", name=reference.name)
    return tr("Nothing in {name} matches the words of the question.", name=reference.name)


def _said_of_parts(reference: Reference, names: Mapping[int, str], why: Why) -> str:
    told = {"name": reference.name, "count": reference.pages, "shown": len(reference.shown)}
    told["places"] = places(reference.shown, names, in_files=reference.holds is not None)
    if why in (Why.BEGINNING, Why.NO_WORDS):
        if reference.whole:
            return tr("All {count} parts of {name} go.", **told)
        begins = tr("So its beginning goes, {shown} of {count} parts: {places}.", **told)
        return sentences(_unmatched(reference, why), begins)
    if why is Why.LATER:
        return tr("Added from {name} ({count} parts) for this question: {places}.", **told)
    return tr("Of the {count} parts of {name}, {shown} were chosen for the question: {places}.", **told)


def places(numbers: Sequence[int], names: Mapping[int, str], *, in_files: bool = False) -> str:
    """What parts are called, as far as there is room: `lines 1–40, lines 300–360 and 3 more`.

    In files: `a.txt, lines 1–40; b.txt, lines 3–9`, and of a long path its end.
    """
    short = _end if in_files else _beginning
    told = [short(names[number].partition(": ")[0]) if names.get(number) else str(number) for number in numbers]
    told = list(dict.fromkeys(told))
    named = ("; " if in_files else ", ").join(told[:_MOST_PLACES])
    more = len(told) - _MOST_PLACES
    return tr("{places} and {count} more", places=named, count=more) if more > 0 else named


def _beginning(name: str) -> str:
    return name[:_MOST_NAME]


def _end(name: str) -> str:
    return name if len(name) <= _MOST_NAME else f"…{name[1 - _MOST_NAME :]}"
