"""The status page tells what `doctor` tells, in groups, and never in the way of the window."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import set_language
from desktop_helper.qt.background import Background
from desktop_helper.qt.hotkeys.provider import HotkeyProblem
from desktop_helper.ui.settings.page import StatusLine
from desktop_helper.ui.settings.status_page import StatusPage

FOUND = [
    ("settings", Availability(ok=True, reason="/etc/settings.toml")),
    ("model", Availability(ok=False, reason="There is no key.", fix="Enter the key in Settings.")),
    ("hotkey region", Availability(ok=False, reason="This is no chord.", fix="Choose another.")),
    ("capture portal", Availability(ok=False, reason="There is no session bus.")),
    ("attachment pdf", AVAILABLE),
    ("attachment docx", AVAILABLE),
]


@pytest.fixture
def background(qtbot):
    made = Background()
    yield made
    made.close()


@pytest.fixture
def shown(qtbot, background):
    """Shows a page that finds what it is told to; returns it when it has looked."""

    def show(look=lambda: FOUND, problems=()):
        page = StatusPage(look, lambda: problems, background)
        qtbot.addWidget(page)
        page.resize(600, 700)
        page.show()
        qtbot.waitUntil(page.again.isEnabled, timeout=10_000)
        return page

    return show


def lines(page):
    found = page.findChildren(StatusLine)
    return [line.text for line in found if line is not page.summary]


def test_problems_come_first_and_silent_ones_together(shown):
    page = shown()
    assert page.summary.text == "Need attention: 2 of 6."
    assert lines(page) == [
        "Model: There is no key. Enter the key in Settings.",
        "Hotkey Ask about a region: This is no chord. Choose another.",
        "Way to see the screen portal: There is no session bus.",
        "Settings: /etc/settings.toml",
        "Kinds of files: pdf, docx",
    ]


def test_no_line_is_a_window_of_its_own_for_a_moment(shown, qapp):
    watch = Windows()
    qapp.installEventFilter(watch)
    page = shown()
    qapp.removeEventFilter(watch)
    assert watch.shown == [page]


class Windows(QObject):
    """Which windows come up."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[QObject] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(watched)
        return False


def test_what_was_never_chosen_is_no_fault_and_every_line_has_words_for_a_name(shown):
    found = [
        ("speech", Availability(ok=False, reason="No model is chosen.")),
        ("sound microphone", Availability(ok=False, reason="There is none.")),
        ("sound system_sound", AVAILABLE),
    ]
    page = shown(lambda: found)
    assert page.summary.text == "Everything that you use works."
    assert lines(page) == [
        "What is said in videos: No model is chosen.",
        "Record the microphone: There is none.",
        "Sound of recordings: system_sound",
    ]


def test_what_the_running_hotkeys_say_counts_more(shown):
    page = shown(problems=[HotkeyProblem("region", "Ctrl+A", "Ctrl+A is taken.", "Choose another key.")])
    assert "Hotkey Ask about a region: Ctrl+A is taken. Choose another key." in lines(page)
    assert not [line for line in lines(page) if "no chord" in line]


def test_in_chinese(shown):
    set_language("zh_CN")
    try:
        page = shown(lambda: FOUND[:1])
        assert page.summary.text == "您用到的功能都可用。"
        assert lines(page) == ["设置：/etc/settings.toml"]
    finally:
        set_language("en")


def test_copied_as_doctor_prints_it(shown):
    page = shown(lambda: FOUND[:2])
    page.copy.click()
    assert QGuiApplication.clipboard().text() == (
        "ok   settings  /etc/settings.toml\noff  model  There is no key. Enter the key in Settings.\n"
    )


def test_a_check_that_fails_says_so_and_can_be_repeated(shown, qtbot):
    answers = [HelperError(ErrorKind.STORAGE, "The disk is gone.", "Bring it back."), FOUND[:1]]

    def look():
        answer = answers.pop(0)
        if isinstance(answer, HelperError):
            raise answer
        return answer

    page = shown(look)
    assert page.summary.text == "The disk is gone. Bring it back."
    page.again.click()
    qtbot.waitUntil(lambda: lines(page) == ["Settings: /etc/settings.toml"], timeout=10_000)


def test_nothing_is_shown_of_a_look_that_nobody_waits_for(qtbot, background):
    go_on = threading.Event()
    page = StatusPage(lambda: FOUND if go_on.wait(10) else [], lambda: (), background)
    qtbot.addWidget(page)
    page.show()
    assert page.summary.text == "Looking…"
    page.hide()
    go_on.set()
    qtbot.wait(100)
    assert lines(page) == []
