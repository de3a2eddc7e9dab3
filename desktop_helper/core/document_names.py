"""Names of documents in an answer: which one is named right beside a place, and which names only look like a place.

Only names that are known count, the longest first: spaces, brackets and dots in them are no marks around them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

_GAP_BEFORE = re.compile(
    r"[\s,，;；:：.。、“”\"'‘’`*_()（）《》〈〉\[\]【】|–—-]{0,4}(?:(?:on|at|see|the|的|中|里|在|上)\s?){0,2}",
    re.IGNORECASE,
)
_ENDS_BEFORE = re.compile(rf"{_GAP_BEFORE.pattern}$", re.IGNORECASE)
_BEGINS_AFTER = re.compile(
    r"[\s,，)）\]】]{0,2}(?:(?:of|in|from)\s(?:the\s)?|[(（]|（?见|（?来自)\s?[“\"'‘`*《]{0,3}", re.IGNORECASE
)
_FILE_BEFORE = re.compile(r"[^\s,;:，。；：、《》“”\"'`()（）]+\.[A-Za-z][A-Za-z0-9]{1,4}$")
_FILE_AFTER = re.compile(r"[^\s,;:，。；：、《》“”\"'`()（）]+\.[A-Za-z][A-Za-z0-9]{1,4}(?![A-Za-z0-9])")
_GOES_ON = re.compile(r"(?:/[^\s/]{1,80}){0,8}\.[a-z][a-z0-9]{1,4}(?![A-Za-z0-9])")  # of a file that nobody knows
_MOST_BRIDGE = 20  # characters between a place and the name after it
_NEAR = 200  # characters in which a document's name may stand
_SAME = str.maketrans("[]\\\u00a0", "()/ ")  # brackets end a heading, so that names in those have round ones


class Names:
    """Finds the known names in a text.

    Args:
        documents: names, or paths in a folder, of which the end may be said.
        places: where a text speaks of a place, as characters of it; some names do.
    """

    def __init__(self, documents: Sequence[str], places: Callable[[str], Iterator[tuple[int, int]]]) -> None:
        self._whole = {_plain(name) for name in documents}
        written = {_plain(end): end for name in documents for end in _ends(name)} | {
            _plain(name): name for name in documents
        }
        bare = {name: spelling.rpartition(".")[0] for spelling, name in written.items()}
        count = Counter(bare.values())
        spellings = written | {
            spelling: name
            for name, spelling in bare.items()
            if len(spelling) > 2 and count[spelling] == 1 and spelling not in written
        }
        self._spellings = sorted(spellings.items(), key=lambda pair: -len(pair[0]))
        self._near = max([_NEAR, *(len(spelling) + _MOST_BRIDGE for spelling in spellings)])
        self._like_places = [one for one in written if any(span != (0, len(one)) for span in places(one))]

    def in_names(self, text: str) -> list[tuple[int, int]]:
        """Characters that are a name in which a place seems to be spoken of: `line 3/a.py`."""
        found = (re.finditer(re.escape(one), text.translate(_SAME), re.IGNORECASE) for one in self._like_places)
        return [one.span() for each in found for one in each]

    def beside(self, text: str, start: int, end: int) -> tuple[str, bool]:
        """The document that is named right before or right after these characters, and whether an unknown one is."""
        before, after = _plain(text[max(0, start - self._near) : start]), _plain(text[end : end + self._near])
        for spelling, name in self._spellings:
            at = before.rfind(spelling)
            if at >= 0 and _GAP_BEFORE.fullmatch(before, at + len(spelling)) and self._begins(spelling, before[:at]):
                return name, False
        for spelling, name in self._spellings:
            at = after.find(spelling)
            right_behind = 0 <= at <= _MOST_BRIDGE and _BEGINS_AFTER.fullmatch(after, 0, at)
            if right_behind and not _is_letter(after[at + len(spelling) :][:1]):
                return name, False
        gap, bridge = _ENDS_BEFORE.search(before), _BEGINS_AFTER.match(after)
        before = before[: gap.start()] if gap is not None else before
        after = after[bridge.end() :] if bridge is not None else ""
        return "", bool(_FILE_BEFORE.search(before) or _FILE_AFTER.match(after))

    def _begins(self, spelling: str, before: str) -> bool:
        """Whether the name is not only the end of a longer one: of a path, all that is known has to be said."""
        if before.endswith("/"):
            return spelling in self._whole
        return not _is_letter(before[-1:])


def is_file(text: str, end: int) -> bool:
    """Whether what ends there is the beginning of a file's name."""
    return _GOES_ON.match(text, end) is not None


def _plain(text: str) -> str:
    return text.translate(_SAME).casefold()


def _ends(path: str) -> Iterator[str]:
    """The path, and what is left of it without folders, one after the other."""
    pieces = path.split("/")
    return ("/".join(pieces[at:]) for at in range(len(pieces)))


def _is_letter(character: str) -> bool:
    return bool(character) and character.isascii() and (character.isalnum() or character in "_-.")
