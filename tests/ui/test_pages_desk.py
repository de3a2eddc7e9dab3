"""Pages of an attached document are chosen, and a password is asked for, beside the chip."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop_helper.core.messages import FilePart, ImagePart
from desktop_helper.ui.line_dialog import LineDialog
from tests.support import sample_files
from tests.support.accessible import faults
from tests.support.chat_desk import ChatDesk

WAIT_MS = 20_000


@pytest.fixture
def desk(open_desk) -> ChatDesk:
    return open_desk()


def attach(qtbot, desk, path, data):
    path.write_bytes(data)
    desk.window.files_dropped.emit([path])
    chip = desk.composer.chips[-1]
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    return chip


def dialog_of(desk) -> LineDialog:
    (found,) = [one for one in desk.window.findChildren(LineDialog) if one.isVisible()]
    return found


def answer(qtbot, desk, line: str) -> None:
    dialog = dialog_of(desk)
    dialog.edit.clear()
    qtbot.keyClicks(dialog.edit, line)
    qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)


def pages(chip) -> list[str]:
    return [part.name for part in chip.parts if isinstance(part, ImagePart)]


def test_pages_are_chosen(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(9))
    chip.deeds["pages"].do()
    qtbot.waitUntil(dialog_of(desk).edit.hasFocus)
    assert not faults(dialog_of(desk))
    answer(qtbot, desk, "7-3")
    assert "no choice of pages" in dialog_of(desk).problem
    answer(qtbot, desk, "2, 4-5")
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert pages(chip) == [f"a.pdf, page {page} of 9" for page in (2, 4, 5)]
    assert "attached are 2, 4–5, as chosen" in chip.note
    chip.deeds["pages"].do()
    assert dialog_of(desk).edit.text() == "2, 4-5"
    answer(qtbot, desk, "")
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert len(pages(chip)) == 9


def test_pages_that_are_not_there_change_nothing(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(2))
    chip.deeds["pages"].do()
    answer(qtbot, desk, "5-")
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert len(pages(chip)) == 2
    assert chip.error is None


def test_a_text_has_no_pages(qtbot, desk, tmp_path):
    assert "pages" not in attach(qtbot, desk, tmp_path / "a.txt", b"words").deeds


def test_a_password_opens_a_document_and_is_nowhere_else(qtbot, desk, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(3, password="open-sesame"))
    assert chip.error is not None
    if not any(one.isVisible() for one in desk.window.findChildren(LineDialog)):
        next(iter(chip.deeds.values())).do()  # what Enter does
    assert dialog_of(desk).edit.echoMode() is QLineEdit.EchoMode.Password
    qtbot.waitUntil(dialog_of(desk).edit.hasFocus)
    assert not faults(dialog_of(desk))
    answer(qtbot, desk, "")
    assert dialog_of(desk).problem == "Type the password."
    answer(qtbot, desk, "wrong")
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert "does not open" in chip.error.message
    if not any(one.isVisible() for one in desk.window.findChildren(LineDialog)):
        chip.deeds["password"].do()
    answer(qtbot, desk, "open-sesame")
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert len(pages(chip)) == 3
    assert "password" not in chip.deeds
    chip.deeds["pages"].do()
    answer(qtbot, desk, "2")
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert pages(chip) == ["a.pdf, page 2 of 3"]
    assert any(isinstance(part, FilePart) and "This is page 2." in part.text for part in chip.parts)
    desk.close()
    files = [path for path in desk.paths.data_dir.rglob("*") if path.is_file()]
    files += [path for path in desk.paths.log_dir.rglob("*") if path.is_file()]
    assert [path for path in files if b"open-sesame" in path.read_bytes()] == []
    assert "open-sesame" not in caplog.text


def test_a_document_that_is_removed_while_it_is_asked_about(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(2))
    chip.deeds["pages"].do()
    dialog = dialog_of(desk)
    chip.removed.emit()
    dialog.edit.setText("1")
    qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)
    assert not desk.composer.chips
