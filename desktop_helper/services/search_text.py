"""Words for the full-text index: a space round each CJK character, so that two-character Chinese words are found.

SQLite's own trigram tokeniser finds no text shorter than three characters, and unicode61 takes a whole Chinese sentence
for one word. With every CJK character a word of its own, a phrase search finds any run of them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Han, kana, bopomofo, Hangul and Yi letters and numerals. Their punctuation is left out: it separates words.
_CJK_RANGES = (
    "々〆〇〡-〩ぁ-ゖゝ-ゟァ-ヺー-ヿㄅ-ㄯㄱ-ㆎㆠ-ㆿㇰ-ㇿ㐀-䶿一-鿿ꀀ-ꒌ가-힣\uf900-\ufad9ｦ-ﾟ"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_WIDE_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SNIPPET_BEFORE = 24
_SNIPPET_LENGTH = 120


def tokens(text: str) -> list[str]:
    """The words of `text` as they are indexed: letters and digits; each CJK character alone."""
    return [_known_to_sqlite(token) for token in _raw_tokens(text)]


def index_text(text: str) -> str:
    """What is handed to FTS5 for `text`."""
    return " ".join(tokens(text))


def match_expression(query: str) -> str:
    """`query` as an FTS5 expression that finds texts with all of its words; empty if it has none.

    Each word is a phrase. One that ends in a letter or digit also finds longer words ("inv" finds "invoice").
    """
    phrases = []
    for word in query.split():
        if found := tokens(word):
            prefix = "" if _cjk_pattern().match(_raw_tokens(word)[-1]) else "*"
            phrases.append(f'"{" ".join(found)}"{prefix}')
    return " ".join(phrases)


def snippet(text: str, query: str) -> str:
    """One line of `text` around the first place where a word of `query` stands; its beginning if none does."""
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    starts = _starts(line, query) or _starts(_folded(line), _folded(query))
    start = max(0, min(starts, default=0) - _SNIPPET_BEFORE)
    if start:
        # Begin at a word if there is one near; CJK text has no spaces to begin at.
        space = line.find(" ", start, start + _SNIPPET_BEFORE)
        start = space + 1 if space >= 0 else start
    end = start + _SNIPPET_LENGTH
    return ("…" if start else "") + line[start:end].strip() + ("…" if end < len(line) else "")


def matches(line: str, query: str) -> tuple[tuple[int, int], ...]:
    """Where the words of `query` stand in `line`, as (start, end), in order and apart."""
    folded = _folded(line)
    spans = sorted(found.span() for word in query.split() for found in _pattern(_folded(word)).finditer(folded))
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return tuple(joined)


def _starts(line: str, query: str) -> list[int]:
    return [found.start() for word in query.split() if (found := _pattern(word).search(line))]


@cache
def _token_pattern() -> re.Pattern[str]:
    return re.compile(rf"[{_CJK_RANGES}]|[^\W_{_CJK_RANGES}]+")


@cache
def _cjk_pattern() -> re.Pattern[str]:
    return re.compile(rf"[{_CJK_RANGES}]")


def _raw_tokens(text: str) -> list[str]:
    return _token_pattern().findall(unicodedata.normalize("NFC", text).translate(_WIDE_TO_ASCII))


def _pattern(word: str) -> re.Pattern[str]:
    found = _raw_tokens(word)
    # As in the index, letters are found where a word begins, and CJK characters everywhere.
    begin = "" if not found or _cjk_pattern().match(found[0]) else rf"(?<![^\W_{_CJK_RANGES}])"
    return re.compile(begin + (r"[\W_]*".join(map(re.escape, found)) or r"(?!)"), re.IGNORECASE)


def _folded(text: str) -> str:
    """`text` without accents and wide letters, character by character, so that places stay the same."""
    return text if text.isascii() else "".join(map(_base, text.translate(_WIDE_TO_ASCII)))


@cache
def _base(character: str) -> str:
    if _cjk_pattern().match(character) or not character.isalpha():
        return character
    return unicodedata.normalize("NFD", character)[0]


def _known_to_sqlite(token: str) -> str:
    """A CJK character that came after Unicode 6.1, which unicode61 takes for a separator, is spelt as its number."""
    code = ord(token[0])
    new = code > 0xFFFF or 0x9FCC <= code <= 0x9FFF or 0x4DB6 <= code <= 0x4DBF or code in range(0x312E, 0x3130)
    return f"u{code:x}" if len(token) == 1 and new and _cjk_pattern().match(token) else token
