"""Boxes in an answer: “[[580,510,770,830]]”, or JSON that has a key for them, as models write where something is.

Conservative, since an ordinary list of four numbers looks the same: brackets count if there are two, if a key like
`bbox_2d` or words like “its bounding box is” stand before them, or if the answer is nothing else. In code, only a key
counts, or brackets that are all of it. The markers around boxes are gone already (`core.splitter`).
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from desktop_helper.core.box_notation import BoxNotation, Size
from desktop_helper.core.image_parts import Area
from desktop_helper.core.messages import ImagePart

MOST = 64  # of one answer; more cannot be told apart in a picture
_LEAST, _LEAST_ALONE = 0.003, 0.01  # of a picture's sides; a list that is all of an answer may be about something else

_SPACE = r"\s{0,40}"
_COMMA = rf"{_SPACE}[,，]{_SPACE}"
_NUMBER = r"[0-9]{1,5}(?:\.[0-9]{1,9})?"
_FOUR = rf"{_NUMBER}(?:{_COMMA}{_NUMBER}){{3}}"
_BOX = rf"\[{_SPACE}{_FOUR}{_SPACE}\]"
_LIST = rf"\[{_SPACE}{_BOX}(?:{_COMMA}{_BOX})*(?:{_SPACE},)?{_SPACE}\]"
_ROUND = rf"\({_SPACE}{_FOUR}{_SPACE}\)"
_ANGLED = rf"<{_SPACE}{_FOUR}{_SPACE}>"
_WORD = "[A-Za-z0-9_]"  # Chinese stands before and behind a box without a space
_KEY = (
    rf"""(?<!{_WORD})(?P<key>bbox(?:es)?(?:_2d)?|bounding[ _]?box(?:es)?|边界框)"""
    r"""["'`*]{0,3}\s?[:：]["'`*]{0,3}\s{0,3}"""
)
# As GLM-V says it: “The bounding box of the button is [580,510,770,830].”
_SAID = (
    rf"(?<!{_WORD})(?P<said>bounding box(?:es)?|coordinates|边界框|坐标)"
    r"(?![^\n\[]{0,60}(?:width|height|cent(?:er|re)|宽|高|中心))[^\n\[(){}=]{0,60}"
)
_NO_CODE = rf"(?<![\[\])=])(?<!=\s)(?<!{_WORD})(?<!{_WORD}\()"  # it is neither assigned nor handed over, and no index

_ONE = re.compile(rf"[\[(<]{_SPACE}({_FOUR}){_SPACE}[\])>]")
_QUOTED = r"[ \t>]{0,20}"
_FENCE = re.compile(
    rf"^{_QUOTED}(?:(?:[-*+]|[0-9]{{1,9}}[.)])[ \t]{{1,20}})?(?P<fence>`{{3,}}|~{{3,}})(?P<info>[^\n]*)\n", re.MULTILINE
)
_DATA = ("", "json", "text", "txt", "plaintext")  # what a fence may say of boxes that are all of it
_LABEL = re.compile(r'["\'](?:label|name)["\']\s?:\s?("(?:[^"\\\n]|\\.){1,400}"|\'[^\'\n]{1,400}\')', re.IGNORECASE)
_NEAR = 1000  # characters in which the object around a box begins and ends

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BoxMention:
    """One box, as it was written.

    Args:
        start, end: of the characters that say it.
        box: left, top, right and bottom, in whatever the model counts.
        label: what is there, if that is said. Untrusted.
        alone: it is all that was said.
    """

    start: int
    end: int
    box: tuple[float, float, float, float]
    label: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class GroundedBox:
    """The same in a picture: `area` is in shares of it."""

    start: int
    end: int
    area: Area
    label: str = ""


@dataclass(frozen=True, slots=True)
class GroundedPicture:
    """A picture with the boxes of an answer about it; `chosen` is the number of the one that is meant, if one is."""

    part: ImagePart
    boxes: tuple[GroundedBox, ...]
    chosen: int | None = None


def grounded(text: str, notation: BoxNotation, read: Size | None) -> tuple[GroundedBox, ...]:
    """The boxes in an answer about a picture that the model reads in the size `read`; in all, at most `MOST`.

    None at all if one of them lies outside of the picture, or is next to nothing in it: who wrote that counts in
    another way, or speaks of something else.
    """
    found = []
    for mention in islice(mentions(text), MOST):
        area = _area(mention, notation, read)
        if area is None:
            return ()
        found.append(GroundedBox(mention.start, mention.end, area, mention.label))
    return tuple(found)


