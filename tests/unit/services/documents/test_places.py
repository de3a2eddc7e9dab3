"""Parts of many files are found by what a model calls them, whatever the files are called."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.core.documents import PageText
from desktop_helper.core.many_files import parts_of_file
from desktop_helper.services.documents import places
from desktop_helper.services.documents.page_index import IN_MEMORY, PageIndex
from tests.support.odd_names import FILES


def numbers(paths: list[str], wanted: str) -> list[int]:
    """Of each file there are two parts, of ten lines each."""
    index = PageIndex(IN_MEMORY)
    try:
        for at, path in enumerate(paths):
            lines = [PageText("words", name="lines 1–10"), PageText("words", name="lines 11–20: Oil, line 3")]
            index.add(2 * at + 1, parts_of_file(path, lines))
        index.count = 2 * len(paths)
        return places.numbers(wanted, index)
    finally:
        index.close()


@settings(max_examples=50)
@given(
    FILES,
    st.integers(0, 5),
    st.sampled_from(
        ["{}, lines 12-14", "{} line 12", "{}:L12", "[{}, lines 12–14]", "“{}”, lines 12 to 14", "{}，第 12 行"]
    ),
)
def test_lines_of_a_file_are_found(paths: list[str], at: int, asked: str) -> None:
    at %= len(paths)
    same = [number for number, path in enumerate(paths) if f"/{path}".casefold().endswith(f"/{paths[at]}".casefold())]
    assert numbers(paths, asked.format(paths[at])) == [2 * number + 2 for number in same]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("pipeline 3/a.py, lines 4-6", [1]),
        ("pipeline 3/a.py, lines 10-11", [1, 2]),
        ("a.py, line 15", [2]),
        ("part 1: intro.md, lines 12-14", [4]),
        ("(draft) b.py, line 1", [5]),
        ("[draft] b.py, line 1", [5]),
        ("[pipeline 3/a.py, line 1]", [1]),
        ("[[draft] b.py, line 1]", [5]),
        ("pipeline 3/a.py, line 99", []),
        ("x.py, line 1", []),
        ("part 2", [2]),
    ],
)
def test_names_that_a_pattern_would_cut(wanted: str, found: list[int]) -> None:
    assert numbers(["pipeline 3/a.py", "part 1: intro.md", "[draft] b.py"], wanted) == found
