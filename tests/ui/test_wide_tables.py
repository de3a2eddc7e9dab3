"""Tables keep their words whole: the columns share the room out, or the table is scrolled by itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QTextTable, QWheelEvent
from PySide6.QtWidgets import QScrollBar

from desktop_helper.ui.message_list import MessageList

HEAD = "| Region | Revenue this quarter | Responsible manager | Comment |\n|---|---:|---|---|\n"
ROW = "| Europe | 1,900,000 | Christina Featherstonehaugh | Reorganisation of the [warehouse](https://a.example) |\n"
CHINESE = "| 地区 | 本季度营业收入 | 负责人 |\n|---|---|---|\n| 欧洲 | 1,900,000 | 欧阳修 |\n\n"


@pytest.fixture
def show(qtbot):
    messages = MessageList()
    qtbot.addWidget(messages)

    def begin(markdown: str, width: int = 380, *, step: int | None = None):
        messages.resize(width, 600)
        messages.show()
        view = messages.add_answer("GLM")
        for begin in range(0, len(markdown), step or len(markdown)):
            view.append_text(markdown[begin : begin + (step or len(markdown))])
            qtbot.wait(1)
        view.finish()
        qtbot.wait(20)
        return view.text_view

    return begin


def tables(text) -> list[QTextTable]:
    return [frame for frame in text.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]


def lines(text) -> list[str]:
    """All lines of all cells, as they are broken."""
    found = []
    for table in tables(text):
        for row in range(table.rows()):
            for column in range(table.columns()):
                block = table.cellAt(row, column).firstCursorPosition().block()
                layout = block.layout()
                for number in range(layout.lineCount()):
                    line = layout.lineAt(number)
                    found.append(block.text()[line.textStart() : line.textStart() + line.textLength()].strip())
    return found


def bars(text) -> list[QScrollBar]:
    return [bar for bar in text.viewport().findChildren(QScrollBar) if not bar.isHidden()]


def is_whole(line: str, source: str) -> bool:
    """It begins and ends where a word does."""
    return all(word in source.replace("|", " ").split() for word in line.split())


@pytest.mark.parametrize("width", [340, 380, 460, 600, 760, 1100])
@pytest.mark.parametrize("step", [None, 7])
def test_no_word_is_broken_in_any_window(show, width, step):
    source = HEAD + ROW.replace("[warehouse](https://a.example)", "warehouse") * 3
    text = show(source, width, step=step)
    assert [line for line in lines(text) if not is_whole(line, source)] == []
    assert bool(bars(text)) == (width < 600)


def test_what_fits_is_as_wide_as_the_text_and_has_no_bar(show):
    text = show(HEAD + ROW, 900)
    assert not bars(text)
    box = text.document().documentLayout().frameBoundingRect(tables(text)[0])
    assert box.width() == pytest.approx(text.document().textWidth(), abs=2)


def test_chinese_is_broken_where_it_may_be_and_a_number_nowhere(show):
    text = show(CHINESE, 300)
    assert "1,900,000" in lines(text)
    assert min(len(line) for line in lines(text)) >= 2


def test_a_word_that_is_wider_than_the_view_is_broken(show):
    text = show("| a | b |\n|---|---|\n| " + "x" * 200 + " | y |\n")
    assert max(len(line) for line in lines(text)) < 100
    assert text.document().size().width() < 2 * text.width()


def test_a_wide_table_is_scrolled_alone_and_its_links_stay_where_they_are_seen(qtbot, show):
    text = show("Before.\n\n" + HEAD + ROW + "\nAfter.\n")
    (bar,) = bars(text)
    before = text.grab().toImage()
    bar.setValue(bar.maximum())
    assert text.horizontalScrollBar().value() == 0
    after = text.grab().toImage()
    edge = int(text.document().documentLayout().frameBoundingRect(tables(text)[0]).top() * after.devicePixelRatio()) - 2
    top = (0, 0, before.width(), edge)
    assert before.copy(*top) == after.copy(*top)
    assert before != after
    opened: list[str] = []
    text.link_activated.connect(opened.append)
    cursor = text.document().find("warehouse")
    seen = text.cursorRect(cursor).center() - QPoint(bar.value() + 8, 0)
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=seen)
    assert opened == ["https://a.example"]


def test_what_is_dragged_over_is_what_is_marked(qtbot, show):
    text = show(HEAD + ROW)
    (bar,) = bars(text)
    bar.setValue(bar.maximum())
    cursor = text.document().find("warehouse")
    end = text.cursorRect(cursor).center() - QPoint(bar.value(), 0)
    qtbot.mouseDClick(text.viewport(), Qt.MouseButton.LeftButton, pos=end - QPoint(8, 0))
    assert text.textCursor().selectedText() == "warehouse"
    text.copy()
    assert QGuiApplication.clipboard().text() == "warehouse"


def test_the_wheel_moves_it_sideways_and_leaves_the_rest_to_the_conversation(show):
    text = show("Before.\n\n" + HEAD + ROW)
    (bar,) = bars(text)
    inside = QPointF(60, text.document().documentLayout().frameBoundingRect(tables(text)[0]).center().y())

    def wheel(at: QPointF, delta: QPoint, modifiers=Qt.KeyboardModifier.NoModifier) -> bool:
        event = QWheelEvent(
            at, text.mapToGlobal(at), QPoint(), delta, Qt.MouseButton.NoButton, modifiers,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        text.wheelEvent(event)
        return event.isAccepted()

    assert not wheel(inside, QPoint(0, -120))
    assert wheel(inside, QPoint(-120, 0))
    moved = bar.value()
    assert moved > 0
    assert wheel(inside, QPoint(0, 120), Qt.KeyboardModifier.ShiftModifier)
    assert bar.value() < moved
    assert not wheel(QPointF(60, 3), QPoint(-120, 0))


def test_a_bar_is_reached_and_moved_by_the_keyboard(qtbot, show):
    text = show(HEAD + ROW)
    (bar,) = bars(text)
    assert bar.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert bar.accessibleName()
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert bar.value() > 0
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    assert bar.value() == 0
    for key in (Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_Down):
        qtbot.keyClick(bar, key)
        assert bar.value() == 0, "these scroll the conversation"


def test_a_bar_shows_that_it_has_the_keyboard(qtbot, show):
    text = show(HEAD + ROW)
    text.window().activateWindow()
    qtbot.waitUntil(text.window().isActiveWindow)
    (bar,) = bars(text)
    before = bar.grab().toImage()
    bar.setFocus(Qt.FocusReason.TabFocusReason)
    assert bar.grab().toImage() != before
    bar.clearFocus()
    assert bar.grab().toImage() == before


def test_a_window_that_grows_needs_no_bar_any_more(qtbot, show):
    text = show(HEAD + ROW)
    assert bars(text)
    text.window().resize(1000, 600)
    qtbot.waitUntil(lambda: not bars(text))
    text.window().resize(380, 600)
    qtbot.waitUntil(lambda: bool(bars(text)))


_WORDS = ["a", "word", "1,900,000", "Featherstonehaugh", "two words", "合计", "`code`", "**b**"]
_cells = st.lists(st.sampled_from(_WORDS), min_size=3, max_size=3)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(_cells, min_size=1, max_size=5), width=st.integers(300, 900), step=st.integers(3, 40))
def test_a_table_that_grew_looks_as_if_it_was_written_at_once(qapp, rows, width, step):
    source = "".join(
        f"| {' | '.join(cells)} |\n" + ("|---|---|---|\n" if not n else "") for n, cells in enumerate(rows)
    )
    shown = []
    for part in (step, len(source)):
        messages = MessageList()
        messages.resize(width, 600)
        messages.show()
        view = messages.add_answer("GLM")
        for begin in range(0, len(source), part):
            view.append_text(source[begin : begin + part])
        view.finish()
        qapp.processEvents()
        shown.append((lines(view.text_view), bool(bars(view.text_view))))
        messages.hide()
        messages.deleteLater()
        qapp.processEvents()
    assert shown[0] == shown[1]