def mentions(text: str) -> Iterator[BoxMention]:
    """What looks like boxes, in its order; any notation."""
    if not any(bracket in text for bracket in "[(<"):
        return
    alone = _alone().fullmatch(text)
    if alone is not None:
        yield from (replace(one, alone=True) for one in _boxes_in(text, alone.span("alone")))
        return
    code = _Code(text)
    for match in _mention().finditer(text):
        if match["key"]:
            yield from _boxes_in(text, match.span("keyed"), keyed=True)
            continue
        span = match.span("told" if match["said"] else "doubled")
        if not code.has_more_than(span):
            yield from _boxes_in(text, span)


@cache
def _mention() -> re.Pattern[str]:
    """Made when an answer has brackets: it takes as long as ten modules to import."""
    marked = rf"{_KEY}(?P<keyed>{_LIST}|{_BOX})|{_SAID}(?P<told>{_LIST}|{_BOX})(?![\[\](])"
    return re.compile(rf"{marked}|{_NO_CODE}(?P<doubled>{_LIST})(?![\[\](])", re.IGNORECASE)


@cache
def _alone() -> re.Pattern[str]:
    """The same for an answer that is nothing but a list."""
    one = rf"(?:{_BOX}|{_ROUND}|{_ANGLED})"
    return re.compile(
        rf"[\s`*]{{0,40}}(?:json\s)?\s{{0,40}}(?P<alone>{one}(?:[\s,，;；、]{{1,40}}{one})*)[\s`*.。]{{0,40}}"
    )


def _boxes_in(text: str, span: Span, *, keyed: bool = False) -> list[BoxMention]:
    """Each of a list; the brackets around it belong to one that is the only one. None if one of them is no box."""
    label = _label(text, span) if keyed else ""
    found = []
    for match in _ONE.finditer(text, *span):
        left, top, right, bottom = (float(number) for number in re.split("[,，]", match[1]))
        if left >= right or top >= bottom:
            return []
        found.append(BoxMention(*match.span(), (left, top, right, bottom), label))
    return [replace(found[0], start=span[0], end=span[1])] if len(found) == 1 else found


def _label(text: str, span: Span) -> str:
    """What the JSON object around a box says that it is."""
    begin = text.rfind("{", max(0, span[0] - _NEAR), span[0])
    end = text.find("}", span[1], span[1] + _NEAR)
    if begin < 0 or end < 0 or "}" in text[begin : span[0]]:
        return ""
    match = _LABEL.search(text, begin, end)
    if match is None:
        return ""
    said = match[1]
    try:
        return str(json.loads(said)).strip()
    except ValueError:  # not quite JSON
        return said[1:-1].strip()


@dataclass(frozen=True, slots=True)
class _Fence:
    """From `begin` to `end`, between the two lines of the fence; `first` to `last` without the space around it."""

    begin: int
    end: int
    first: int
    last: int
    info: str


class _Code:
    """Where a text has code."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._fences: list[_Fence] = []
        self._ticks = [match.start() for match in re.finditer("`", text)]
        at = 0
        while self._ticks or "~~~" in text:
            opened = _FENCE.search(text, at)
            if opened is None:
                break
            close = re.compile(rf"^{_QUOTED}{opened['fence']}[`~]*\s*$", re.MULTILINE).search(text, opened.end())
            end, at = (len(text), len(text)) if close is None else (close.start(), close.end())
            said, info = text[opened.end() : end], opened["info"].strip("`~ \t\r").lower()
            first, last = end - len(said.lstrip()), opened.end() + len(said.rstrip())
            self._fences.append(_Fence(opened.end(), end, first, last, info))

    def has_more_than(self, span: Span) -> bool:
        """Whether these brackets stand in code that is more than them."""
        text, (begin, end) = self._text, span
        place = bisect_right(self._fences, begin, key=lambda fence: fence.begin) - 1
        if place >= 0 and begin < self._fences[place].end:
            fence = self._fences[place]
            return fence.info not in _DATA or fence.first < begin or end < fence.last
        line = text.rfind("\n", 0, begin) + 1
        if (bisect_left(self._ticks, begin) - bisect_left(self._ticks, line)) % 2 == 0:
            return False
        return not (text.startswith("`", begin - 1) and text.startswith("`", end))


def _area(mention: BoxMention, notation: BoxNotation, read: Size | None) -> Area | None:
    if notation.in_pixels and read is None:
        return None
    width, height = notation.sides(read)
    left, top, right, bottom = mention.box
    least = _LEAST_ALONE if mention.alone else _LEAST
    if right > width or bottom > height or right - left < least * width or bottom - top < least * height:
        return None
    return left / width, top / height, (right - left) / width, (bottom - top) / height
