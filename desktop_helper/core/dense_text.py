"""Long text as dense pictures of pages: how it is laid out, and what that costs. Nothing is drawn here.

A model that sees reads small print in a third of the tokens that the same text takes as text (docs/adr/036). Widths are
those of the font that `attachments` draws with; what is wider there is squeezed into its line, so pages never change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from desktop_helper.core.image_tokens import PATCH, image_tokens
from desktop_helper.core.pages import MOST_PAGES
from desktop_helper.core.text_lines import is_wide
from desktop_helper.core.text_tokens import text_tokens

FONT_PX = 12  # 9 points at 96 dots per inch
WIDE_FONT_PX = 14  # of a text with much Chinese, whose characters have more strokes
WIDE_SHARE = 0.2
LEADING_PX, WIDE_LEADING_PX = 2, 3  # between the font's height and the next line: with less, lines run together
MARGIN_PX, GUTTER_PX = 14, 22
FOOT_PX = 14
FOOT_FONT_PX = 10
WIDTH_PX, MOST_HEIGHT_PX = 32 * PATCH, 42 * PATCH
INDENT_EM = 0.5  # of a space at the beginning of a line, so that code keeps its shape
MOST_INDENT = 0.5  # of a line
TAB = 4
LEAST_TOKENS = 4_000  # of a text for which pictures are proposed
LEAST_SAVING = 1 / 3
MOST_FOREIGN = 0.01  # of the characters that the font may lack for that

# Thousandths of the font's size, from the space to the tilde.
_ASCII = (
    262, 270, 402, 645, 551, 824, 703, 227, 301, 301, 551, 551, 250, 320, 270, 375, 551, 551, 551, 551, 551, 551, 551,
    551, 551, 551, 270, 270, 551, 551, 551, 426, 867, 609, 621, 602, 684, 527, 492, 691, 703, 340, 270, 578, 492, 871,
    730, 742, 578, 742, 590, 520, 520, 699, 566, 883, 547, 527, 539, 305, 375, 305, 531, 410, 578, 531, 586, 465, 586,
    535, 328, 520, 590, 258, 258, 496, 258, 895, 590, 578, 586, 586, 398, 453, 340, 590, 480, 746, 500, 488, 441, 355,
    551, 355, 551,
)  # fmt: skip
_LETTER, _SIGN = 620, 1000
_SPACES = dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")
_SAME = _SPACES | {0x2010: "-", 0x2011: "-", 0x2212: "-"} | dict.fromkeys((0xAD, *range(0x200B, 0x2010), 0xFEFF))
_BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f]")
_PIECES = re.compile(r" +|[^\s\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]+|.", re.DOTALL)
_CLOSING = frozenset("。，、；：？！）》」』】〉”’…,.;:?!)]}")
_KNOWN = re.compile(r"[^\x20-\u0233\u0391-\u0451\u2010-\u266f\u2e80-\ud7a3\uf900-\ufaff\ufe30-\uffe5]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column.

    Args:
        text: without the space in front of it.
        indent: pixels from the left edge of the column.
        top: pixels from the upper edge of the column.
        ends: whether the line of the text ends with it.
    """

    text: str
    indent: float
    top: int
    ends: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Lines in columns of `column_px`, in letters of `font_px`; the picture is `WIDTH_PX` wide."""

    columns: tuple[tuple[Line, ...], ...]
    column_px: int
    height: int
    font_px: int

    @property
    def tokens(self) -> int:
        """What it costs."""
        return image_tokens(WIDTH_PX, self.height)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a text takes as it is, and as pictures."""

    as_text: int
    pictures: int
    as_pictures: int

    @property
    def worth_it(self) -> bool:
        """Whether pictures save enough, of a text that is long enough to matter."""
        few = 0 < self.pictures <= MOST_PAGES
        return few and self.as_text >= LEAST_TOKENS and self.as_pictures <= self.as_text * (1 - LEAST_SAVING)


def proposal(texts: Sequence[str], max_image_tokens: int) -> Proposal:
    """For a document of these texts, each of which begins on a page of its own."""
    pages = [page for text in texts for page in lay_out(text, max_image_tokens)]
    return Proposal(sum(map(text_tokens, texts)), len(pages), sum(page.tokens for page in pages))


