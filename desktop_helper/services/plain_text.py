"""Markdown as it reads, for one line that shows where a word was found: no marks, no addresses.

Not a parser: that costs too much for a hundred hits while somebody types. Marks that nobody closed stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from desktop_helper.services import search_text

_BEFORE, _AFTER = 1_000, 2_000  # characters around a hit that are looked at
_LONGEST = 300  # characters between two marks
_FENCE = re.compile(r"^ {0,3}(?:> ?)*(`{3,}|~{3,})[^`\n]*$", re.MULTILINE)
_RULE = re.compile(r"^(?:(?:[-*_=]\s*){3,}|\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?)$")
_BLOCK = re.compile(r"^\s*(?:>\s?)*(?:#{1,6}\s+|[-*+]\s+(?:\[[ xX]\]\s+)?|\[\^[^\]]+\]:\s+)?")
_ASIDE, _END = "\ue000", "\ue001"  # of private use: nobody's letters
_PUT_ASIDE = re.compile(rf"{_ASIDE}(\d+){_END}")
_LITERAL = re.compile(
    rf"(?<!`)(?P<marks>`+)(?!`)(?P<code>.{{1,{_LONGEST}}}?)(?<!`)(?P=marks)(?!`)"
    rf"|\\(?P<escaped>[!-/:-@\[-`{{-~])|{_ASIDE}"
)
_INLINE = (
    (re.compile(rf"!?\[([^\[\]]{{0,{_LONGEST}}})\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])"), r"\1"),
    (re.compile(r"\[\^[^\[\]\s]+\]"), ""),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>"), r"\1"),
    (re.compile(rf"(\*{{1,3}})(?=[^\s*])(.{{1,{_LONGEST}}}?)(?<=[^\s*])\1(?!\*)"), r"\2"),
    (re.compile(rf"(?<!\w)(_{{1,3}})(?=[^\s_])(.{{1,{_LONGEST}}}?)(?<=[^\s_])\1(?!\w)"), r"\2"),
    (re.compile(rf"~~(?=\S)(.{{1,{_LONGEST}}}?)(?<=\S)~~"), r"\1"),
)


def plain_around(markdown: str, query: str) -> str:
    """What is read around the first place where a word of `query` stands, or all of it if that is short.

    The words of an address or of a code's language are not read: if only those were found, the text stays as it is.
    """
    text = unicodedata.normalize("NFC", markdown)
    found = search_text.matches(text, query)
    first = found[0][0] if found else 0
    begin = text.rfind("\n", 0, max(0, first - _BEFORE)) + 1 if first > _BEFORE else 0
    in_code = len(_FENCE.findall(text, 0, begin)) % 2 == 1
    shown = "\n".join(_lines(text[begin : first + _AFTER], in_code=in_code))
    if found and not search_text.matches(shown, query):
        return markdown
    return ("… " if begin else "") + shown


def plain(markdown: str, limit: int) -> str:
    """What is read at the beginning; `limit` characters of the Markdown are looked at."""
    return "\n".join(_lines(unicodedata.normalize("NFC", markdown[:limit]), in_code=False))


def _lines(text: str, *, in_code: bool) -> Iterator[str]:
    for line in text.split("\n"):
        if _FENCE.match(line):
            in_code = not in_code
        elif in_code:
            yield line
        elif not _RULE.match(line.strip()):
            rest = line[_BLOCK.match(line).end() :].strip()  # type: ignore[union-attr]  # it matches anything
            if rest.startswith("|"):
                rest = " · ".join(cell.strip() for cell in rest.strip("|").split("|"))
            yield _inline(rest)


def _inline(line: str) -> str:
    """Code stays as it is, whatever looks like a mark in it, and so does what has a backslash before it."""
    literals: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        literals.append((found["code"] or "").strip() or found["escaped"] or found[0])
        return f"{_ASIDE}{len(literals) - 1}{_END}"

    line = _LITERAL.sub(put_aside, line)
    for pattern, kept in _INLINE:
        line = pattern.sub(kept, line)
    return _PUT_ASIDE.sub(lambda found: literals[int(found[1])], line)
