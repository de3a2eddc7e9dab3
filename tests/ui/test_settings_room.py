"""The settings window's size, and the folder of recordings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QFileDialog

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
