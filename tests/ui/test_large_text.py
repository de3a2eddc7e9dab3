"""Text that becomes larger while it is shown is still there whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.theme import Theme

FULL = HelperError(
    ErrorKind.STORAGE,
    "/var/lib/people/a-long-name/share/desktop-helper/history.sqlite cannot be written because the disk is full.",
    "Free some space and try again; what was saved before is kept.",
)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[ChatWindow]:
    Theme.current("light")
    made = ChatWindow(on_taskbar=False)
    qtbot.addWidget(made)
    made.resize(420, 640)
    made.show()
    yield made
    enlarge(100)
    made.dispose()


def enlarge(percent: int) -> None:
    theme = Theme.current()
    theme.apply(replace(theme.wanted, text_size=percent))


def test_a_long_error_is_not_cut(qtbot: QtBot, window: ChatWindow) -> None:
    enlarge(200)
    window.composer.show_error(FULL)
    label = next(one for one in window.composer.findChildren(QLabel) if one.text() == str(FULL))
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))


def test_the_word_copy_in_a_box_of_code_is_not_cut(qtbot: QtBot, window: ChatWindow) -> None:
    window.show_messages(True)
    view = window.messages.add_answer("GLM")
    view.append_text("```\nx = 1\n```\n")
    view.finish()
    enlarge(200)
    button = next(one for one in view.findChildren(QPushButton) if one.text() == "Copy")
    qtbot.waitUntil(lambda: button.isVisible() and button.width() >= button.sizeHint().width() > 40)
    assert button.height() >= button.sizeHint().height()
