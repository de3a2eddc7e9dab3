"""Open ends that only grow end up as what the whole text gives, and are not written again for that."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextTable

from desktop_helper.ui.markdown import growing_table, render
from desktop_helper.ui.markdown.highlight import WHOLE_CAP
from desktop_helper.ui.markdown.render import Renderer
from tests.ui.markdown.test_document import Written, streamed, whole

HEAD = "| a | b |\n|---|--:|\n"
ROWS = [
    "| 1 | 2 |", "| **x** | `y` |", "| one", "no bars", "| a | b | c |", "| [l](http://a.b) | $x$ |", "| half **bo",
    "|", "", "| [foo] | 中文 |", "- item", "> quote", "# head", "```", "$$", "x $$", "---", "    code",
    "[foo]: http://c.d", "\\[", "1.",
]  # fmt: skip


@pytest.fixture
def rewritten(monkeypatch):
    """What is written at one go, since the fixture began to look."""
    found = []
    write = Renderer.write
    monkeypatch.setattr(Renderer, "write", lambda self, tokens: found.append(tokens) or write(self, tokens))
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(ROWS), max_size=7), st.lists(st.integers(1, 9) | st.integers(20, 50), max_size=60))
def test_a_table_in_pieces_is_the_table_as_a_whole(qapp, rows, sizes):
    source = HEAD + "\n".join(rows)
    assert streamed(source, sizes).picture() == whole(source).picture()


def test_rows_that_stand_there_stay(qapp, rewritten):
    written = Written()
    written.writer.append("text\n\n" + HEAD)
    written.writer.refresh()
    rewritten.clear()
    table = next(frame for frame in written.document.rootFrame().childFrames() if isinstance(frame, QTextTable))
    for chunk in ("| 1", " | 2", " |\n| 3 |", " **4", "** |\n", "\n", "after\n"):
        written.writer.append(chunk)
        written.writer.refresh()
    assert table.rows() == 3
    assert table.cellAt(2, 1).firstCursorPosition().block().text() == "4"
    assert [token.content for tokens in rewritten for token in tokens if token.type == "inline"] == ["after"]


def test_a_row_that_turns_out_to_be_none_goes(qapp):
    written = Written()
    for chunk in (HEAD, "| 1 | 2 |\n", "-"):
        written.writer.append(chunk)
        written.writer.refresh()
    written.writer.append(" an item\n")
    assert written.finish().picture() == whole(HEAD + "| 1 | 2 |\n- an item\n").picture()


def test_a_table_without_end_stops_growing(qapp, monkeypatch):
    monkeypatch.setattr(render, "MAX_TABLE_CELLS", 8)
    monkeypatch.setattr(growing_table, "MAX_TABLE_CELLS", 8)
    source = HEAD + "".join(f"| {number} | [x](http://a.b) |\n" for number in range(9)) + "-"
    assert streamed(source, [5] * 60).picture() == whole(source).picture()
    assert streamed(source + " item", [1] * 200).picture() == whole(source + " item").picture()


def test_long_code_is_coloured_once(qapp, rewritten):
    code = "def f(number):  # one\n    return 'a' + \"b\"\x0c1\n\n" * (WHOLE_CAP // 40)
    source = f"```python\n{code}``\n```\n\nafter\n"
    sizes = [997] * (len(source) // 997)
    written = streamed(source, sizes)
    assert "fence" not in {token.type for tokens in rewritten for token in tokens}
    assert written.picture() == whole(source).picture()
    assert written.writer.ornaments.codes[0].code == code + "``"


def test_what_stands_below_a_table_is_no_row(qapp):
    """A link definition makes no block of its own, so it comes with the table before it."""
    source = HEAD + "| [foo] |\n\n[foo]: http://c.d\n\nend\n"
    for length in range(len(HEAD), len(source)):
        assert streamed(source, [length, 100]).picture() == whole(source).picture()


@pytest.mark.parametrize("rows", ["| 1 |\n$$\nx $$\n\nend", "$$\nx\n$$\n\nend\n", "\\[\nx\n\\]\nend\n\n"])
def test_a_formula_below_a_table_is_no_row(qapp, rows):
    """Until its end comes, its lines look like rows."""
    assert streamed(HEAD + rows, [1] * 60).picture() == whole(HEAD + rows).picture()
