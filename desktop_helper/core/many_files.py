"""Folders and archives as documents: what the files in them say is found by parts, where not all of it can go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from desktop_helper.core.documents import LONGEST, PageText, Reference, Unit, note, reference_of
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, MediaPart, is_note

NAMED = 5  # of files that do not go
MAX_CHARACTERS = 12_000_000  # of all files together that are searched
REST = "…"
BEHIND = (", ", "，")  # a file's name, before what says which part of it it is


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that cannot be searched. `needs_password`: that is all that it needs."""

    path: str
    needs_password: bool


def may_give_way(parts: Sequence[MediaPart]) -> bool:
    """Whether a file is nothing but text, of which parts say as much: no page, no picture, nothing that was noted."""
    return all(isinstance(part, FilePart) and not is_note(part) and reference_of(part) is None for part in parts)


def searchable(reference: Reference, files: Sequence[tuple[MediaPart, ...]], read: int) -> tuple[MediaPart, ...]:
    """What is attached of files, of which more is found when a question is asked.

    Args:
        reference: to all of them.
        files: the parts of each that is attached.
        read: how many those are.
    """
    texts = [part for parts in files if may_give_way(parts) for part in parts]
    others = [part for parts in files if not may_give_way(parts) for part in parts]
    told = {"name": reference.name, "read": read}
    if reference.whole:
        said = tr("{read} files of {name} are attached.", **told)
    else:
        said = tr("{read} files of {name} are attached; the others are searched when you ask, and parts that your "
                  "question is about go along.", **told)  # fmt: skip
    title = tr("{name}, which of its files go", name=reference.name)
    return (*others, note(title, said, replace(reference, holds=len(texts)), fact=True), *texts)


def referred(name: str, digest: str, size: int, *, complete: bool) -> Reference:
    """To a folder or an archive of so many bytes; `complete` if all that can be found in it is attached."""
    return Reference(digest, name, 1, (1,) if complete else (), unit=Unit.PART, holds=0, size=size)


def parts_of_file(path: str, pages: Iterable[PageText], *, paged: bool = False) -> list[PageText]:
    """The same pages or parts, called after their file as well, which is what they are about."""
    told, shown = list(pages), clean(path)
    made = []
    for number, page in enumerate(told, 1):
        place = tr("page {page} of {count}", page=number, count=len(told)) if paged else page.name
        name = f"{shown}, {place}" if place else shown
        if page.text.strip() or page.scanned:
            made.append(replace(page, name=name, heading=f"{shown} {page.heading}".strip()))
    return made


def within_limits(files: Iterable[Sequence[PageText] | Unread], count: int) -> list[PageText]:
    """The parts of as many files as are searched; if that is not all, the last one says so, and is called `REST`.

    Args:
        files: what each says, read one by one.
        count: how many files there are.
    """
    kept: list[PageText] = []
    locked: list[str] = []
    left, failed, beyond = MAX_CHARACTERS, 0, 0
    for number, pages in enumerate(files):
        if isinstance(pages, Unread):
            locked += [pages.path] if pages.needs_password else []
            failed += not pages.needs_password
            continue
        left -= sum(len(page.text) for page in pages)
        if left < 0 or len(kept) + len(pages) >= LONGEST:
            beyond = count - number
            break
        kept += pages
    said = sentences(
        tr("{count} files could not be read to be searched.", count=failed) if failed else "",
        tr("Not searched, since a password protects them: {names}.", names=some(locked)) if locked else "",
        tr("{count} files were not searched: all together are too much.", count=beyond) if beyond else "",
    )
    return [*kept, PageText(said, name=REST)] if said and kept else kept


def some(paths: Sequence[str]) -> str:
    """The first of them, with a mark if there are more."""
    return ", ".join(paths[:NAMED]) + (" …" if len(paths) > NAMED else "")


def clean(path: str) -> str:
    """On one line, and without what ends a name where parts are told."""
    return re.sub(r"\s+", " ", path.replace("[", "(").replace("]", ")")).strip()
