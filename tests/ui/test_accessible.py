"""A screen reader finds everything, the keyboard reaches everything, and both are told what happens."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, Progress, TextDelta, ThinkingDelta
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import FilePart, Message, Role, TextPart
from desktop_helper.core.protocols import Frame
from desktop_helper.services.settings import DEFAULT_HOTKEYS, General
from desktop_helper.ui.link_dialog import LinkDialog
from desktop_helper.ui.overlay_window import OverlayWindow
from desktop_helper.ui.settings.page import StatusLine
from desktop_helper.ui.shortcut_sheet import ShortcutDialog
from desktop_helper.ui.shortcuts import groups
from desktop_helper.ui.theme import Theme
from tests.support.accessible import faults, tab_order, told
from tests.support.chat_desk import said

ANSWER = "See [this](https://a.example).\n\n```python\nprint(1)\n```\n\n```python\nprint(2)\n```\n"


@pytest.fixture(params=["light", "dark", "high contrast"])
def still_theme(request, qapp):
    """The text cursor does not blink, so what differs between two pictures is the focus."""
    contrast = "high" if request.param == "high contrast" else "normal"
    name = "dark" if request.param == "dark" else "light"
    Theme.current(look := General(theme=name, contrast=contrast, motion="reduced"))
    yield look
    Theme.current("light")


def begin(qtbot, window: QWidget, focus: QWidget | None = None) -> QWidget:
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    if focus is not None:
        focus.setFocus()
    return window


@pytest.fixture
def chat(open_desk, still_theme):
    desk = open_desk()
    Theme.current(still_theme)
    return desk


def test_the_empty_chat(chat, qtbot):
    assert faults(begin(qtbot, chat.window, chat.composer.edit)) == []


def test_the_chat_that_is_not_set_up(chat, qtbot):
    chat.window.welcome.show_hotkey("Ctrl+Shift+X")
    chat.window.welcome.show_setup("A key is missing.")
    assert faults(begin(qtbot, chat.window, chat.composer.edit)) == []


def test_the_chat_with_messages_thinking_errors_and_attachments(chat, qtbot):
    messages = chat.window.messages
    messages.add_user(Message(Role.USER, (TextPart("Why?"),)))
    answer = messages.add_answer("GLM")
    answer.append_thinking("Because of this.")
    answer.append_text(ANSWER)
    answer.finish()
    failed = messages.add_answer("GLM")
    failed.finish("failed", None, HelperError(ErrorKind.LENGTH, "It is too long.", "Ask for less."))
    refused = messages.add_answer("GLM")
    refused.finish("failed", None, HelperError(ErrorKind.AUTH, "The key is not accepted.", "Put in another."))
    thinking = messages.add_answer("GLM")
    thinking.offer_answer_now(True)
    thinking.append_thinking("Hm.")
    thinking.set_thinking_unfolded(True)
    chat.window.show_messages(True)
    chat.composer.add_chip("notes.txt").set_ready((FilePart(b"x", "text/plain", "notes.txt", "x"),))
    chat.composer.add_chip("broken.png").set_failed(HelperError(ErrorKind.SOURCE, "broken.png cannot be read."))
    chat.composer.edit.setPlainText("And?")
    assert faults(begin(qtbot, chat.window, chat.composer.edit)) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_page_of_the_settings(open_settings, still_theme, qtbot, language):
    set_language(language)
    window = open_settings()
    Theme.current(still_theme)
    begin(qtbot, window)
    for row in range(window.navigation.count()):
        window.navigation.setCurrentRow(row)
        window.navigation.setFocus()
        qtbot.waitUntil(lambda: not window.status.isVisible() or window.status.again.isEnabled())  # it has looked
        qtbot.waitUntil(lambda: not window.history.isVisible() or window.history.meter.isVisible())
        assert faults(window) == [], window.navigation.currentItem().text()


def test_the_question_before_a_link(still_theme, qtbot):
    dialog = LinkDialog("https://a.example/x")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert faults(begin(qtbot, dialog)) == []


def test_the_sheet_of_shortcuts(still_theme, qtbot):
    dialog = ShortcutDialog(groups(DEFAULT_HOTKEYS))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    assert faults(begin(qtbot, dialog)) == []


def test_the_overlay_says_what_it_is_for(qtbot):
    window = OverlayWindow(QApplication.primaryScreen())
    qtbot.addWidget(window)
    frame = Frame(bytes(640 * 480 * 4), Rect(0, 0, 640, 480))
    window.present(frame, windows_only=False, hint="Drag a region.", max_tokens=1000)
    interface = QAccessible.queryAccessibleInterface(window)
    assert interface.text(QAccessible.Text.Name) == "Select a region"
    assert interface.text(QAccessible.Text.Description) == "Drag a region."


def test_tab_goes_from_the_question_through_its_buttons(open_desk, qtbot):
    desk = open_desk()
    begin(qtbot, desk.window, desk.composer.edit)
    names = [widget.accessibleName() for widget in tab_order(desk.window)]
    assert names[:4] == [
        "Question",
        "Ask about a region of the screen",
        "Ask about the whole screen",
        "Attach files (Ctrl+O)",
    ]


def test_tab_goes_through_the_messages_and_then_to_the_question(open_desk, qtbot):
    desk = open_desk(said("Yes."))
    begin(qtbot, desk.window, desk.composer.edit)
    desk.ask(qtbot)
    desk.composer.add_chip("notes.txt").set_ready((FilePart(b"x", "text/plain", "notes.txt", "x"),))
    desk.composer.edit.setFocus()
    names = [widget.accessibleName() for widget in tab_order(desk.window)]
    begins = names.index("Conversation")
    after = [*names[begins:], *names[:begins]]
    assert after.index("Answer") < after.index("notes.txt") < after.index("Question", after.index("notes.txt"))
    assert after.index("Attach files (Ctrl+O)") < after.index("Model")


def test_a_letter_typed_anywhere_goes_into_the_question(open_desk, qtbot):
    desk = open_desk(said("Yes."))
    begin(qtbot, desk.window)
    desk.ask(qtbot)
    for widget in (desk.window.messages, desk.answers[0]._text, desk.window.header.pin):
        widget.setFocus()
        qtbot.keyClick(widget, "w")
        assert QApplication.focusWidget() is desk.composer.edit
    assert desk.composer.edit.toPlainText() == "www"
    desk.window.messages.setFocus()
    qtbot.keyClick(desk.window.messages, Qt.Key.Key_Space)
    assert desk.composer.edit.toPlainText() == "www"


def test_what_is_pasted_anywhere_goes_into_the_question(open_desk, qtbot):
    desk = open_desk(said("Yes."))
    begin(qtbot, desk.window)
    desk.ask(qtbot)
    QApplication.clipboard().setText("w")
    for widget in (desk.window.messages, desk.answers[0]._text, desk.window.header.pin):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        assert QApplication.focusWidget() is desk.composer.edit
    assert desk.composer.edit.toPlainText() == "www"


# --- the check itself -------------------------------------------------------------------------------------------------


def test_what_is_wrong_is_found(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet("* { outline: none } QPushButton { border: none }")
    row = QHBoxLayout(window)
    nameless, mouse_only = QPushButton(), QToolButton()
    mouse_only.setAccessibleName("Only for the mouse")
    mouse_only.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for button in (nameless, QPushButton("Same"), QPushButton("Same"), mouse_only):
        row.addWidget(button)
    text = QLabel("text")
    text.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    row.addWidget(text)
    found = "\n".join(faults(begin(qtbot, window, nameless)))
    assert f"has no name: {told(nameless)}" in found
    assert "2 times Button “Same”" in found
    assert f"cannot be reached with Tab: {told(mouse_only)}" in found
    assert f"shows no focus: {told(text)}" in found


# --- what is said -----------------------------------------------------------------------------------------------------


@pytest.fixture
def spoken(monkeypatch):
    """What a screen reader is told: sentences, and whether they are urgent."""
    heard: list[tuple[str, bool]] = []

    def hear(event) -> None:
        heard.append((event.message(), event.politeness() == QAccessible.AnnouncementPoliteness.Assertive))

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    return heard


def told_first(heard: list[tuple[str, bool]], sentence: str):
    """A step of a script: the model goes on when the user was told."""

    def wait() -> None:
        deadline = time.monotonic() + 5
        while sentence not in [said for said, _urgent in heard] and time.monotonic() < deadline:
            time.sleep(0.005)

    return wait


def test_an_answer_is_told_in_three_sentences_however_many_pieces_it_has(open_desk, qtbot, spoken):
    pieces = [ThinkingDelta("hm ")] * 50 + [TextDelta("word ")] * 200
    desk = open_desk([*pieces, told_first(spoken, "The answer begins."), Finished()])
    desk.ask(qtbot)
    assert [sentence for sentence, _urgent in spoken] == [
        "The model is thinking.",
        "The answer begins.",
        "The answer is ready. " + ("word " * 200).strip()[:300],
    ]
    assert not any(urgent for _sentence, urgent in spoken)


def test_steps_on_the_way_are_not_told_one_after_the_other(open_desk, qtbot, spoken):
    steps = [Progress("Reading the picture…", number / 100) for number in range(100)]
    begun = [TextDelta("Yes."), told_first(spoken, "The answer begins.")]
    desk = open_desk([*steps, told_first(spoken, "Reading the picture…"), Progress("Almost…"), *begun, Finished()])
    desk.ask(qtbot)
    assert [sentence for sentence, _urgent in spoken] == [
        "Reading the picture…",
        "The answer begins.",
        "The answer is ready. Yes.",
    ]


def test_an_error_is_urgent_and_a_stop_is_not(open_desk, qtbot, spoken):
    error = HelperError(ErrorKind.AUTH, "The key is not accepted.", "Put in another.")
    desk = open_desk([Failed(error)], [TextDelta("Ha"), Finished(FinishReason.LENGTH)])
    desk.ask(qtbot)
    assert spoken == [("The key is not accepted. Put in another.", True)]
    spoken.clear()
    desk.ask(qtbot)
    assert spoken[-1] == ("The answer was cut: it reached the length limit. Ha", False)


def test_a_conversation_that_is_only_shown_again_says_nothing(open_desk, qtbot, spoken, tmp_path: Path):
    desk = open_desk(said("Yes."))
    desk.ask(qtbot)
    desk.close()
    spoken.clear()
    open_desk().chat.continue_latest()
    assert spoken == []


def test_what_is_refused_above_the_question_is_told_once(open_desk, spoken):
    desk = open_desk()
    desk.composer.show_error(HelperError(ErrorKind.SOURCE, "It is empty.", ""))
    assert spoken == [("It is empty.", True)]
    desk.composer.show_error(HelperError(ErrorKind.SOURCE, "It is empty.", ""))
    assert len(spoken) == 1


def test_a_status_of_the_settings_is_told(qtbot, spoken):
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_ok("It answers.")
    line.show_problem("It does not.", "Start it.")
    assert spoken == [("It answers.", False), ("It does not. Start it.", True)]


# --- the focus is never lost ------------------------------------------------------------------------------------------


def test_the_focus_stays_where_stop_becomes_send(open_desk, qtbot):
    desk = open_desk([TextDelta("Yes."), Finished()])
    begin(qtbot, desk.window)
    desk.composer.edit.setPlainText("Why?")
    desk.composer._send.setFocus()
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        qtbot.keyClick(desk.composer._send, Qt.Key.Key_Space)
    qtbot.wait(50)
    assert QApplication.focusWidget() is desk.composer.edit


def test_the_focus_stays_when_its_attachment_goes(open_desk, qtbot):
    desk = open_desk()
    begin(qtbot, desk.window)
    chip = desk.composer.add_chip("notes.txt")
    chip.set_ready((FilePart(b"x", "text/plain", "notes.txt", "x"),))
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert QApplication.focusWidget() is desk.composer.edit


def test_the_focus_stays_in_the_conversation_when_an_answer_is_given_again(open_desk, qtbot):
    error = HelperError(ErrorKind.NETWORK, "Nobody answers.", "Try again.")
    desk = open_desk([Failed(error)], said("Yes."))
    begin(qtbot, desk.window)
    view = desk.ask(qtbot)
    again = next(button for button in view.findChildren(QPushButton) if button.text() == "Try again")
    again.setFocus()
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        qtbot.keyClick(again, Qt.Key.Key_Space)
    qtbot.wait(50)
    assert QApplication.focusWidget() is desk.window.messages


def test_the_focus_is_not_lost_when_answer_now_goes(open_desk, qtbot):
    desk = open_desk()
    begin(qtbot, desk.window)
    answer = desk.window.messages.add_answer("GLM")
    desk.window.show_messages(True)
    answer.offer_answer_now(True)
    answer.append_thinking("Hm.")
    now = next(button for button in answer.findChildren(QPushButton) if button.text() == "Answer now")
    now.setFocus()
    qtbot.keyClick(now, Qt.Key.Key_Space)
    answer.append_text("Yes.")
    answer.finish()
    assert QApplication.focusWidget() is not None
    assert QApplication.focusWidget().isVisible()