def is_drawable(texts: Sequence[str]) -> bool:
    """Whether the font has, by and large, what the texts are written in."""
    foreign = sum(len(_KNOWN.findall(text)) - text.count("\n") for text in texts)
    return foreign <= MOST_FOREIGN * max(1, sum(map(len, texts)))


def lay_out(text: str, max_image_tokens: int) -> list[Page]:
    """The pages, of which none costs more than `max_image_tokens`: in one column or two, whatever costs less."""
    rows = max(4, min(MOST_HEIGHT_PX // PATCH, max_image_tokens // (WIDTH_PX // PATCH)))
    text = plain(text)
    wide = 0 if text.isascii() else (len(text.encode("utf-8", "replace")) - len(text)) // 2
    font = WIDE_FONT_PX if wide > WIDE_SHARE * len(text) else FONT_PX
    lines = text.split("\n")
    layouts = [_pages(lines, columns, rows * PATCH, font) for columns in (1, 2)]
    return min(layouts, key=lambda pages: sum(page.tokens for page in pages))


def plain(text: str) -> str:
    """The text as it is drawn: its lines and words, with spaces only as far as they are to be seen."""
    text = _CONTROLS.sub("", _BREAKS.sub("\n", text)).translate(_SAME)
    lines = (line.expandtabs(TAB).rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _pages(lines: Sequence[str], columns: int, height: int, font: int) -> list[Page]:
    width = (WIDTH_PX - 2 * MARGIN_PX - (columns - 1) * GUTTER_PX) // columns
    room = height - 2 * MARGIN_PX - FOOT_PX
    filled: list[list[Line]] = [[]]
    top, pitch = 0, font + (LEADING_PX if font == FONT_PX else WIDE_LEADING_PX)
    for line in lines:
        if not line:
            top += pitch // 2 if filled[-1] else 0
            continue
        for words, indent, ends in _wrapped(line, width, font):
            if top + pitch > room:
                filled.append([])
                top = 0
            filled[-1].append(Line(words, indent, top, ends))
            top += pitch
    if not filled[0]:
        return []
    groups = [tuple(map(tuple, filled[at : at + columns])) for at in range(0, len(filled), columns)]
    return [Page(group, width, _height(group, pitch, height), font) for group in groups]


def _height(columns: Sequence[Sequence[Line]], pitch: int, most: int) -> int:
    """As much as is needed, in whole tokens."""
    bottom = max(column[-1].top for column in columns) + pitch + 2 * MARGIN_PX + FOOT_PX
    return min(most, -(-bottom // PATCH) * PATCH)


def _wrapped(line: str, width: int, font: int) -> Iterator[tuple[str, float, bool]]:
    """The lines that it takes, each with its indentation and whether it is the last one."""
    words = line.lstrip(" ")
    indent = min((len(line) - len(words)) * INDENT_EM * font, width * MOST_INDENT)
    room = (width - indent) * 1000 / font
    pieces = [piece for found in _PIECES.findall(words) for piece in _broken(found, room)]
    begun: list[str] = []
    used = 0
    for piece in pieces:
        wide = _width(piece)
        hangs = piece in _CLOSING and used <= room
        if begun and used + wide > room and not hangs:
            yield "".join(begun).rstrip(" "), indent, False
            begun, used = [], 0
            if piece[0] == " ":
                continue
        begun.append(piece)
        used += wide
    if begun:
        yield "".join(begun), indent, True


def _broken(piece: str, room: float) -> Iterator[str]:
    """A word that is longer than a line, in parts that are not."""
    while _width(piece) > room:
        end, used = 0, 0
        while end < len(piece) and (used + _character(piece[end]) <= room or end == 0):
            used += _character(piece[end])
            end += 1
        yield piece[:end]
        piece = piece[end:]
    if piece:
        yield piece


@lru_cache(20_000)
def _width(piece: str) -> int:
    return sum(map(_character, piece))


def _character(character: str) -> int:
    if " " <= character <= "~":
        return _ASCII[ord(character) - 32]
    return _SIGN if character > "\u1fff" or is_wide(character) else _LETTER
