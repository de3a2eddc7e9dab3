"""The message list as the window uses it."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, UsageReported
from desktop_helper.core.messages import FilePart, ImagePart, Message, Role, TextPart
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.outcome import OutcomeCard
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.thumbnails import Picture
from tests.ui.picture_messages import chart


@pytest.fixture
def messages(qtbot):
    Theme.current("light")
    messages = MessageList()
    qtbot.addWidget(messages)
    messages.resize(450, 500)
    messages.show()
    return messages


def labels(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget) and label.text()]


def button(widget, text):
    return next(found for found in widget.findChildren(QPushButton) if found.text() == text)


def question(text="What is this?", *media):
    return Message(Role.USER, (*media, TextPart(text)))


PARAGRAPHS = "\n\n".join(f"Paragraph {number} with some words." for number in range(60))


def test_an_answer_is_as_tall_as_its_text_and_does_not_scroll_inside(messages, qtbot):
    view = messages.add_answer("GLM")
    view.append_text("Some words that make a paragraph.\n\n")
    qtbot.waitUntil(lambda: view._text.width() == messages.viewport().width() - 32)
    for _ in range(6):
        before = view._text.height()
        view.append_text("Some words that make a paragraph.\n\n")
        qtbot.waitUntil(lambda before=before: view._text.height() > before)
    assert view._text.height() >= view._text.document().size().height()
    assert view._text.verticalScrollBar().maximum() == 0


def test_progress_shows_until_the_first_token(messages):
    view = messages.add_answer("GLM")
    view.set_progress("Reading picture 2 of 5", 0.4)
    assert labels(view) == ["Reading picture 2 of 5 · 40\N{NO-BREAK SPACE}%"]
    view.append_text("A")
    assert labels(view) == []
    view.set_progress("late")
    assert labels(view) == []


def test_thinking_is_one_line_that_unfolds(messages, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    view = messages.add_answer("GLM")
    view.append_thinking("First.\nThen the ")
    view.append_thinking("second line")
    header = view._thinking.findChild(QToolButton)
    assert header.text() == "Thinking… 0 s"
    assert "Then the second line" in labels(view)[0] or labels(view)[0].endswith("…")
    now[0] += 4
    view.append_text("Answer")
    assert header.text() == "Thought for 4 s"
    assert not view._thinking._view.isVisibleTo(view)
    header.click()
    assert view._thinking._view.isVisibleTo(view)
    assert view._thinking._view.toPlainText() == "First.\nThen the second line"
    assert view.thinking() == "First.\nThen the second line"
    view.finish()
    assert view.markdown() == "Answer"


@pytest.mark.parametrize("kind", [ErrorKind.AUTH, ErrorKind.NETWORK])
def test_an_error_says_what_why_and_what_to_do_and_offers_it(messages, qtbot, kind):
    view = messages.add_answer("GLM")
    view.finish("failed", None, HelperError(kind, "api.z.ai refused the key.", "Check the key."))
    assert {"api.z.ai refused the key.", "Check the key."} <= set(labels(view))
    with qtbot.waitSignal(view.retry_requested):
        button(view, "Try again").click()
    with qtbot.waitSignal(messages.settings_requested):
        button(view, "Open settings").click()


def test_an_error_from_history_is_a_sentence_of_plain_text(messages):
    view = messages.add_answer("GLM")
    view.append_text("Half")
    view.finish("failed", None, "<b>closed</b>")
    card = view.findChild(OutcomeCard)
    assert "<b>closed</b>" in labels(card)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in card.findChildren(QLabel) if label.text())


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (FinishReason.STOP, None),
        ("complete", None),
        (FinishReason.CANCELLED, "Stopped."),
        ("interrupted", "was interrupted"),
        (FinishReason.LENGTH, "length limit"),
        ("filtered", "filter"),
        ("repetition", "repeat itself"),
    ],
)
def test_an_answer_that_is_not_whole_says_so(messages, status, words):
    view = messages.add_answer("")
    view.append_text("Text")
    view.finish(status, None, None)
    shown = labels(view)
    assert (shown == []) if words is None else any(words in text for text in shown)


def test_an_empty_answer_is_not_silent(messages):
    view = messages.add_answer("GLM")
    view.finish(FinishReason.STOP)
    assert "The model gave no answer." in labels(view)


def test_the_last_line_tells_the_speed(messages):
    view = messages.add_answer("GLM")
    view.append_text("x")
    view.finish(FinishReason.STOP, UsageReported(1, 2, 0, 0.93, 64.2))
    assert "GLM · 0.9 s to first token · 64 tokens/s" in labels(view)


def test_actions_come_with_focus_and_nothing_moves(messages, qtbot):
    view = messages.add_answer("GLM")
    view.append_text("Some text")
    view.finish()
    messages.setFocus()
    heights = []
    qtbot.waitUntil(lambda: heights.append(view.height()) or (len(heights) > 9 and len(set(heights[-9:])) == 1))
    qtbot.waitUntil(lambda: not view._again.isVisible() or view.underMouse())
    before = heights[-1]
    view._text.setFocus()
    qtbot.waitUntil(lambda: view._copy.isVisible() and view._again.isVisible())
    assert view.height() == before
    with qtbot.waitSignal(view.retry_requested):
        view._again.click()


def test_copy_gives_markdown_and_rich_text_without_the_thinking(messages):
    view = messages.add_answer("GLM")
    view.append_thinking("secret thoughts")
    view.append_text("**bold** <b>\n")
    view.finish()
    view.copy()
    data = QGuiApplication.clipboard().mimeData()
    assert data.text() == "**bold** <b>\n"
    assert "<strong>bold</strong> &lt;b&gt;" in data.html()


def test_a_selection_is_copied_as_plain_text(messages):
    view = messages.add_answer("GLM")
    word = "w" * 200
    view.append_text(f"**one** {word}\n\ntwo")
    view.finish()
    view._text.selectAll()
    view._text.copy()
    assert QGuiApplication.clipboard().text().split("\n")[0] == f"one {word}"


def test_code_is_copied_whole(messages, qtbot):
    view = messages.add_answer("GLM")
    view.append_text("```py\nx = 1\n\ny = '" + "z" * 300 + "'\n```\n")
    view.finish()
    qtbot.waitUntil(lambda: len(view._text.findChildren(QPushButton)) == 1)
    view._text.findChild(QPushButton).click()
    assert QGuiApplication.clipboard().text() == "x = 1\n\ny = '" + "z" * 300 + "'"


def test_a_selection_survives_more_text(messages):
    view = messages.add_answer("GLM")
    view.append_text("alpha beta gamma")
    cursor = view._text.textCursor()
    cursor.setPosition(6)
    cursor.setPosition(10, cursor.MoveMode.KeepAnchor)
    view._text.setTextCursor(cursor)
    view.append_text(" delta **epsilon**")
    view._text._refresh()
    assert view._text.textCursor().selectedText() == "beta"


def fill(messages, qtbot):
    view = messages.add_answer("GLM")
    view.append_text(PARAGRAPHS)
    view.finish()
    bar = messages.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 1000)
    return view, bar


def test_the_list_follows_the_end_only_while_the_reader_is_there(messages, qtbot):
    _view, bar = fill(messages, qtbot)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    bar.setValue(300)
    assert not messages.following
    second = messages.add_answer("GLM")
    second.append_text(PARAGRAPHS)
    second.finish()
    qtbot.waitUntil(lambda: bar.maximum() > 2500)
    assert bar.value() == 300
    messages.add_user(question())
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    assert messages.following


def test_a_text_leaves_the_wheel_to_the_list(messages, qtbot):
    """Only spontaneous events travel up to the list, and a test cannot make one: here, that the text refuses it."""
    view, _bar = fill(messages, qtbot)
    middle = QPointF(100, 100)
    event = QWheelEvent(
        middle, view._text.viewport().mapToGlobal(middle), QPoint(0, 0), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    view._text.wheelEvent(event)
    assert not event.isAccepted()


def test_keys_scroll_the_list(messages, qtbot):
    _view, bar = fill(messages, qtbot)
    messages.setFocus()
    qtbot.keyClick(messages, Qt.Key.Key_Home)
    assert bar.value() == 0
    qtbot.keyClick(messages, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    qtbot.keyClick(messages, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()


def test_attachments_are_shown_above_the_question(messages, qtbot):
    picture = ImagePart(chart(), "image/png", 812, 460, "Region", 400)
    log = FilePart(b"x", "text/plain", "server.log", "x")
    view = messages.add_user(question("Why?", picture, picture, log, picture))
    qtbot.waitUntil(lambda: view._bubble.y() > 100 and view.height() < 400)
    pictures = view.findChildren(Picture)
    assert [found.accessibleName() for found in pictures] == ["Picture: Region"] * 3
    assert "server.log" in labels(view)
    assert all(found.mapTo(view, found.rect().bottomLeft()).y() < view._bubble.y() for found in pictures)
    assert view._bubble.geometry().right() == view.width() - 1


def test_a_picture_that_cannot_be_read_is_a_sign_not_a_crash(messages):
    view = messages.add_user(question("Why?", ImagePart(b"not a picture", "image/png", 100, 100, "Broken", 16)))
    assert not view.grab().isNull()


def test_a_long_question_wraps_inside_its_bubble(messages, qtbot):
    view = messages.add_user(question("word " * 200 + "y" * 3000))
    qtbot.waitUntil(lambda: view._text.height() > 200)
    assert view._bubble.width() <= 0.9 * view.width()


def test_clearing_takes_everything_away(messages, qtbot):
    messages.add_user(question())
    messages.add_answer("GLM").append_text("x")
    assert len(messages.messages()) == 2
    messages.clear()
    assert messages.messages() == []


def test_a_new_theme_reaches_text_that_is_there(messages, qtbot):
    view = messages.add_answer("GLM")
    view.append_text("Text [a](https://a.example)\n")
    view.finish()
    messages.add_user(question())
    Theme.current("dark")
    qtbot.waitUntil(lambda: "#93a3ff" in view._text.document().toHtml())
    Theme.current("light")
    qtbot.waitUntil(lambda: "#3f57d6" in view._text.document().toHtml())
    assert view.markdown() == "Text [a](https://a.example)\n"


def test_everything_a_screen_reader_meets_has_a_name(messages):
    view = messages.add_answer("GLM")
    view.append_thinking("t")
    view.append_text("```\ncode\n```\n")
    view.finish("failed", None, "It failed.")
    for found in (*view.findChildren(QPushButton), *view.findChildren(QToolButton)):
        assert found.accessibleName() or found.text()
    assert view._text.accessibleName() == "Answer"
    assert messages.accessibleName() == "Conversation"


def test_an_expensive_open_end_is_not_laid_out_with_every_chunk(messages, qtbot, monkeypatch):
    view = messages.add_answer("GLM")
    view.append_text("- some **words** and `more`\n" * 300)
    refreshes = []
    refresh = view._text._writer.refresh

    def counted():
        refreshes.append(1)
        return refresh()

    monkeypatch.setattr(view._text._writer, "refresh", counted)
    for _ in range(60):
        view.append_text("- x\n")
    assert len(refreshes) < 30
    qtbot.waitUntil(lambda: view._text.document().toPlainText().count("x") == 60)
