"""Small rooms: files and functions that one can take in at a glance."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import code_files, files_of_tests, shown, tree

MOST_LINES = 400
MEDIAN_LINES = 150
MOST_FUNCTION_LINES = 40


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of each function, without signature and docstring."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            yield node.name, (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_file_is_larger_than_a_reader_can_hold() -> None:
    large = {shown(path): length(path) for path in [*code_files(), *files_of_tests()] if length(path) > MOST_LINES}
    assert not large, f"split them by what a reader would look for: {large}"


def test_most_files_are_small() -> None:
    lengths = [length(path) for path in code_files() if path.name != "__init__.py"]
    median = statistics.median(lengths)
    print(f"{len(lengths)} files, {sum(lengths)} lines, median {median}, largest {max(lengths)}")
    assert median <= MEDIAN_LINES


def test_no_function_is_longer_than_a_screen() -> None:
    found = ((path, name, lines) for path in code_files() for name, lines in functions(path))
    long = [f"{shown(path)}: {name}, {lines} lines" for path, name, lines in found if lines > MOST_FUNCTION_LINES]
    assert not long
