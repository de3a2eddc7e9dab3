"""The prompt of a quick action: a text with places for what is known only when it is used.

`{input}` is what is typed or selected, `{clipboard}` the clipboard's text, `{language}` the user's language and
`{date}` today. `{{input}}` is written to the model as `{input}`. Any other brace, as of JSON or code, stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

INPUT, CLIPBOARD, LANGUAGE, DATE = "input", "clipboard", "language", "date"
PLACEHOLDERS = (INPUT, CLIPBOARD, LANGUAGE, DATE)

_PLACE = re.compile(r"\{\{(\w+)\}\}|\{(\w+)\}")


def unknown(prompt: str) -> str | None:
    """The first name in braces that stands for nothing; None if there is none."""
    return next((name for name in _names(prompt) if name not in PLACEHOLDERS), None)


def uses(prompt: str, name: str) -> bool:
    """Whether the prompt has a place for `name`."""
    return name in _names(prompt)


def fill(prompt: str, values: Mapping[str, Callable[[], str]]) -> str:
    """The question that `prompt` becomes. What is filled in is never looked at again: it may hold braces too.

    Args:
        prompt: without unknown placeholders.
        values: called only for the places that there are; a name that is missing stands for nothing.

    An input without a place of its own follows the prompt.
    """
    known: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        if found[1] is not None:
            return f"{{{found[1]}}}"
        return value(found[2])

    def value(name: str) -> str:
        if name not in known:
            known[name] = values[name]().strip() if name in values else ""
        return known[name]

    filled = _PLACE.sub(place, prompt).strip()
    if uses(prompt, INPUT):
        return filled
    return "\n\n".join(part for part in (filled, value(INPUT)) if part)


def _names(prompt: str) -> list[str]:
    return [found[2] for found in _PLACE.finditer(prompt) if found[2] is not None]
