"""About how many tokens a text takes, before a model has counted."""

from __future__ import annotations

CHARACTERS_PER_TOKEN = 3.5  # of mixed text in alphabets
WIDE_PER_TOKEN = 1.6  # of Chinese


def text_tokens(text: str) -> int:
    """Cheap: it is asked at every key."""
    # Three bytes in UTF-8, where letters take one or two.
    wide = 0 if text.isascii() else (len(text.encode("utf-8", "replace")) - len(text)) // 2
    return round((len(text) - wide) / CHARACTERS_PER_TOKEN + wide / WIDE_PER_TOKEN)
