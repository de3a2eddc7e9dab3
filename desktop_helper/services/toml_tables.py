"""The tables of a TOML text, also of one with mistakes: those that are in order are read."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from desktop_helper.services.settings_lines import line_of_syntax_error

_HEADER = re.compile(r"^[ \t]*\[[^\[\]]", re.MULTILINE)
_MAX_JOINED = 8  # pieces: a text over several lines may hold what looks like the beginning of a table


@dataclass(frozen=True, slots=True)
class Mistake:
    """A part of the text that is left out.

    Args:
        line: counted from 1.
        twice: name of the table that was there already; empty if this is no TOML.
    """

    line: int
    twice: str = ""


def read_tables(text: str) -> tuple[dict[str, Any], list[Mistake]]:
    """What stands at the top of `text` by name, and what could not be read. Never raises."""
    try:
        return _loads(text), []
    except ValueError:
        return _read_pieces(text)


def _read_pieces(text: str) -> tuple[dict[str, Any], list[Mistake]]:
    """Each table by itself; one that fails is tried together with those that follow."""
    starts = [found.start() for found in _HEADER.finditer(text)]
    if not starts or text[: starts[0]].strip():
        starts = [0, *starts]
    ends = [*starts[1:], len(text)]
    found: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    at = 0
    while at < len(starts):
        line = text.count("\n", 0, starts[at]) + 1
        for last in range(at, min(at + _MAX_JOINED, len(starts))):
            try:
                piece = _loads(text[starts[at] : ends[last]])
            except ValueError:
                continue
            for name, value in piece.items():
                if name in found:
                    mistakes.append(Mistake(line, twice=name))
                else:
                    found[name] = value
            at = last + 1
            break
        else:
            mistakes.append(Mistake(line + _line_in(text[starts[at] : ends[at]]) - 1))
            at += 1
    return found, mistakes


def _line_in(piece: str) -> int:
    try:
        _loads(piece)
    except ValueError as error:
        return line_of_syntax_error(str(error), piece) or 1
    return 1


def _loads(text: str) -> dict[str, Any]:
    """Raises ValueError, also where the parser has a limit of its own."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("too deep") from None
