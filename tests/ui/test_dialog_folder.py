"""Dialogs for files open at home, or where the last one was left; not where the app was started."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from desktop_helper.ui import dialog_folder


@pytest.fixture
def opened_in(monkeypatch):
    """The folders in which dialogs opened; the dialogs are closed again, or choose the file that is appended."""
    folders: list[str] = []
    chosen: list[str] = []

    def open_names(_parent, _title, folder):
        folders.append(folder)
        return list(chosen), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", open_names)
    return folders, chosen


def test_attaching_begins_at_home_and_goes_on_where_it_was(qtbot, open_desk, tmp_path, monkeypatch, opened_in):
    monkeypatch.chdir(tmp_path)
    folders, chosen = opened_in
    desk = open_desk()
    desk.chat._choose_files()
    desk.chat._choose_files()
    assert folders == [str(Path.home())] * 2
    (tmp_path / "a.txt").write_text("hello", encoding="utf-8")
    chosen.append(str(tmp_path / "a.txt"))
    desk.chat._choose_files()
    qtbot.waitUntil(lambda: bool(desk.composer.media))
    desk.chat._choose_files()
    assert folders[2:] == [str(Path.home()), str(tmp_path)]
    qtbot.waitUntil(lambda: len(desk.composer.media) == 2)


def test_a_folder_that_has_gone_is_not_opened(tmp_path):
    (tmp_path / "gone").mkdir()
    dialog_folder.remember([str(tmp_path / "gone" / "a.txt")])
    assert dialog_folder.start("b.txt") == str(tmp_path / "gone" / "b.txt")
    (tmp_path / "gone").rmdir()
    assert dialog_folder.start() == str(Path.home())


def test_closing_a_dialog_changes_nothing(tmp_path):
    dialog_folder.remember([str(tmp_path / "a.txt")])
    for closed in ([], [""]):
        dialog_folder.remember(closed)
    assert dialog_folder.start() == str(tmp_path)
