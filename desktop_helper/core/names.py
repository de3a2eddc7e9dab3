"""Names of files on their way into sentences: they may hold anything but a zero byte and a slash."""

from __future__ import annotations

import re

MOST = 400  # characters of a sentence that a path may take
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(name: str) -> str:
    r"""The name with escapes for what moves a terminal's cursor or reverses what follows: `\u202e`.

    Bytes that are no UTF-8, which Python keeps as halves of surrogate pairs, are escaped too: no file, database or
    server takes those. Of a very long path, the middle is left out.
    """
    shown = _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", name)
    return shown if len(shown) <= MOST else f"{shown[: MOST // 4]}…{shown[-3 * MOST // 4 :]}"
