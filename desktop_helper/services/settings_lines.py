"""Where in a TOML text a key stands, so that an error can name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

_ARRAY = re.compile(r"^\s*\[\[(.*?)\]\]\s*(#.*)?$")
_TABLE = re.compile(r"^\s*\[([^\[\]].*?)\]\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_\-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_\-]+|"[^"]*"|'[^']*'))*)\s*=""")
_POSITION = re.compile(r"at line (\d+)")


def line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """Line of the deepest part of `keys` that is written out, counted from 1; None if not even the first is.

    A table of several is named by its number, from "0", behind their name.
    """
    best: tuple[int, int] | None = None
    table: tuple[str, ...] = ()
    newest: dict[tuple[str, ...], int] = {}  # of the tables of one name
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _ARRAY.match(line):
            name = _numbered(_split(found[1]), newest)
            newest[name] = newest.get(name, -1) + 1
            table = here = (*name, str(newest[name]))
        elif found := _TABLE.match(line):
            table = here = _numbered(_split(found[1]), newest)
        elif found := _KEY.match(line):
            here = table + _split(found[1])
        else:
            continue
        if here == keys[: len(here)] and (best is None or len(here) > best[0]):
            best = len(here), number
    return best[1] if best else None


def line_of_syntax_error(message: str, text: str) -> int | None:
    """The line that a `tomllib.TOMLDecodeError` means; the last one if it says "at end of document"."""
    if found := _POSITION.search(message):
        return int(found[1])
    return max(1, len(text.splitlines())) if "end of document" in message else None


def _numbered(names: tuple[str, ...], newest: Mapping[tuple[str, ...], int]) -> tuple[str, ...]:
    """`models.price` as `models.0.price`, if that belongs to the first of several."""
    made: tuple[str, ...] = ()
    for name in names[:-1]:
        made = (*made, name)
        made = (*made, str(newest[made])) if made in newest else made
    return (*made, *names[-1:])


def _split(dotted: str) -> tuple[str, ...]:
    """`a."b c".d` to its names, by the TOML parser itself."""
    try:
        level: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted,)
    names: list[str] = []
    while isinstance(level, dict):
        name, level = next(iter(level.items()))
        names.append(name)
    return tuple(names)
