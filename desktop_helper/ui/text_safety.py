"""Untrusted text on its way to the screen: characters that lie are shown, words without end can wrap."""

from __future__ import annotations

import re

ZERO_WIDTH_SPACE = "\u200b"
_WORD_CHARS = 64
# Up to the CJK blocks: those break between any two characters already.
_LONG_WORD = re.compile(rf"[^\s\u200b\u2e80-\U0010ffff-]{{{_WORD_CHARS}}}")
_OVERRIDES = re.compile("[\u202d\u202e]")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

# Python's `html` would do it, and keep the names of two thousand characters: 0.7 MB in an app that only waits.
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LIARS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD) | {10: 32, 13: 32, 0x2029: 32}


def reveal(text: str) -> str:
    r"""Names and addresses: every invisible or direction-changing character becomes its escape, `\u202e`."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\n", " "))


def tooltip(*lines: str) -> str:
    """For `setToolTip`: Qt takes a text with a tag in it for markup, and would load the picture that it names."""
    return f"<qt>{'<br>'.join(reveal(line).translate(_MARKUP) for line in lines)}</qt>"


def reveal_overrides(text: str) -> str:
    """Running text: only characters that reverse what follows are escaped; right-to-left scripts need the others."""
    return _OVERRIDES.sub(lambda match: f"\\u{ord(match[0]):04x}", text) if _OVERRIDES.search(text) else text


def one_line(text: str) -> str:
    """Text for a row of a list: what reverses its neighbours is shown, and every character keeps its place."""
    return text.translate(_LIARS)


def wrappable(text: str) -> str:
    """Let very long words break: Qt takes seconds for a word of 100,000 characters. `unwrapped` takes it back."""
    return _LONG_WORD.sub(rf"\g<0>{ZERO_WIDTH_SPACE}", text) if len(text) >= _WORD_CHARS else text


def unwrapped(text: str) -> str:
    """Text of a document as the user wants it copied."""
    return text.replace(ZERO_WIDTH_SPACE, "").replace("\u2028", "\n").replace("\u2029", "\n").replace("\xa0", " ")
