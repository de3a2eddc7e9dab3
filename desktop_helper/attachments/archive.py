"""Zip files that are no document: the tree of what is in them, and the files that can be read, within limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile
from zlib import error as ZlibError

from desktop_helper.attachments import _errors, _office, _parts
from desktop_helper.attachments._choose import HEAD_BYTES, choose
from desktop_helper.attachments._zip import Archive
from desktop_helper.core import many_files, registry
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.coming import unseen
from desktop_helper.core.documents import LONGEST, PageReading, PageText, Unit, by_themselves
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.file_tree import CLUTTER, drawn, most_files, weight
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.notes import note
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions
from desktop_helper.core.text_tokens import text_tokens

MAX_FILES = 50  # that are read
MAX_PICTURES = 20
MAX_CHARACTERS = 200_000
_NAMED = 5  # of those that do not go
KINDS = ("text", "image", "svg", "csv", "html", "ipynb", "rtf")  # what costs little, and holds no more files
SEARCHED = ("text", "csv", "html", "ipynb", "rtf", "pdf", "docx", "pptx", "xlsx", "odf", "epub")  # by what they say


def _matches(head: bytes, name: str) -> bool:
    return head.startswith((_office.ZIP, b"PK\x05\x06"))


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    if not _matches(data, name):
        raise _errors.unreadable(tr("{name} is not a zip file.", name=name), tr("Check what kind of file it is."))
    return _office.guarded(name, lambda: _read(Archive(data, name), data, name, options))


def _read(archive: Archive, data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    members = _members(archive)
    if not members:
        raise _errors.unreadable(tr("There is no file in {name}.", name=name))
    if all(map(archive.is_locked, members)):
        raise _errors.protected(name)
    bag, chosen = _Bag(), members
    options = replace(options, on_coming=unseen)  # pages of one of its files are not what the archive looks like
    if options.members is not None:
        wanted = set(options.members)
        chosen = [one for one in members if _shown(one) in wanted]
    for number, member in enumerate(sorted(chosen, key=lambda one: weight(_shown(one)))):
        if bag.full:
            bag.missed.append(member)
            continue
        options.on_progress(Progress(tr("Reading {name}", name=name), number / len(chosen)))
        bag.add(member, _converted(archive, member, options))
    tree = "\n".join(drawn(map(_shown, members), most_files(2 * options.max_video_tokens)))  # half of what is read
    listing = FilePart(tree.encode(errors="replace"), "text/plain", tr("{name}, files in it", name=name), tree)
    said, files = _told(archive, data, name, bag, options, len(members))
    return (said, listing, *files)


def _told(
    archive: Archive, data: bytes, name: str, bag: _Bag, options: ConvertOptions, count: int
) -> tuple[FilePart, tuple[MediaPart, ...]]:
    """What is said of the files, and their parts; of those that do not go, more may be found later."""
    found = [one for one in bag.missed if options.members is None and _is_searched(archive, one)]
    searched = set(found)
    missed = [_shown(one) for one in bag.missed if one not in searched]
    told_missed = tr("Not among them: {reasons}.", reasons=_some(missed)) if missed else ""
    alone = tr("Attach one by itself to ask about it.") if bag.read + len(found) < count else ""
    fact = not missed and (options.members is not None or bag.read + len(found) == count)
    if not options.as_pictures and options.members is None and (found or bag.tokens > options.max_video_tokens):
        files = many_files.searchable(
            many_files.referred(name, _digest(data), len(data), complete=not found), bag.files, bag.read
        )
        text = tr("{name} holds {count} files.", name=name, count=count)
        beside = tr("Neither attached nor searched: {names}.", names=_some(missed)) if missed else ""
        return note(name, sentences(text, beside, alone), fact=fact), files
    text = tr("{name} holds {count} files; {read} of them are attached.", name=name, count=count, read=bag.read)
    parts = tuple(part for parts in bag.files for part in parts)
    return note(name, sentences(text, told_missed, alone), fact=fact), parts


def page_texts(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    """What the files in it say, as parts. Raises `HelperError(SOURCE)`."""
    if wanted.unit is Unit.PAGE:
        raise _errors.pageless(name)
    data = _parts.content(source, name)

    def read() -> tuple[int, list[PageText]]:
        archive = Archive(data, name)
        return _parts.from_page(many_files.within_limits(_texts(archive), len(_members(archive))), wanted)

    return _office.guarded(name, read)


def _texts(archive: Archive) -> Iterator[list[PageText] | None]:
    """What each of the files says, those first that say what it is about."""
    for member in sorted(_members(archive), key=lambda one: weight(_shown(one))):
        if not _is_searched(archive, member):
            yield []  # which was said when it was attached
            continue
        try:
            data = archive.read(member)
            handler = _handler(data, member)
            if handler.page_texts is None:
                yield []
                continue
            _count, pages = handler.page_texts(data, member, PageReading(1, LONGEST, unit=Unit.PART))
            yield many_files.parts_of_file(_shown(member), pages, paged=handler.name == "pdf")
        except (HelperError, BadZipFile, ZlibError):
            yield None  # one broken file is no reason to find nothing in the others


def _members(archive: Archive) -> list[str]:
    return [one for one in archive.members if not one.endswith("/") and not _is_clutter(one)]


def _is_searched(archive: Archive, member: str) -> bool:
    try:
        return _handler(archive.head(member, HEAD_BYTES), member).name in SEARCHED
    except (HelperError, BadZipFile, ZlibError):
        return False


def _handler(data: bytes, member: str) -> AttachmentHandler:
    return choose(list(registry.discover("desktop_helper.attachments", "HANDLER")), data, member)


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def listed(data: bytes, name: str) -> list[tuple[str, int]]:
    """The files in it, with their sizes. Raises `HelperError(SOURCE)`."""

    def found() -> list[tuple[str, int]]:
        archive = Archive(data, name)
        members = _members(archive)
        return [(_shown(one), archive.size(one)) for one in members]

    return _office.guarded(name, found)


def _converted(archive: Archive, member: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """Of one file; nothing for kinds that are not read here, and for what cannot be read."""
    try:
        data = archive.read(member)
        handler = _handler(data, member)
        # Nobody has a file of what is in there, so no more of it can be found later.
        return by_themselves(handler.convert(data, _shown(member), options)) if handler.name in KINDS else ()
    except HelperError:
        return ()


class _Bag:
    """What is taken out, as long as there is room."""

    def __init__(self) -> None:
        self.files: list[tuple[MediaPart, ...]] = []
        self.missed: list[str] = []  # of those that were wanted
        self._pictures, self._characters = MAX_PICTURES, MAX_CHARACTERS

    @property
    def read(self) -> int:
        return len(self.files)

    @property
    def tokens(self) -> int:
        """Of text: what pictures cost is no reason to search for something."""
        return sum(text_tokens(part.text) for parts in self.files for part in parts if isinstance(part, FilePart))

    @property
    def full(self) -> bool:
        return self.read >= MAX_FILES

    def add(self, member: str, parts: tuple[MediaPart, ...]) -> None:
        pictures = sum(isinstance(part, ImagePart) for part in parts)
        characters = sum(len(part.text) for part in parts if isinstance(part, FilePart))
        if parts and pictures <= self._pictures and characters <= self._characters:
            self._pictures -= pictures
            self._characters -= characters
            self.files.append(parts)
        else:
            self.missed.append(member)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")


def _is_clutter(member: str) -> bool:
    return any(part in CLUTTER for part in PurePosixPath(member).parts)


def _shown(member: str) -> str:
    """A name as it was meant: zip files of old programs hold Chinese ones in GBK, which Python reads as CP437."""
    for encoding in ("utf-8", "gb2312"):
        try:
            return member.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return member


HANDLER = AttachmentHandler(
    name="archive",
    title=lambda: tr("compressed files (zip, gz)"),
    suffixes=(".zip",),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    priority=-50,  # documents are zip files as well
    page_texts=page_texts,
)
