"""The settings window's size, and the folder of recordings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.ui.theme import Theme


def test_it_grows_with_its_text_as_far_as_the_screen_allows(qtbot, desk, open_settings):
    window = open_settings()
    before = window.size()
    theme = Theme.current()
    theme.apply(replace(theme.wanted, text_size=110))
    assert window.height() == pytest.approx(before.height() * 1.1, abs=2)
    theme.apply(replace(theme.wanted, text_size=200))
    assert window.screen().availableGeometry().contains(window.geometry())
    assert window.width() > before.width()
    theme.apply(replace(theme.wanted, text_size=100))
    assert window.size() == before, "though the screen had no room for twice that"
    window.resize(before.width(), before.height() + 50)
    theme.apply(replace(theme.wanted, text_size=110))
    assert window.height() == pytest.approx((before.height() + 50) * 1.1, abs=2), "what the user gave it"
    theme.apply(replace(theme.wanted, text_size=100))


def test_recordings_go_where_the_user_wants_them(qtbot, desk, open_settings, tmp_path, monkeypatch):
    window = open_settings()
    window.show_page(window.recording)
    folder = window.recording.folder
    assert (folder.path, folder.edit.placeholderText()) == ("", str(desk.services.paths.recordings_dir))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "films"))
    folder.browse.click()
    window.save()
    assert desk.saved().recording.folder == str(tmp_path / "films")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(desk.services.paths.recordings_dir))
    folder.browse.click()
    assert folder.path == "", "that is the usual one"


@pytest.mark.parametrize("fails", [False, True])
def test_what_came_of_a_try_is_scrolled_into_sight(qtbot, desk, open_settings, fails):
    desk.error = HelperError(ErrorKind.AUTH, "The key was refused.", "Paste another one.") if fails else None
    window = open_settings()
    page, status = window.model, window.model.test.status
    window.resize(window.width(), window.minimumHeight())
    window.show()
    qtbot.waitExposed(window)
    assert page.verticalScrollBar().maximum() > 0, "there is room for all of it, so this shows nothing"
    page.test.button.click()
    qtbot.waitUntil(lambda: ("refused" if fails else "It answers.") in status.text)

    def seen() -> bool:
        below = status.mapTo(page.viewport(), QPoint(0, status.height())).y()
        return status.height() <= below <= page.viewport().height()

    qtbot.waitUntil(seen)
