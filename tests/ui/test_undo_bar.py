"""The offer to undo: the last deletion first, each either undone or over, and in sight whatever is shown below it."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_helper.ui.undo_bar import UndoBar
from desktop_helper.ui.user_message_view import UserMessageView
from tests.support.chat_desk import said


@pytest.fixture
def pages(qtbot):
    pages = QStackedWidget()
    qtbot.addWidget(pages)
    for _ in range(2):
        pages.addWidget(QWidget())
    pages.resize(300, 200)
    pages.show()
    return pages


@pytest.fixture
def told():
    return []


@pytest.fixture
def bar(pages, told):
    """Two deletions, one after the other."""
    bar = UndoBar(pages)
    for name in ("first", "second"):
        bar.offer(partial(told.append, f"{name} undone"), partial(told.append, f"{name} over"))
    return bar


def test_the_last_is_undone_first_and_each_once(bar, told):
    bar.button.click()
    assert bar.isVisible()
    bar.undo()
    bar.undo()
    assert told == ["second undone", "first undone"]
    assert not bar.isVisible()
    bar.settle()
    assert len(told) == 2


def test_what_is_left_is_over_once(bar, told):
    bar.undo()
    bar.settle()
    bar.settle()
    bar.undo()
    assert told == ["second undone", "first over"]
    assert not bar.isVisible()


def test_it_is_over_after_a_while_but_not_under_the_keyboard(bar, told, qtbot):
    bar.window().activateWindow()
    bar.button.setFocus()
    qtbot.waitUntil(bar.button.hasFocus)
    bar._timer.setInterval(10)
    qtbot.wait(50)
    assert bar.isVisible()
    bar.button.clearFocus()
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert told == ["first over", "second over"]


def test_it_lies_over_the_page_that_comes(bar, pages):
    pages.setCurrentIndex(1)
    middle = bar.mapTo(pages, QPoint(bar.width() // 2, bar.height() // 2))
    found = pages.childAt(middle)
    assert found is bar or bar.isAncestorOf(found)


def test_messages_come_back_one_deletion_after_the_other(qtbot, open_desk):
    desk = open_desk(said("One."), said("Two."))
    for text in ("First?", "Second?"):
        desk.ask(qtbot, text)
    undo = desk.window.undo

    def shows(*texts: str) -> None:
        views = desk.window.messages.messages
        qtbot.waitUntil(
            lambda: (
                [view.message.text if isinstance(view, UserMessageView) else view.markdown() for view in views()]
                == list(texts)
            )
        )

    first, second = desk.answers
    second.delete_requested.emit()
    shows("First?", "One.", "Second?")
    first.delete_requested.emit()
    shows("First?")
    assert "2" in undo.accessibleName()
    undo.button.click()
    shows("First?", "One.", "Second?")
    assert undo.isVisible()
    undo.button.click()
    shows("First?", "One.", "Second?", "Two.")
    assert not undo.isVisible()
    assert [one.message.text for one in desk.stored()] == ["First?", "One.", "Second?", "Two."]
