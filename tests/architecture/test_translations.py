"""Every text of the code that a user reads exists in every language, with the same placeholders."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.i18n import languages
from tests.architecture.sources import ROOT, code_files, shown, tree

TRANSLATIONS = ROOT / "resources" / "translations"
FOREIGN = [language for language in languages() if language != "en"]


def tr_arguments(path: Path) -> Iterator[ast.expr]:
    """What a file gives to `tr` and `tr_in` as the text."""
    for node in ast.walk(tree(path)):
        called = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and called in ("tr", "tr_in"):
            yield node.args[called == "tr_in"]


def texts(path: Path) -> Iterator[str]:
    """The literals among them."""
    for argument in tr_arguments(path):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def catalogues(language: str) -> dict[str, dict[str, str]]:
    """File name to its table."""
    return {
        path.name: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted((TRANSLATIONS / language).glob("*.toml"))
    }


@pytest.mark.parametrize("language", FOREIGN)
def test_every_text_is_translated(language: str) -> None:
    known = {english for table in catalogues(language).values() for english in table}
    missing = [
        f"{shown(path)}: {text!r}" for path in code_files() for text in dict.fromkeys(texts(path)) if text not in known
    ]
    assert not missing, "\n" + "\n".join(missing)


@pytest.mark.parametrize("language", FOREIGN)
def test_no_translation_is_left_over(language: str) -> None:
    strings = {
        node.value
        for path in code_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    strings |= {value for path in (ROOT / "resources").rglob("*.toml") for value in toml_values(path)}
    unused = [
        f"{name}: {text!r}" for name, table in catalogues(language).items() for text in table if text not in strings
    ]
    assert not unused, "\n" + "\n".join(unused)


def toml_values(path: Path) -> Iterator[str]:
    """The strings of a resource file (provider titles, key hints), which are translated too."""
    if path.is_relative_to(TRANSLATIONS):
        return
    pending: list[object] = [tomllib.loads(path.read_text(encoding="utf-8"))]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)


@pytest.mark.parametrize("language", FOREIGN)
def test_translations_fill_the_same_places(language: str) -> None:
    wrong = [
        f"{name}: {english!r}"
        for name, table in catalogues(language).items()
        for english, translated in table.items()
        if placeholders(english) != placeholders(translated)
    ]
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("language", FOREIGN)
def test_no_text_is_translated_twice(language: str) -> None:
    seen: dict[str, str] = {}
    twice = []
    for name, table in catalogues(language).items():
        for english in table:
            if seen.setdefault(english, name) != name:
                twice.append(f"{seen[english]}, {name}: {english!r}")
    assert not twice, "\n" + "\n".join(twice)


def test_texts_are_literals() -> None:
    """An f-string would never be found in the catalogue, and would fill untrusted values in before the lookup."""
    made_up = (ast.JoinedStr, ast.BinOp)
    wrong = [
        f"{shown(path)}:{argument.lineno}"
        for path in code_files()
        for argument in tr_arguments(path)
        if isinstance(argument, made_up)
    ]
    assert not wrong
