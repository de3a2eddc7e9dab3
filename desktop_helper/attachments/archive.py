"""Zip files that are no document: the tree of what is in them, and the files that can be read, within limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from desktop_helper.attachments import _errors, _office
from desktop_helper.attachments._choose import choose
from desktop_helper.attachments._zip import Archive
from desktop_helper.core import registry
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.coming import unseen
from desktop_helper.core.documents import by_themselves
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.file_tree import CLUTTER, drawn
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.notes import note
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

MAX_FILES = 50  # that are read
MAX_PICTURES = 20
MAX_CHARACTERS = 200_000
_NAMED = 5  # of those that do not go
KINDS = ("text", "image", "svg", "csv", "html", "ipynb", "rtf")  # what costs little, and holds no more files


def _matches(head: bytes, name: str) -> bool:
    return head.startswith((_office.ZIP, b"PK\x05\x06"))


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    if not _matches(data, name):
        raise _errors.unreadable(tr("{name} is not a zip file.", name=name), tr("Check what kind of file it is."))
    return _office.guarded(name, lambda: _read(Archive(data, name), name, options))


def _read(archive: Archive, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    members = [one for one in archive.members if not one.endswith("/") and not _is_clutter(one)]
    if not members:
        raise _errors.unreadable(tr("There is no file in {name}.", name=name))
    if all(map(archive.is_locked, members)):
        raise _errors.protected(name)
    bag, chosen = _Bag(), members
    options = replace(options, on_coming=unseen)  # pages of one of its files are not what the archive looks like
    if options.members is not None:
        chosen = [one for one in members if _shown(one) in set(options.members)]
    for number, member in enumerate(chosen):
        if bag.full:
            bag.missed += map(_shown, chosen[number:])
            break
        options.on_progress(Progress(tr("Reading {name}", name=name), number / len(chosen)))
        bag.add(member, _parts(archive, member, options))
    tree = "\n".join(drawn(map(_shown, members)))
    listing = FilePart(tree.encode(errors="replace"), "text/plain", tr("{name}, files in it", name=name), tree)
    text = tr("{name} holds {count} files; {read} of them are attached.", name=name, count=len(members), read=bag.read)
    missed = tr("Not among them: {reasons}.", reasons=_some(bag.missed)) if bag.missed else ""
    alone = tr("Attach one by itself to ask about it.") if bag.read < len(members) else ""
    said = sentences(text, missed, alone)
    fact = not bag.missed and (options.members is not None or bag.read == len(members))
    return (note(name, said, fact=fact), listing, *bag.parts)


def listed(data: bytes, name: str) -> list[tuple[str, int]]:
    """The files in it, with their sizes. Raises `HelperError(SOURCE)`."""

    def found() -> list[tuple[str, int]]:
        archive = Archive(data, name)
        members = [one for one in archive.members if not one.endswith("/") and not _is_clutter(one)]
        return [(_shown(one), archive.size(one)) for one in members]

    return _office.guarded(name, found)


def _parts(archive: Archive, member: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """Of one file; nothing for kinds that are not read here, and for what cannot be read."""
    try:
        data = archive.read(member)
        handler = choose(list(registry.discover("desktop_helper.attachments", "HANDLER")), data, member)
        # Nobody has a file of what is in there, so no more of it can be found later.
        return by_themselves(handler.convert(data, _shown(member), options)) if handler.name in KINDS else ()
    except HelperError:
        return ()


class _Bag:
    """What is taken out, as long as there is room."""

    def __init__(self) -> None:
        self.parts: list[MediaPart] = []
        self.read = 0
        self.missed: list[str] = []  # of those that were wanted
        self._pictures, self._characters = MAX_PICTURES, MAX_CHARACTERS

    @property
    def full(self) -> bool:
        return self.read >= MAX_FILES

    def add(self, member: str, parts: tuple[MediaPart, ...]) -> None:
        pictures = sum(isinstance(part, ImagePart) for part in parts)
        characters = sum(len(part.text) for part in parts if isinstance(part, FilePart))
        if parts and pictures <= self._pictures and characters <= self._characters:
            self._pictures -= pictures
            self._characters -= characters
            self.parts += parts
            self.read += 1
        else:
            self.missed.append(_shown(member))


def _some(names: list[str]) -> str:
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
)
