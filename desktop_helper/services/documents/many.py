"""Folders and archives in a question: which of their parts are known already, and what is said of their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from desktop_helper.core.document_places import document_of
from desktop_helper.core.documents import ChosenBy, Reference, note, reference_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.many_files import BEHIND, clean
from desktop_helper.core.messages import FilePart, MediaPart, is_note
from desktop_helper.services.documents import shown
from desktop_helper.services.documents.page_index import PageIndex
from desktop_helper.services.documents.words import terms
from desktop_helper.services.question_estimate import part_tokens


def known(index: PageIndex, media: Sequence[MediaPart]) -> frozenset[int]:
    """The numbers of parts of files that are attached as a whole."""
    files = {clean(document_of(part)) for part in media if not is_note(part)}
    return frozenset(number for number, name in index.named("%") if not files.isdisjoint(_beginnings(name)))


def that_fit(texts: Sequence[MediaPart], room: int) -> list[MediaPart]:
    """The first of some files, as far as there is room for them."""
    kept: list[MediaPart] = []
    for part in texts:
        cost = part_tokens(part)
        if cost <= room:
            kept.append(part)
            room -= cost
    return kept


def with_whole(chosen: Sequence[MediaPart], whole: Sequence[MediaPart]) -> list[MediaPart]:
    """Parts that were chosen, with the files that stay as they are, of which their note tells."""
    said, *more = chosen
    reference = reference_of(said)
    if reference is None or not isinstance(said, FilePart):
        return [*chosen, *whole]
    text = sentences(_counted(reference, whole), said.text)
    return [note(said.name, text, replace(reference, holds=len(more) + len(whole))), *more, *whole]


def without_choice(
    reference: Reference, index: PageIndex | None, whole: Sequence[MediaPart], why: str
) -> list[MediaPart]:
    """The files that stay, with a note that says why nothing else goes."""
    reference = replace(reference, shown=(), holds=len(whole))
    if index is not None:
        reference = replace(reference, pages=index.count, by=ChosenBy.QUESTION)
    return [note(shown.title(reference), sentences(why, _counted(reference, whole)), reference), *whole]


def nothing_matches(reference: Reference, words: str) -> str:
    """Why nothing was chosen."""
    if not terms(words):
        return tr("The question has no words that could be looked for in {name}.", name=reference.name)
    return tr("Nothing in {name} that is not attached matches the words of the question.", name=reference.name)


def no_room(reference: Reference) -> str:
    """Why nothing was chosen."""
    return tr("There is no room for parts of other files of {name}.", name=reference.name)


def not_searched(reference: Reference, error: HelperError | None) -> str:
    """Why nothing was chosen."""
    return sentences(tr("What else is in {name} could not be searched.", name=reference.name), why_not(error))


def why_not(error: HelperError | None) -> str:
    """Why something could not be searched: what went wrong, or there is nothing to read any more."""
    return error.message if error is not None else tr("It was changed, or is not where it was.")


def _counted(reference: Reference, whole: Sequence[MediaPart]) -> str:
    count = len({document_of(part) for part in whole})
    return (
        tr("The text of {count} files of {name} is attached as a whole.", count=count, name=reference.name)
        if count
        else ""
    )


def _beginnings(name: str) -> Iterator[str]:
    """The files that a part may be of, by what it is called."""
    yield name
    for sign in BEHIND:
        at = name.find(sign)
        while at >= 0:
            yield name[:at]
            at = name.find(sign, at + 1)
