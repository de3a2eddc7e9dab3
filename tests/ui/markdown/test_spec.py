"""Every example of the CommonMark specification, and those of GFM's tables, task lists and struck-out text.

They are rendered, quickly and in any cut. What they look like is ours to say: HTML stays text, and addresses other than
http, https and mailto are no links. Licence of the examples: see the file.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QTextTable

from tests.ui.markdown.test_document import streamed, whole

_SAMPLES = json.loads((Path(__file__).parent / "commonmark" / "examples.json").read_text("utf-8"))
SECTIONS = _SAMPLES["commonmark"] | _SAMPLES["gfm"]
LIMIT_S = 0.1  # of CPU


def test_all_of_them_are_there():
    assert sum(map(len, _SAMPLES["commonmark"].values())) == 652
    assert {"Tables (extension)": 8, "Task list items (extension)": 2}.items() <= {
        name: len(examples) for name, examples in _SAMPLES["gfm"].items()
    }.items()


def seconds(source: str) -> float:
    """The second time: at the first sight of a letter Qt looks through every font of the machine for it."""
    begin = time.thread_time()
    whole(source).picture()
    return time.thread_time() - begin


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_rendered_quickly_and_the_same_in_any_cut(qapp, section):
    slow, different = [], []
    for number, source in enumerate(SECTIONS[section]):
        expected = whole(source).picture()
        if seconds(source) > LIMIT_S:
            slow.append(source)
        if streamed(source, [number % 7 + 3] * len(source)).picture() != expected:
            different.append(source)
    assert (slow, different) == ([], [])


@pytest.mark.parametrize(
    ("source", "rows"),
    [(SECTIONS["Tables (extension)"][0], [["foo", "bar"], ["baz", "bim"]]),
     (SECTIONS["Tables (extension)"][4], [["abc", "def"], ["bar", "baz"], ["bar", ""]])],
)  # fmt: skip
def test_the_cells_of_a_table_are_those_of_the_specification(qapp, source, rows):
    written = whole(source)
    table = next(frame for frame in written.document.rootFrame().childFrames() if isinstance(frame, QTextTable))
    cells = [[table.cellAt(row, column) for column in range(table.columns())] for row in range(table.rows())]
    assert [[cell.firstCursorPosition().block().text() for cell in row] for row in cells] == rows
