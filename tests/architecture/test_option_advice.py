"""Options are advice for who writes them: what the window shows too must not speak of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PACKAGE, shown, tree

OPTION = re.compile(r"(?<!-)--[a-z]")
BEGINNING = "On the command line, "  # of a `command_fix`, which only the command line shows

# Only the command line uses these.
NOT_FOR_THE_WINDOW = (
    "desktop_helper/cli/",
    "desktop_helper/services/clipboard.py",
    "desktop_helper/services/openai_server/",
)


def texts_with_options(path: Path) -> Iterator[str]:
    """The texts for users in a file that name an option."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tr":
            text = node.args[0]
            if isinstance(text, ast.Constant) and OPTION.search(str(text.value)):
                yield str(text.value)


def test_the_window_does_not_speak_of_options() -> None:
    wrong = [
        f"{shown(path)}: {text!r}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not shown(path).startswith(NOT_FOR_THE_WINDOW)
        for text in texts_with_options(path)
        if not text.startswith(BEGINNING)
    ]
    assert not wrong, "give it to `HelperError` as `command_fix`:\n" + "\n".join(wrong)


def test_the_window_uses_none_of_those() -> None:
    modules = tuple(name.removesuffix("/").removesuffix(".py").replace("/", ".") for name in NOT_FOR_THE_WINDOW)
    wrong = [
        f"{shown(path)}: {node.module}"
        for folder in ("ui", "qt")
        for path in sorted((PACKAGE / folder).rglob("*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(tuple(f"{one}." for one in modules))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_first_test_can_fail() -> None:
    assert OPTION.search("Name it with --gguf.")
    assert any(texts_with_options(PACKAGE / "core" / "gguf" / "guards.py"))
