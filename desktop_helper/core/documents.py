"""A document of which not everything is sent: what is noted beside its pages, so that more of it can be found later."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import BinaryIO

from desktop_helper.core import notes
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart, Part, is_note
from desktop_helper.core.notes import MARK, is_marked

LONGEST = 20_000  # pages or parts that a document may claim to have
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = "document"


class ChosenBy(StrEnum):
    """Who said which pages are attached."""

    HABIT = "habit"  # the first ones, since nobody knew the question
    USER = "user"
    QUESTION = "question"


class Unit(StrEnum):
    """What a document is counted in."""

    PAGE = "page"  # has a picture, and is called by its number
    PART = "part"  # a stretch of text that somebody here has cut off, and called: `lines 40–120`, `Sheet1!A1:H200`


@dataclass(frozen=True, slots=True)
class Reference:
    """Which document it is, and what of it is attached.

    Args:
        digest: SHA-256 of the file, in hex.
        name: as shown. Untrusted.
        pages: how many it has. Nobody has counted parts before there is an index: then it is one, which is shown if all
            of the text is.
        shown: those whose picture or text is attached.
        by: who chose them.
        unit: whether they are pages or parts.
        holds: of a folder or an archive, how many parts behind the note are texts of files in it; None for one file.
        size: bytes of the file, or of all files; 0 if that was not noted.
    """

    digest: str
    name: str
    pages: int
    shown: tuple[int, ...] = ()
    by: ChosenBy = ChosenBy.HABIT
    unit: Unit = Unit.PAGE
    holds: int | None = None
    size: int = 0

    @property
    def whole(self) -> bool:
        """Whether all of it is attached."""
        return len(self.shown) == self.pages


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page or a part says.

    Args:
        text: of it.
        scanned: it is a picture, and what it says can only be read from that.
        name: of a part: where it stands in the file. May be empty.
        heading: what stands above it and says what it is about; empty where that is in its first line.
    """

    text: str
    scanned: bool = False
    name: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class PageReading:
    """Which pages' or parts' texts are wanted, counted from 1. More of those that follow may be told as well.

    `password` opens the file.
    """

    first: int
    last: int
    password: str = field(default="", repr=False)
    unit: Unit = Unit.PAGE


ReadTexts = Callable[[bytes | BinaryIO, str, PageReading], tuple[int, list[PageText]]]
"""From a file's bytes or an open file, and its name, to the number of its pages and what those that are wanted say."""


def note(title: str, text: str, reference: Reference, *, fact: bool = False) -> FilePart:
    """`text` for the user and the model, with the reference where only this app looks. `fact`: see `core.notes`."""
    described: dict[str, object] = {
        "sha256": reference.digest,
        "name": reference.name,
        "pages": reference.pages,
        "shown": list(reference.shown),
        "by": str(reference.by),
    }
    if reference.unit is not Unit.PAGE:
        described["unit"] = str(reference.unit)
    if reference.holds is not None:
        described["holds"] = reference.holds
    if reference.size:
        described["size"] = reference.size
    return FilePart(json.dumps({_KEY: described} | (MARK if fact else {})).encode(), NOTE_MIME, title, text)


def reference_of(part: Part) -> Reference | None:
    """What a note says about its document; None for all other parts. It may come from an imported conversation."""
    if not isinstance(part, FilePart) or part.mime != NOTE_MIME or not part.data.startswith(b"{"):
        return None
    try:
        found = json.loads(part.data)[_KEY]
        pages = int(found["pages"])
        shown = tuple(sorted({int(page) for page in found["shown"]}))
        digest, name = str(found["sha256"]), str(found["name"])
        if not _DIGEST.fullmatch(digest) or not 0 < pages <= LONGEST or not all(0 < page <= pages for page in shown):
            return None
        holds = None if found.get("holds") is None else max(0, int(found["holds"]))
        by, unit, size = ChosenBy(found["by"]), Unit(found.get("unit", "page")), max(0, int(found.get("size", 0)))
        return Reference(digest, name, pages, shown, by, unit, holds, size)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def renamed(part: MediaPart, name: Callable[[str], str]) -> MediaPart:
    """The part under another name, and its document, too: parts are known by it to belong together."""
    reference = reference_of(part)
    if reference is None or not isinstance(part, FilePart):
        return replace(part, name=name(part.name))
    reference = replace(reference, name=name(reference.name))
    return note(name(part.name), part.text, reference, fact=is_marked(part))


