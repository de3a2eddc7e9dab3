"""Makes the open tail of growing Markdown presentable: closes emphasis, code and links, hides what is half an image.

For display only; the source stays as it came.
"""

from __future__ import annotations

import re

from desktop_helper.services.markdown.math_rules import INLINE_PATTERNS

_IMAGE = re.compile(r"!(?:\[[^\]\n]*)?$|!\[[^\]\n]*\](?:\([^)\n]*)?$|\[\^[\w-]{0,24}$")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\([^()\s]*$")
_UNDERLINE = re.compile(r"\n {0,3}(?:=+|-+|[*_+]|#{1,6}|\d{1,9}[.)]?|`{1,2}|~{1,2})[ \t]*$")
_TABLE_HEAD = re.compile(r"\|[^\n]*(?:\n[ \t|:-]*)?")
_FORMULA = "|".join(pattern.pattern for pattern in INLINE_PATTERNS)
_OPEN_FORMULA = "|".join(
    (
        r"(?:\$\$|\\\[|\\\()(?:(?!\n[ \t]*\n).){0,1500}\Z",
        r"[$\\]\Z",
        r"\$(?=\d*[a-zA-Z\\]|[^\d\s$])[^\s$]{1,60}\Z",  # one word, not an amount of money
        r"\$(?=[^\s$][^$\n]*[\\^_{}])[^$\n]{1,300}\Z",
        r"\$(?=[^\d\s$][^$\n]*[=<>+])[^$\n]{1,300}\Z",
    )
)
_EMPHASIS = r"\*{1,3}|~~|(?<!\w)_{1,2}(?=\w)|(?<=[^\s_])_{1,2}(?!\w)"
_MARKS = re.compile(
    rf"(?P<formula>{_FORMULA})|(?P<open>{_OPEN_FORMULA})|\\.|(?P<code>`+)|(?P<mark>{_EMPHASIS})", re.DOTALL
)


def mend(tail: str) -> str:
    """`tail` with its last paragraph closed as its writer probably will."""
    tail = _UNDERLINE.sub("", tail)
    cut = tail.rfind("\n\n") + 2 if "\n\n" in tail else 0
    head, last = tail[:cut], tail[cut:]
    if _TABLE_HEAD.fullmatch(last):  # cells without their delimiter row would flash as a paragraph of bars
        return head
    last = _LINK.sub(r"\1", _IMAGE.sub("", last))
    return head + _closed(last)


def mend_row(line: str) -> str:
    """The same for the last row of a table: only its last cell is open."""
    if _UNDERLINE.fullmatch("\n" + line):
        return ""
    head, bar, cell = line.rpartition("|")
    return head + bar + _closed(_LINK.sub(r"\1", _IMAGE.sub("", cell)))


def _closed(text: str) -> str:
    """Append what closes code spans and emphasis; marks with nothing after them go."""
    open_marks: list[str] = []
    position, end = 0, len(text)
    while match := _MARKS.search(text, position):
        position = match.end()
        if match["open"]:  # what may become a formula waits until it is one
            end = match.start()
            text = text[:end]
            break
        if match["code"]:
            closing = _closing_backticks(text, match["code"], position)
            if closing is None:
                stripped = text.rstrip()
                return stripped + match["code"] if match.end() < len(stripped) else text[: match.start()]
            position = closing
        elif mark := match["mark"]:
            _toggle(open_marks, mark, closes=match.start() > 0 and not text[match.start() - 1].isspace())
            opens_nothing = match.end() == end and bool(open_marks) and open_marks[-1] == mark
            if opens_nothing:
                open_marks.pop()
                text = text[: match.start()]
                break
            if text[match.end() : match.end() + 1].isspace() and open_marks and open_marks[-1] == mark:
                open_marks.pop()  # `2 * 3`, or the bullet of a list
    body = text.rstrip()
    return body + "".join(reversed(open_marks)) if open_marks else text


def _toggle(open_marks: list[str], mark: str, *, closes: bool) -> None:
    if closes and mark in open_marks:
        del open_marks[open_marks.index(mark) :]
    else:
        open_marks.append(mark)


def _closing_backticks(text: str, run: str, position: int) -> int | None:
    match = re.compile(rf"(?<!`){run}(?!`)").search(text, position)
    return match.end() if match else None
