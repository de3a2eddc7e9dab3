"""Texts that a user reads, in English (the key itself) and in the user's language.

`tr("Take a picture of {name}", name=...)` looks the English text up in the files of
`resources/translations/<language>/`, one flat table of English = translation for each area. A test collects every `tr`
literal in the code and fails if a translation is missing. Placeholders are filled after the lookup, so untrusted values
are never looked up or formatted twice. What is said of one thing in other words than of many is in
`resources/translations/singular.toml`.
"""

from __future__ import annotations

import locale
import os
import re
import tomllib
from functools import cache

from desktop_helper.core.resources import resource

_NO_SPACE_AFTER = "。！？；：，、”）"

_catalogue: dict[str, str] = {}
_language = "en"


@cache
def languages() -> tuple[str, ...]:
    """English, and every language that has a folder of tables."""
    folders = resource("translations").iterdir()
    return ("en", *sorted(folder.name for folder in folders if any(folder.glob("*.toml"))))


def system_language() -> str:
    """The language of the user's session, or `en` if we have no translation for it."""
    names = (os.environ.get("LC_ALL"), os.environ.get("LC_MESSAGES"), os.environ.get("LANG"), locale.getlocale()[0])
    first = next((name for name in names if name), "")
    wanted = re.split(r"[.@]", first)[0]
    if wanted in languages():
        return wanted
    short = "zh" if wanted.lower().startswith("chinese") else wanted.split("_")[0].lower()  # Windows has names
    return next((name for name in languages() if name.split("_")[0] == short), "en")


def set_language(language: str) -> None:
    """Use `language` (one of `languages()`, or `auto`) for every later `tr`."""
    global _catalogue, _language
    chosen = system_language() if language == "auto" else language
    _language = chosen if chosen in languages() else "en"
    _catalogue = _read_catalogue(_language)


@cache
def _read_catalogue(language: str) -> dict[str, str]:
    """All tables of a language as one. Kept, since reading them takes 25 ms, and one answer has several texts."""
    catalogue: dict[str, str] = {}
    if language != "en":
        for path in sorted(resource("translations", language).glob("*.toml")):
            catalogue |= tomllib.loads(path.read_text(encoding="utf-8"))
    return catalogue


def language() -> str:
    """The language in use."""
    return _language


def tr(text: str, /, **values: object) -> str:
    """`text` in the user's language, with `{name}` placeholders filled from `values`."""
    return _filled(text, _language, _catalogue, values)


def tr_in(language: str, text: str, /, **values: object) -> str:
    """The same in any of `languages()`: what answers a question in its language, not in that of the windows."""
    return _filled(text, language, _read_catalogue(language), values)


def _filled(text: str, language: str, catalogue: dict[str, str], values: dict[str, object]) -> str:
    if not values:
        return catalogue.get(text, text)
    if language == "en":
        for name, value in values.items():
            if value in (1, "1"):
                text = _singular().get(name, {}).get(text, text)
    return catalogue.get(text, text).format(**values)


@cache
def _singular() -> dict[str, dict[str, str]]:
    """By the placeholder that counts something: English texts as they are if it is one. Chinese has no such form."""
    return tomllib.loads(resource("translations", "singular.toml").read_text(encoding="utf-8"))


def sentences(*parts: str) -> str:
    """`parts` one after the other; full-width punctuation brings its own space. Empty ones are left out."""
    joined = ""
    for part in parts:
        space = " " if joined and part and not joined.endswith(tuple(_NO_SPACE_AFTER)) else ""
        joined += space + part
    return joined