def unreferred(part: MediaPart) -> MediaPart:
    """The part without its reference, if it has one."""
    if isinstance(part, FilePart) and reference_of(part) is not None:
        return notes.note(part.name, part.text, fact=is_marked(part))
    return part


def by_themselves(parts: Sequence[MediaPart]) -> tuple[MediaPart, ...]:
    """Parts of which no more can be found later: without references, and what is only said for their sake."""
    return tuple(unreferred(part) for part in parts if not is_only_for_later(part))


def is_only_for_later(part: Part) -> bool:
    """Whether it is a note that has nothing to say as long as everything is attached."""
    found = reference_of(part)
    return found is not None and found.unit is Unit.PART and found.whole and found.by is ChosenBy.HABIT


def of_file(part: MediaPart, digest: str) -> MediaPart:
    """The part with its document in the file of that digest, in which it is packed. Pages are not found in there."""
    found = reference_of(part)
    if found is None or not isinstance(part, FilePart) or found.unit is Unit.PAGE:
        return unreferred(part)
    return note(part.name, part.text, replace(found, digest=digest))


def references(parts: Sequence[Part]) -> list[Reference]:
    """All of them, in order."""
    return [found for part in parts if (found := reference_of(part)) is not None]


def belonging(media: Sequence[MediaPart], found: Reference) -> list[MediaPart]:
    """The note with the reference, and what follows it of the same document."""
    group: list[MediaPart] = []
    for place, part in enumerate(media):
        other = reference_of(part)
        if not group:
            if other is not None and other.digest == found.digest:
                if found.holds is not None:
                    return list(media[place : place + 1 + found.holds])
                group.append(part)
        elif other is None and part.name.startswith(found.name):
            group.append(part)
        else:
            break
    return group


def are_to_be_chosen(parts: Sequence[Part]) -> bool:
    """Whether there is a document of which other pages may go with a question than those that are attached now."""
    return any(found.by is not ChosenBy.USER for found in references(parts))


def make_room_for_pictures(media: Sequence[MediaPart]) -> bool:
    """Whether there is a document that may go with fewer pictures than are attached now."""
    return any(
        found.by is not ChosenBy.USER
        and (found.unit is Unit.PAGE or any(isinstance(part, ImagePart) for part in belonging(media, found)))
        for found in references(media)
    )


def is_fact(part: Part) -> bool:
    """Whether it is a note that says nothing of what is missing. That other pages will be chosen is none, either."""
    reference = reference_of(part)
    return is_marked(part) or (reference is not None and reference.by is not ChosenBy.USER)


def notes_for_now(media: Sequence[MediaPart]) -> list[FilePart]:
    """What is to be said before the question is asked.

    Of a document whose pages are chosen then, only that: what else is noted is about pages that may not go.
    """
    found = [one for one in references(media) if one.by is not ChosenBy.USER and one.holds is None]
    silent = {id(part) for one in found for part in belonging(media, one)[1:]}
    files = [part for part in media if isinstance(part, FilePart) and is_note(part) and id(part) not in silent]
    return [part for part in files if not is_only_for_later(part)]


def says_what_is_missing(part: Part) -> bool:
    """Whether it is a note about something that does not go. Pages that were chosen for a question leave others out."""
    reference = reference_of(part)
    chosen = reference is not None and reference.by is not ChosenBy.USER and not reference.whole
    return chosen or not is_marked(part)


def is_about_choice(part: Part) -> bool:
    """Whether it is a note that says which pages were chosen for a question."""
    found = reference_of(part)
    return found is not None and found.by is ChosenBy.QUESTION
