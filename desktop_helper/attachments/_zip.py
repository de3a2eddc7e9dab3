"""Zip archives that nobody has checked, read within limits and only in memory."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from desktop_helper.attachments import _errors, _xml
from desktop_helper.attachments._members import (
    MAX_MEMBER_BYTES,
    MAX_MEMBERS,
    MAX_READ_BYTES,
    Found,
    Member,
    once,
    shown,
)

_UTF8 = 0x800  # a flag of a member
_BEGIN = b"PK\x03\x04"  # of a part


class Archive:
    """A container of named parts. What cannot be read raises `HelperError`, `BadZipFile` or whatever zlib says.

    Args:
        data: the whole file.
        name: what the user sees.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self._zip = zipfile.ZipFile(BytesIO(data))
        if data.startswith(_BEGIN) and all(info.header_offset for info in self._zip.filelist):
            # What was found is the list of a zip inside of it that is not packed: its own is cut off.
            raise zipfile.BadZipFile("the first part is not in the list")
        self._left = MAX_READ_BYTES
        if len(self._zip.filelist) > MAX_MEMBERS:
            raise self._too_large()

    def __contains__(self, member: str) -> bool:
        return member in self._zip.NameToInfo

    @property
    def members(self) -> list[str]:
        """The names of all parts, in the order of the file."""
        return self._zip.namelist()

    def size(self, member: str) -> int:
        """Bytes that a part claims to have."""
        return self._zip.getinfo(member).file_size

    def is_locked(self, member: str) -> bool:
        """Whether only a password opens a part."""
        return bool(self._zip.getinfo(member).flag_bits & 1)

    def is_utf8(self, member: str) -> bool:
        """Whether its name was written in UTF-8, and is said to be; that of others is read as CP437."""
        return bool(self._zip.getinfo(member).flag_bits & _UTF8)

    def read(self, member: str) -> bytes:
        """The bytes of a part; the sizes that are declared are what is read at most."""
        info = self._zip.getinfo(member)
        if self.is_locked(member):
            raise _errors.protected(self.name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile("unusual compression")
        if info.file_size > min(MAX_MEMBER_BYTES, self._left):
            raise self._too_large()
        self._left -= info.file_size
        return self._zip.read(info)

    def head(self, member: str, most: int) -> bytes:
        """The first bytes of a part; nothing of what only a password opens."""
        info = self._zip.getinfo(member)
        if self.is_locked(member) or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return b""
        with self._zip.open(info) as file:
            return file.read(most)

    def xml(self, member: str) -> Element:
        """The tree of a part."""
        return _xml.parse(self.read(member))

    def relations(self, member: str) -> dict[str, Relation]:
        """What a part of an Office file points to, by the identifiers that stand in it."""
        folder, name = posixpath.split(member)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self:
            return {}
        found = {}
        for one in _xml.children(self.xml(path), "Relationship"):
            target, external = one.get("Target", ""), one.get("TargetMode") == "External"
            place = target if external else resolved(folder, target)
            found[one.get("Id", "")] = Relation(place, one.get("Type", "").rpartition("/")[2], external)
        return found

    def _too_large(self) -> Exception:
        return _errors.too_large(self.name)


@dataclass(frozen=True, slots=True)
class Relation:
    """A part, or an address outside, that another part refers to."""

    target: str
    kind: str
    external: bool


def resolved(folder: str, target: str) -> str:
    """The member that `target` means inside `folder`; `..` cannot leave the archive."""
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def found(data: bytes, name: str) -> Found:
    """The files in a zip. Raises `HelperError` or whatever a broken one makes of itself."""
    archive = Archive(data, name)
    members = [
        Member(
            shown(one if archive.is_utf8(one) else _meant(one)),
            archive.size(one),
            partial(archive.head, one),
            archive.is_locked(one),
        )
        for one in archive.members
        if not one.endswith("/")
    ]
    return Found(once(members))


def _meant(member: str) -> str:
    """A name as it was meant: zip files of old programs hold Chinese ones in GBK, which Python reads as CP437."""
    for encoding in ("utf-8", "gb2312"):
        try:
            return member.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return member
