"""What is in a file that holds others: a zip, a tar, packed or not, or a mail; and what is in those."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from desktop_helper.attachments import _errors, _mail, _packed, _tar, _zip
from desktop_helper.attachments._members import MAX_READ_BYTES, Found, Member, Room
from desktop_helper.core.errors import HelperError
from desktop_helper.core.file_tree import CLUTTER

ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
MAIL = ".eml"
# Of archives in archives, whose names are all that is known of them until they are opened.
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz")
MOST_LEVELS = 3  # of archives in archives
_OTHERS = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "RAR", b"\x28\xb5\x2f\xfd": "Zstandard"}


@dataclass(frozen=True, slots=True)
class Inside:
    """The files in one, as they are shown, and what may be read of them.

    Args:
        name: of the file that they are in, as the user sees it.
        data: all of it.
        members: the files, also those in archives in it.
        left_out: how many others there are: links, devices and the like.
        clutter: how many files programs left behind for themselves, which are no members either.
        opened: paths of archives and mails in it whose files are among the members.
        room: what may be read.
        is_mail: it says something itself.
    """

    name: str
    data: bytes
    members: Sequence[Member]
    left_out: int
    clutter: int
    opened: frozenset[str]
    room: Room
    is_mail: bool

    @property
    def digest(self) -> str:
        """Of the file."""
        return hashlib.sha256(self.data).hexdigest()


def is_archive(data: bytes) -> bool:
    """Whether a file is an archive that can be read, and no mail."""
    return data.startswith(ZIPS) or _tar.looks_like(data) or is_packed_tar(data)


def is_packed_tar(data: bytes) -> bool:
    """Whether what is packed in it is a tar."""
    return _packed.is_packed(data) and _tar.looks_like(_packed.beginning(data, 512))


def other_archive(head: bytes) -> str:
    """What a kind of archive is called that cannot be read."""
    return next((title for start, title in _OTHERS.items() if head.startswith(start)), "")


def opened(data: bytes, name: str) -> Inside:
    """What is in an archive or a mail. Raises `HelperError(SOURCE)`."""
    room = Room(name)
    found = room.count(_errors.guarded(name, lambda: _found(data, name, MAX_READ_BYTES)))
    met = _Met(left_out=found.left_out)
    members = list(_with_inner(found.members, room, MOST_LEVELS, met))
    is_mail = not is_archive(data)
    return Inside(name, data, members, met.left_out, met.clutter, frozenset(met.opened), room, is_mail=is_mail)


@dataclass(slots=True)
class _Met:
    """What there is besides the members: see `Inside`."""

    left_out: int
    clutter: int = 0
    opened: list[str] = field(default_factory=list)


def _found(data: bytes, name: str, most: int) -> Found:
    """With at most so many bytes unpacked."""
    if data.startswith(ZIPS):
        return _zip.found(data, name)
    if _tar.looks_like(data):
        return _tar.found(data, name)
    if is_packed_tar(data):
        content = _packed.unpacked(data, name, most)
        return replace(_tar.found(content, name), held=len(content))
    return _mail.found(data, name)


def _with_inner(members: Sequence[Member], room: Room, levels: int, met: _Met) -> Iterator[Member]:
    """The files, and in the place of an archive those in it. One that is empty, or cannot be opened, stays a file."""
    for member in members:
        if _is_clutter(member.path):
            met.clutter += 1
            continue
        inner = _inner(member, room) if levels and member.path.lower().endswith((*ARCHIVES, MAIL)) else None
        if inner is None or not inner.members or member.path.lower().endswith(MAIL):
            yield member
        if inner is not None:
            met.opened.append(member.path)
            met.left_out += inner.left_out
            within = [replace(one, path=f"{member.path}/{one.path}") for one in inner.members]
            yield from _with_inner(within, room, levels - 1, met)


def _inner(member: Member, room: Room) -> Found | None:
    try:
        data = room.open(member)
        if not is_archive(data) and not member.path.lower().endswith(MAIL):
            return None
        found = room.count(_errors.guarded(member.path, lambda: _found(data, member.path, room.to_open)))
    except HelperError:
        return None
    room.to_open -= found.held
    return found


def _is_clutter(path: str) -> bool:
    return any(part in CLUTTER for part in path.split("/")) or PurePosixPath(path).name.startswith("._")
