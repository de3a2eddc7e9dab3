"""Which files a `.gitignore` leaves out: its patterns, as git reads them, but for escaped letters."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from functools import lru_cache

_MOST_PATTERNS = 2000
_MOST_LETTERS = 500  # of a pattern
_MOST_DEPTHS = 3  # of `**` in a pattern


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line.

    Args:
        pieces: of the path, between slashes; `**` stands for any number of folders.
        wanted: whether it takes back what an earlier line left out.
        folders_only: whether it is about folders only.
    """

    pieces: tuple[str, ...]
    wanted: bool
    folders_only: bool


@dataclass(frozen=True, slots=True)
class Ignore:
    """One file. `base` is its folder, with a slash at the end; empty for the uppermost one."""

    base: str
    patterns: tuple[Pattern, ...]

    def says(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether `path` is left out; None if nothing is said of it. The last line that matches counts."""
        if not path.startswith(self.base):
            return None
        below = tuple(path[len(self.base) :].split("/"))
        for pattern in reversed(self.patterns):
            if (is_folder or not pattern.folders_only) and _matches(pattern.pieces, below):
                return not pattern.wanted
        return None


def parse(text: str, base: str = "") -> Ignore:
    """What the text of a `.gitignore` in `base` says. Lines that mean nothing are passed over."""
    found = (_pattern(line.strip()) for line in text.splitlines()[:_MOST_PATTERNS])
    return Ignore(base, tuple(one for one in found if one is not None))


def _pattern(line: str) -> Pattern | None:
    if not line or line.startswith("#") or len(line) > _MOST_LETTERS:
        return None
    wanted = line.startswith("!")
    line = line.removeprefix("!").replace("\\", "")
    pieces = [piece for piece in line.split("/") if piece]
    if not pieces or pieces.count("**") > _MOST_DEPTHS:
        return None
    if "/" not in line.rstrip("/"):
        pieces.insert(0, "**")  # in any folder
    if pieces[-1] == "**":
        pieces.append("*")
    return Pattern(tuple(pieces), wanted, line.endswith("/"))


def _matches(pieces: tuple[str, ...], path: tuple[str, ...]) -> bool:
    if not pieces:
        return not path
    if pieces[0] == "**":
        return any(_matches(pieces[1:], path[skipped:]) for skipped in range(len(path) + 1))
    return bool(path) and _expression(pieces[0]).match(path[0]) is not None and _matches(pieces[1:], path[1:])


@lru_cache(maxsize=4096)
def _expression(piece: str) -> re.Pattern[str]:
    """`fnmatch` makes one that never goes back for long."""
    return re.compile(fnmatch.translate(piece.replace("[^", "[!")))
