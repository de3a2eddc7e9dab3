"""However an answer is cut into chunks, its document ends up as the one made from the whole text."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetricsF, QTextDocument, QTextFrame, QTextTable

from desktop_helper.ui.answer_text import AnswerText
from desktop_helper.ui.markdown import formulas
from desktop_helper.ui.markdown.document import MarkdownDocument
from desktop_helper.ui.theme import Theme

LINES = [
    "", "", "", "text with **bold** and `code`", "see [foo] and [bar][foo]", "[foo]: http://a.example", "# heading",
    "- item", "  more", "- [x] done", "  - deep", "1. one", "2. two", "> quote", "> - in quote", "```py", "x = 1  # c",
    "```", "| a | b |", "|---|--:|", "| 1 | 2 |", "---", "$$", "x^2", "$5 and $10, $x$", "中文", "![alt](http://a.b/c)",
    "*half", "**open", "[half](http://a", "`tick", "    code", "- ```", "  ```", "~~~", "===", "+ > mix", "+ | a |",
    r"- $\frac{1}{2}$ in a list", r"\(a_1\) and \[b\]", "$$ y^2 $$", r"\[", r"\]", r"> $\foo$ **b**",
    "| $x_1$ | 2 |", "עברית 🙂", "a note[^1]", "[^1]: says **it**", "    more", "[^2]: ```",
]  # fmt: skip
documents = st.lists(st.sampled_from(LINES), max_size=12).map("\n".join)


class Written:
    """A document and its writer."""

    def __init__(self) -> None:
        self.document = QTextDocument()
        self.writer = MarkdownDocument(self.document, Theme.current("light"))

    def finish(self) -> Written:
        self.writer.close()
        while self.writer.refresh():
            pass
        assert self.writer.complete
        return self

    def picture(self) -> list[object]:
        """Everything that shows."""
        marks = [(sign.position, sign.kind) for sign in self.writer.ornaments.signs]
        codes = [(code.frame.firstPosition(), code.code) for code in self.writer.ornaments.codes]
        quotes = list(self.writer.ornaments.quotes)
        return [marks, codes, quotes, *frame_picture(self.document.rootFrame())]


def frame_picture(frame: QTextFrame) -> list[object]:
    found: list[object] = [(type(frame).__name__, frame.firstPosition(), frame.lastPosition())]
    block = frame.document().findBlock(frame.firstPosition())
    while block.isValid() and block.position() <= frame.lastPosition():
        block_format, iterator, runs = block.blockFormat(), block.begin(), []
        while not iterator.atEnd():
            style = iterator.fragment().charFormat()
            runs.append((iterator.fragment().text(), style.fontWeight(), style.fontItalic(), style.anchorHref(),
                         style.foreground().color().name(), style.fontFamilies(), style.fontStrikeOut(),
                         style.fontUnderline(), style.background().style().value, style.verticalAlignment().value,
                         style.font().pixelSize()))  # fmt: skip
            iterator += 1
        in_list = block.textList()
        item = None
        if in_list:
            items = in_list.format()
            item = (items.indent(), in_list.itemNumber(block), items.style().value, items.start(), items.numberSuffix())
        found.append((block.position(), block_format.indent(), block_format.bottomMargin(), block_format.topMargin(),
                      block_format.lineHeight(), block_format.alignment().value, block_format.leftMargin(),
                      block_format.headingLevel(), item, runs))  # fmt: skip
        block = block.next()
    for child in frame.childFrames():
        box = child.frameFormat()
        found.append((type(child).__name__, box.leftMargin(), box.padding(), box.position().value))
        if isinstance(child, QTextTable):
            cells = [child.cellAt(row, column) for row in range(child.rows()) for column in range(child.columns())]
            found.append(
                (child.rows(), child.columns(), [(cell.firstPosition(), cell.lastPosition()) for cell in cells])
            )
            found.append([cell.format().toTableCellFormat().leftPadding() for cell in cells])
    return found


def whole(source: str) -> Written:
    written = Written()
    written.writer.append(source)
    return written.finish()


def streamed(source: str, sizes: list[int]) -> Written:
    written, position = Written(), 0
    for size in sizes:
        written.writer.append(source[position : position + size])
        written.writer.refresh()
        position += size
    written.writer.append(source[position:])
    return written.finish()


@settings(max_examples=120, deadline=None)
@given(documents, st.lists(st.integers(1, 15), max_size=30))
def test_streamed_equals_whole(qapp, source, sizes):
    assert streamed(source, sizes).picture() == whole(source).picture()


def test_a_finished_block_is_never_written_again(qapp):
    written = Written()
    written.writer.append("# one\n\ntwo **three**\n\nfour\n")
    written.writer.refresh()
    revisions = [block.revision() for block in blocks(written.document)][:2]
    for _ in range(50):
        written.writer.append("more and more\n\n- list\n")
        written.writer.refresh()
    assert [block.revision() for block in blocks(written.document)][:2] == revisions


def blocks(document):
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def test_a_link_defined_at_the_end_is_found(qapp):
    filler = "\n\n".join(f"paragraph {number} of many" for number in range(200))
    written = streamed(f"See [the page][far].\n\n{filler}\n\n[far]: https://far.example/x\n", [7] * 900)
    assert "https://far.example/x" in written.document.toHtml()
    assert written.picture() == whole(written.writer.source).picture()


def test_a_link_definition_does_not_open_other_schemes(qapp):
    written = whole("[x][a] and [y][b]\n\n[a]: file:///etc/passwd\n[b]: javascript:alert(1)\n")
    assert "href" not in written.document.toHtml()


def test_the_time_budget_is_kept_and_everything_comes(qapp):
    written = Written()
    written.writer.append("\n\n".join(f"paragraph {number} **bold**" for number in range(3000)))
    assert written.writer.refresh(budget_s=0.005)
    assert not written.writer.complete
    written.finish()
    assert "paragraph 2999" in written.document.toPlainText()


def test_a_new_theme_writes_the_same_text_in_its_colours(qapp):
    written = whole("# a\n\ntext [b](http://c.d)\n\n```py\nx = 1\n```\n")
    before = written.document.toPlainText()
    Theme.current("dark")
    written.writer.restyle()
    while written.writer.refresh():
        pass
    assert written.document.toPlainText() == before
    assert "#93a3ff" in written.document.toHtml()
    Theme.current("light")


def test_large_text_has_room_for_the_numbers_of_lists(qapp):
    written = whole("1. one\n10. ten\n")
    theme = Theme.current()
    assert written.document.indentWidth() == 24
    try:
        theme.apply("light", 2.0)
        written.writer.restyle()
        assert written.document.indentWidth() == 48 >= QFontMetricsF(theme.font()).horizontalAdvance("10.")
    finally:
        theme.apply("light", 1.0)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a **bo", "a bo"),
        ("a `co", "a co"),
        ("a **", "a"),
        ("see [the page](http://exa", "see the page"),
        ("look ![alt](http://x", "look"),
        ("look ![al", "look"),
        ("text\n-", "text"),
        ("text\n##", "text"),
        ("| a | b |\n|--", ""),
        ("2 * 3 = 6", "2 * 3 = 6"),
        ("snake_case_name", "snake_case_name"),
        ("it costs $5 and $10", "it costs $5 and $10"),
        ("- **a", "a"),
        ("~~gone", "gone"),
        (r"so $\frac{1", "so"),
        ("so $x", "so"),
        ("so[^1", "so"),
        ("so[^1] it", "so1 it"),
        ("so $5", "so $5"),
        ("so $5 and", "so $5 and"),
        (r"so \(a_1 + ", "so"),
        ("so\n$$\nx^2\n", "so"),
        (r"a `$x` and $y_1", "a $x and"),
        ("**so $a_1", "so"),
    ],
)
def test_the_open_end_is_shown_as_it_will_probably_be(qapp, typed, shown):
    written = Written()
    written.writer.append(typed)
    written.writer.refresh()
    assert written.document.toPlainText().strip() == shown
    assert written.writer.source == typed


def test_code_grows_by_lines_and_is_recoloured_at_its_end(qapp):
    written = Written()
    for chunk in ("```py\nx = ", "1\n", "s = '''a\n", "b'''\n``"):
        written.writer.append(chunk)
        written.writer.refresh()
    assert written.document.toPlainText().strip() == "x = 1\ns = '''a\nb'''"
    assert written.writer.ornaments.codes[-1].code.startswith("x = 1\n")
    written.writer.append("`\n")
    assert written.finish().picture() == whole(written.writer.source).picture()
    assert written.writer.ornaments.codes[-1].code == "x = 1\ns = '''a\nb'''"


FORMULA = "\ufffc"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a $x^2$ b", f"a {FORMULA} b"),
        (r"a \(x\) and \[y\]", f"a {FORMULA} and {FORMULA}"),
        ("$$\nx\n$$", FORMULA),
        ("it costs $5 and $10", "it costs $5 and $10"),
        ("$x$5", "$x$5"),
        ("$ x$", "$ x$"),
        ("`$x$`", "$x$"),
        (r"$\def\a{\a\a}\a$", r"$\def\a{\a\a}\a$"),
        (r"$\unknowncommand x$", r"$\unknowncommand x$"),
        (r"$\text{中文}$", r"$\text{中文}$"),
        (r"$\frac{1$", r"$\frac{1$"),
        ("$" + r"\sqrt{" * 40 + "x" + "}" * 40 + "$", "$" + r"\sqrt{" * 40 + "x" + "}" * 40 + "$"),
        ("$" + "x" * 900 + "$", "$" + "x" * 900 + "$"),
    ],
)
def test_a_formula_is_one_character_or_its_source(qapp, source, shown):
    assert whole(source).document.toPlainText().strip().replace("\u200b", "") == shown


def test_what_is_copied_has_the_latex(qapp, qtbot):
    view = AnswerText()
    qtbot.addWidget(view)
    view.append_markdown("a $x^2$ b\n\n$$\ny\n$$\n\n| h |\n|---|\n| $z$ |\n")
    view.close_text()
    qtbot.waitUntil(lambda: view._writer.complete and view.document().toPlainText().count(FORMULA) == 3)
    view.selectAll()
    copied = view.createMimeDataFromSelection().text()
    assert "a $x^2$ b" in copied
    assert "$$\ny\n$$" in copied
    assert "$z$" in copied


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_formulas_are_painted_in_the_colour_of_the_text(qapp, qtbot, theme):
    Theme.current(theme)
    view = AnswerText()
    qtbot.addWidget(view)
    view.resize(300, 100)
    view.append_markdown("$\\blacksquare$")
    view.close_text()
    qtbot.waitUntil(lambda: view._writer.complete and FORMULA in view.document().toPlainText())
    picture = view.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(30) for y in range(picture.height())}
    Theme.current("light")
    assert Theme.current(theme).hex("text").lower() in colours
    Theme.current("light")


def test_a_formula_is_never_drawn_on_the_ui_thread_while_it_streams(qapp, monkeypatch):
    threads = set()
    monkeypatch.setattr(formulas, "draw", lambda tex, display: threads.add(threading.current_thread().name))
    streamed("see $q_{17}$ and\n\n$$\nq_{18}\n$$\n", [4] * 10)
    assert threads == {"formulas"}


def test_what_was_shown_stays_while_a_formula_is_drawn(qapp, monkeypatch):
    written = Written()
    written.writer.append("text before ")
    written.writer.refresh()
    monkeypatch.setattr(formulas, "draw", lambda tex, display: time.sleep(0.2))
    written.writer.append("$q_{19}$\n\nnext\n")
    assert written.writer.refresh(budget_s=0.01)
    assert written.document.toPlainText().strip() == "text before"
    written.finish()
    assert "$q_{19}$" in written.document.toPlainText()


def test_a_footnote_stands_where_it_was_written(qapp):
    written = whole("first[^1] second[^note]\n\n[^1]: **One**\n[^note]: two\n\n    more\n\nend")
    lines = [line for line in written.document.toPlainText().split("\n") if line.strip()]
    assert lines == ["first1 secondnote", "1 One", "note two", "more", "end"]
