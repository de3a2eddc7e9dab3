"""A part of the last seconds, which are in memory only and stay there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_helper.services.draft import Draft
from desktop_helper.services.memory_file import MemoryFile
from tests.support.chat_desk import ChatDesk, said
from tests.support.kept_drafts import newest_draft
from tests.ui.test_trim import SHIFT, WAIT_MS, _quiet_platform, film, opened, settled, times, trim_desk

__all__ = ["_quiet_platform", "film"]  # fixtures
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there are files in memory on Linux only")


def test_a_file_in_memory_is_there_until_it_is_closed() -> None:
    file = MemoryFile("clip", b"pictures")
    assert file.path.read_bytes() == b"pictures"
    file.close()
    file.close()
    assert not file.path.exists()


def test_a_part_of_them_is_chosen_and_nothing_of_it_is_written_down(qtbot, open_desk, film: Path) -> None:
    desk: ChatDesk = open_desk(said("Green."))
    desk.window.resize(700, 600)
    desk.chat.continue_latest()
    data = film.read_bytes()
    film.unlink()
    desk.chat.attach_clip("Last 30 seconds", lambda _cancel: data)
    chip = desk.composer.chips[0]
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    window = opened(qtbot, desk)
    assert window.preview.has_picture
    seen = trim_desk(desk)._file
    assert seen is not None
    QTest.keyClick(window.timeline, Qt.Key.Key_Right, SHIFT)
    qtbot.waitUntil(lambda: window._player.idle, timeout=WAIT_MS)
    QTest.keyClick(window.timeline, Qt.Key.Key_I)
    settled(qtbot, window)
    QTest.keyClick(window.timeline, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert [round(at, 1) for at in times(desk)] == [1.0, 2.0, 2.9]
    assert not seen.path.exists()
    assert all(map(desk.chat._draft.leaves_out, desk.composer.media))
    assert not desk.paths.clips_file.exists()
    desk.chat._draft.close()
    assert newest_draft(desk.paths) == Draft()
