"""What the engine of this machine tells and can do, in the window: progress, notices, "Answer now", the figures."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton

from desktop_helper.core.events import Finished, Notice, Progress, TextDelta, ThinkingDelta, UsageReported
from desktop_helper.services.paths import Paths
from desktop_helper.ui.answer_meta import meta_details
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.theme import Theme
from tests.support.scripted_backend import ScriptedBackend

LOCAL = """
active_profile = "mine"
[profiles.mine]
provider = "local"
gguf = "/nowhere/model.gguf"
"""


class Thinker(ScriptedBackend):
    """Thinks until it is told to answer, or until the test lets it go."""

    def __init__(self, *, can: bool = True, before=()):
        self.go_on, self.can = threading.Event(), can
        self.asked: list[threading.Thread] = []
        thoughts = [*before, ThinkingDelta("Hm. "), lambda: self.go_on.wait(5)]
        super().__init__([*thoughts, TextDelta("Blue."), Finished()])

    def answer_now(self):
        self.asked.append(threading.current_thread())
        if self.can:
            self.go_on.set()
        return self.can


@pytest.fixture
def thinking(qtbot, tmp_path, open_desk):
    """A desk whose model thinks right now."""

    def begin(settings=LOCAL, **options):
        paths = Paths.below(tmp_path / "home")
        paths.ensure()
        if settings:
            paths.settings_file.write_text(settings, encoding="utf-8")
        desk = open_desk()
        desk.backend = Thinker(**options)
        desk.composer.edit.setPlainText("Why?")
        desk.composer.submit()
        qtbot.waitUntil(lambda: bool(desk.answers and desk.answers[0].thinking()))
        return desk

    return begin


@pytest.fixture
def view(qtbot):
    Theme.current("light")
    made = AnswerView("GLM")
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    return made


def now_button(view) -> QPushButton:
    return next(button for button in view.findChildren(QPushButton) if button.text() == "Answer now")


def shown(view) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view) and label.text()]


def test_answer_now_ends_the_thinking_once(qtbot, thinking):
    desk = thinking()
    button = now_button(desk.answers[0])
    assert button.isVisible()
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    with qtbot.waitSignal(desk.chat.answered):
        button.click()
        assert not button.isEnabled()
    assert len(desk.backend.asked) == 1
    assert not button.isVisible()
    assert desk.answers[0].markdown() == "Blue."


def test_the_key_does_the_same(qtbot, thinking):
    desk = thinking()
    desk.window.activateWindow()
    with qtbot.waitSignal(desk.chat.answered):
        qtbot.keyClick(desk.composer.edit, "A", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert len(desk.backend.asked) == 1


def test_a_model_that_cannot_loses_the_button(qtbot, thinking):
    desk = thinking(can=False)
    button = now_button(desk.answers[0])
    button.click()
    assert not button.isVisible()
    with qtbot.waitSignal(desk.chat.answered):
        desk.backend.go_on.set()


def test_no_button_for_a_server(qtbot, thinking):
    desk = thinking(settings="")
    assert not now_button(desk.answers[0]).isVisible()
    with qtbot.waitSignal(desk.chat.answered):
        desk.backend.go_on.set()


def test_notices_stand_above_the_text_and_stay_when_it_is_opened_again(qtbot, thinking):
    told = ["Two pictures were left out.", "One turn was left out."]
    desk = thinking(before=[Notice(text) for text in told])
    with qtbot.waitSignal(desk.chat.answered):
        desk.backend.go_on.set()
    for _ in range(2):
        view = desk.answers[0]
        lines = [label for label in view.findChildren(QLabel) if label.text() in told]
        assert [line.text() for line in sorted(lines, key=lambda line: line.y())] == told
        assert all(line.isVisible() and line.y() < view._text.y() for line in lines)
        assert all(line.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse for line in lines)
        desk.chat._conversation.reopen(desk.services.history.latest)
        qtbot.waitUntil(lambda: desk.answers[0].height() > 0 and desk.answers[0]._text.y() > 0)


def test_progress_is_a_bar_where_it_is_known(view):
    view.set_progress("Loading the model", 0.35)
    bar = view.findChild(QProgressBar)
    assert shown(view) == ["Loading the model · 35\N{NO-BREAK SPACE}%"]
    assert bar.isVisible()
    assert bar.value() == 350
    height = view.sizeHint().height()
    view.set_progress("Waiting", None)
    assert shown(view) == ["Waiting"]
    assert not bar.isVisible()
    assert view.sizeHint().height() == height  # nothing jumps
    view.append_thinking("Hm.")
    assert not bar.isVisible()


def test_what_was_counted_is_told_to_whoever_points_at_it(view):
    view.append_text("Blue.")
    view.finish(usage=UsageReported(2750, 310, 2691, 0.412, 63.97))
    assert "GLM · 0.4 s to first token · 64 tokens/s" in shown(view)
    expected = ["2,691 of 2,750 tokens known already", "310 tokens written", "0.41 s to first token", "64.0 tokens/s"]
    assert all(line in view._meta.toolTip() for line in expected)
    assert all(line in view._meta.accessibleDescription() for line in expected)


@pytest.mark.parametrize(
    ("usage", "lines"),
    [
        (None, []),
        (UsageReported(), []),
        (UsageReported(prompt_tokens=12, cached_tokens=0), ["12 tokens read"]),
        (UsageReported(completion_tokens=0), ["0 tokens written"]),
    ],
)
def test_nothing_is_said_that_is_not_known(usage, lines):
    assert meta_details(usage) == lines


def test_progress_of_the_engine_reaches_the_view(qtbot, thinking):
    desk = thinking(before=[Progress("Reading picture 2 of 5", 0.4)])
    with qtbot.waitSignal(desk.chat.answered):
        desk.backend.go_on.set()
    assert not any("Reading picture" in text for text in shown(desk.answers[0]))
