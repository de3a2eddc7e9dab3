"""How fast an answer comes, while it does."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication

from desktop_helper.ui.answer_pace import AnswerPace
from desktop_helper.ui.answer_view import AnswerView


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_counts_from_the_first_word():
    clock = Clock()
    pace = AnswerPace(clock)
    assert pace.lines() == []
    clock.now += 2.5
    pace.count("Well")
    assert pace.lines() == ["2.5 s to first token"]
    clock.now += 4
    pace.count("word" * 80)
    assert pace.lines() == ["2.5 s to first token", "about 20 tokens/s"]


def test_chinese_has_more_tokens_in_as_many_characters():
    clock = Clock()
    pace = AnswerPace(clock)
    pace.count("好")
    pace.count("中" * 160)
    clock.now += 2
    assert pace.lines()[1] == "about 50 tokens/s"


def point_at(view: AnswerView) -> str:
    spot = QPoint(5, 5)
    QApplication.sendEvent(view, QHelpEvent(QHelpEvent.Type.ToolTip, spot, view.mapToGlobal(spot)))
    return view.toolTip()


def test_the_answer_tells_while_it_runs_and_not_afterwards(qtbot):
    view = AnswerView("GLM")
    qtbot.addWidget(view)
    view._pace = AnswerPace(Clock())
    assert point_at(view) == ""
    view.append_thinking("hm")
    assert "to first token" in point_at(view)
    view.append_text("Well")
    view.setToolTip("")
    view.show()
    QApplication.sendEvent(view._text.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(), QPoint()))
    assert "to first token" in view.toolTip()  # also over its text
    view.finish()
    assert point_at(view) == ""
