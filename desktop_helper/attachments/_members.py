"""Files that are in another one, such as an archive or a mail: what each reader tells of them, and how much is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop_helper.attachments import _errors
from desktop_helper.core.names import printable

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 100_000_000
MAX_READ_BYTES = 250_000_000  # of all members that are read, each time they are
MAX_OPENED_BYTES = 100_000_000  # of archives in archives: all that are open are held in memory
MAX_OPENED = 50
_MOST_LEVELS = 40  # of folders: real ones have fewer


@dataclass(frozen=True, slots=True)
class Member:
    """A file in another one.

    Args:
        path: as it is shown, with slashes. Only a name: nothing is ever written there.
        size: bytes that it claims to have.
        begin: its first bytes, at most so many; raises whatever its reader does.
        locked: only a password opens it.
    """

    path: str
    size: int
    begin: Callable[[int], bytes]
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader found.

    Args:
        members: the files, in their order.
        left_out: how many others there are: links, devices and the like.
        held: bytes that were unpacked to look at them, and stay in memory.
    """

    members: Sequence[Member]
    left_out: int = 0
    held: int = 0


class Room:
    """What may be read of one file and of all that are in it, and in those, together.

    Args:
        name: of the file, as the user sees it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MAX_READ_BYTES
        self._members = MAX_MEMBERS
        self._opened = MAX_OPENED
        self.to_open = MAX_OPENED_BYTES  # bytes of archives in archives, packed and unpacked

    def count(self, found: Found) -> Found:
        """The same, if so many members are not too many. Raises `HelperError(SOURCE)`."""
        if len(found.members) > self._members:
            raise _errors.too_large(self._name)
        self._members -= len(found.members)
        return found

    def open(self, member: Member) -> bytes:
        """All of an archive in an archive. Raises `HelperError(SOURCE)`."""
        if self._opened <= 0 or member.size > self.to_open:
            raise _errors.too_large(self._name)
        self._opened -= 1
        self.to_open -= member.size
        return _whole(member, self._name)

    def read(self, member: Member) -> bytes:
        """All of a file, whose size is what is read at most. Raises `HelperError(SOURCE)`."""
        if member.size > min(MAX_MEMBER_BYTES, self._left):
            raise _errors.too_large(self._name)
        self._left -= member.size
        return _whole(member, self._name)

    def head(self, member: Member, most: int) -> bytes:
        """The first bytes of a file; nothing of what only a password opens. Raises `HelperError(SOURCE)`."""
        return b"" if member.locked else _errors.guarded(self._name, lambda: member.begin(most))


def _whole(member: Member, name: str) -> bytes:
    if member.locked:
        raise _errors.protected(name)
    data = _errors.guarded(name, lambda: member.begin(member.size))
    if len(data) < member.size:
        raise _errors.damaged(name)
    return data


def shown(path: str) -> str:
    """A path as it can be shown and drawn as a tree, whatever somebody made of it."""
    parts = path.split("/")
    if len(parts) > _MOST_LEVELS:
        parts = [*parts[: _MOST_LEVELS // 2], "…", *parts[-_MOST_LEVELS // 2 :]]
    return "/".join(map(printable, parts))


def once(members: Sequence[Member]) -> list[Member]:
    """Each path once: of those that are called the same, the last one is what unpacking leaves."""
    return list({member.path: member for member in members}.values())
