"""Pages of an attached document are chosen, and a password is asked for, beside the chip."""

from __future__ import annotations

import logging
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit

from desktop_helper.core.messages import FilePart, ImagePart
from desktop_helper.services.page_choice import PageCost
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.line_dialog import LineDialog
from desktop_helper.ui.pages.model import PICTURE, PagesModel
from desktop_helper.ui.pages.window import PagesWindow
from desktop_helper.ui.shortcuts import choosing_pages
from desktop_helper.ui.theme import Theme
from tests.support import office_files, sample_files
from tests.support.accessible import faults
from tests.support.chat_desk import ChatDesk
from tests.support.office_stand_in import stand_in
from tests.ui.test_shortcuts import pressed, real_shortcuts

WAIT_MS = 20_000
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _quiet_platform(monkeypatch):
    monkeypatch.setattr(Companion, "raise_", lambda _self: None)  # this platform says that it cannot


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


def window_of(qtbot, desk, chip) -> PagesWindow:
    """Opened, with all that is in sight."""
    chip.deeds["pages"].do()
    window = desk.chat._pages.window
    assert window is not None
    qtbot.waitUntil(lambda: window.model.choice.count > 0, timeout=WAIT_MS)
    qtbot.waitUntil(window.isActiveWindow)
    drawn(qtbot, window)
    return window


def drawn(qtbot, window: PagesWindow) -> None:
    qtbot.waitUntil(
        lambda: (
            window._player.idle
            and not window.grid._pause.isActive()
            and not window.model.missing(window.grid.pages_in_sight())
        ),
        timeout=WAIT_MS,
    )


def typed(qtbot, window: PagesWindow, line: str) -> None:
    window.field.setFocus()
    window.field.clear()
    qtbot.keyClicks(window.field, line)


def place(window: PagesWindow, page: int):
    return window.grid.visualRect(window.model.index(page - 1)).center()


def test_pages_are_typed(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(9))
    window = window_of(qtbot, desk, chip)
    assert window.field.text() == "1-9"
    typed(qtbot, window, "7-3")
    assert "no choice of pages" in window.said
    qtbot.keyClick(window.field, Qt.Key.Key_Return)
    assert window.isVisible()
    typed(qtbot, window, "2, 4-5")
    assert window.said.startswith("3 of 9 pages · ")
    qtbot.keyClick(window.field, Qt.Key.Key_Return)
    assert desk.chat._pages.window is None
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert pages(chip) == [f"a.pdf, page {page} of 9" for page in (2, 4, 5)]
    assert "attached are 2, 4–5, as chosen" in chip.note
    window = window_of(qtbot, desk, chip)
    assert window.field.text() == "2, 4-5"
    qtbot.mouseClick(window.all_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert len(pages(chip)) == 9


def test_pages_are_clicked_and_chosen_by_keys(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(30))
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_G, CTRL)
    window = window_of(qtbot, desk, chip)
    assert window.field.text() == "1-20", "as many as are sent if nobody chooses"
    qtbot.keyClick(window.grid, Qt.Key.Key_A, CTRL | SHIFT)
    assert "at least one" in window.said
    assert not window.take_button.isEnabled()
    view, left = window.grid.viewport(), Qt.MouseButton.LeftButton
    qtbot.mouseClick(view, left, pos=place(window, 2))
    qtbot.mouseClick(view, left, SHIFT, pos=place(window, 5))
    qtbot.mouseClick(view, left, pos=place(window, 3))
    assert window.field.text() == "2, 4-5"
    qtbot.keyClick(window.grid, Qt.Key.Key_End)
    qtbot.keyClick(window.grid, Qt.Key.Key_Space)
    qtbot.keyClick(window.grid, Qt.Key.Key_Left, SHIFT)
    assert window.field.text() == "2, 4-5, 29-30"
    drawn(qtbot, window)
    assert window.model.index(29).data(PICTURE) is not None
    assert window.said.startswith("5 of 30 pages · ")
    assert "about" not in window.said, "all of them were looked at"
    qtbot.keyClick(window.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert [name.split()[2] for name in pages(chip)] == ["2", "4", "5", "29", "30"]


def test_pages_are_chosen_before_the_first_ones_have_been_read(qtbot, desk, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(sample_files.pdf(30))
    desk.window.files_dropped.emit([path])
    (chip,) = desk.composer.chips
    assert chip.loading
    window = window_of(qtbot, desk, chip)
    typed(qtbot, window, "29")
    qtbot.keyClick(window.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert pages(chip) == ["a.pdf, page 29 of 30"]


def test_escape_leaves_everything_as_it_was(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(3))
    assert next(iter(chip.deeds)) == "look", "Enter still looks at it"
    before = chip.parts
    window = window_of(qtbot, desk, chip)
    qtbot.keyClick(window.grid, Qt.Key.Key_Space)
    qtbot.keyClick(window.grid, Qt.Key.Key_Escape)
    assert desk.chat._pages.window is None
    assert chip.parts is before


def test_pages_that_are_not_there_cannot_be_taken(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(2))
    window = window_of(qtbot, desk, chip)
    typed(qtbot, window, "5-")
    assert "at least one" in window.said
    qtbot.keyClick(window.field, Qt.Key.Key_Return)
    assert window.isVisible()
    assert len(pages(chip)) == 2
    window.close()


@pytest.mark.slow
def test_only_pages_near_what_is_seen_are_drawn(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(1000))
    window = window_of(qtbot, desk, chip)
    qtbot.waitUntil(lambda: window._player.idle, timeout=WAIT_MS)
    assert sum(window.model.index(row).data(PICTURE) is not None for row in range(1000)) < 100
    typed(qtbot, window, "901")
    drawn(qtbot, window)
    assert 901 in window.grid.pages_in_sight()
    assert window.model.index(900).data(PICTURE) is not None
    qtbot.keyClick(window.grid, Qt.Key.Key_A, CTRL)
    assert "At most 100 pages go" in window.said
    window.close()


def test_pictures_that_were_not_wanted_for_long_are_forgotten(qtbot, monkeypatch):
    model = PagesModel()
    model.begin(50, [])
    monkeypatch.setattr("desktop_helper.ui.pages.model.MOST_PIXELS", 10 * 100)
    for page in range(1, 21):
        model.set_picture(page, QImage(10, 10, QImage.Format.Format_RGB32), PageCost(1))
        model.missing([1])
    assert model.missing(range(1, 21)) == list(range(2, 12))


@pytest.mark.slow
def test_a_document_that_is_gone_or_locked_is_said(qtbot, desk, tmp_path):
    path = tmp_path / "a.pdf"
    chip = attach(qtbot, desk, path, sample_files.pdf(2))
    path.write_bytes(sample_files.pdf(2, password="x"))
    chip.deeds["pages"].do()
    window = desk.chat._pages.window
    qtbot.waitUntil(lambda: "password" in window._word.accessibleDescription(), timeout=WAIT_MS)
    assert not window.take_button.isEnabled()
    window.close()
    path.unlink()
    chip.deeds["pages"].do()
    window = desk.chat._pages.window
    qtbot.waitUntil(lambda: "There is no file" in window._word.accessibleDescription(), timeout=WAIT_MS)


@pytest.mark.parametrize("look", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_everything_has_a_name_and_is_reached(qtbot, desk, tmp_path, look):
    Theme.current(look)
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(5))
    window = window_of(qtbot, desk, chip)
    window.grid.setFocus()
    assert faults(window) == []
    assert window.model.index(2).data(Qt.ItemDataRole.AccessibleTextRole) == "Page 3"
    Theme.current("light")


def test_the_sheet_names_its_keys(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(5))
    window = window_of(qtbot, desk, chip)
    (group,) = choosing_pages()
    assert real_shortcuts(window) == {"Ctrl+Return"}
    for line in group.shortcuts:
        for chord in line.keys:
            if line.typed and chord != "Esc":
                assert pressed(window.grid, chord), chord


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
def test_pages_that_libreoffice_made_are_shown_and_clicked(qtbot, desk, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch)
    chip = attach(qtbot, desk, tmp_path / "a.docx", office_files.docx())
    assert len(pages(chip)) == 3
    window = window_of(qtbot, desk, chip)
    assert window.field.text() == "1-3"
    assert all(window.model.index(row).data(PICTURE) is not None for row in range(3))
    for page in (1, 3):
        qtbot.mouseClick(window.grid.viewport(), Qt.MouseButton.LeftButton, pos=place(window, page))
    assert window.said.startswith("1 of 3 pages · ")
    qtbot.keyClick(window.grid, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert pages(chip) == ["a.docx, page 2 of 3"]


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
def test_pages_of_a_sheet_are_seen_and_are_tables_again(qtbot, desk, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch)
    chip = attach(qtbot, desk, tmp_path / "a.xlsx", office_files.xlsx())
    tables = chip.parts
    assert pages(chip) == []
    assert "pages" not in chip.deeds, "there are none that could be fewer"
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_G, CTRL)
    window = desk.chat._pages.window
    qtbot.waitUntil(lambda: window.model.choice.count > 0, timeout=WAIT_MS)
    qtbot.keyClick(window.grid, Qt.Key.Key_Return)  # as they are offered
    qtbot.waitUntil(lambda: not chip.loading and len(pages(chip)) == 3, timeout=WAIT_MS)
    assert "printed" not in chip.deeds
    window = window_of(qtbot, desk, chip)
    typed(qtbot, window, "2")
    qtbot.keyClick(window.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not chip.loading and pages(chip) == ["a.xlsx, page 2 of 3"], timeout=WAIT_MS)
    chip.deeds["tables"].do()
    qtbot.waitUntil(lambda: not chip.loading and chip.parts == tables, timeout=WAIT_MS)
    assert "tables" not in chip.deeds


def test_without_libreoffice_a_sheet_has_no_pages_to_offer(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.xlsx", office_files.xlsx())
    assert not {"pages", "printed", "tables"} & set(chip.deeds)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
def test_it_is_said_what_is_waited_for_and_what_went_wrong(qtbot, desk, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch)
    chip = attach(qtbot, desk, tmp_path / "a.docx", office_files.docx())
    changed = office_files.replaced(office_files.docx(), "docProps/app.xml", b"<Properties/>")
    (tmp_path / "a.docx").write_bytes(changed)  # else what was printed for the attachment is shown
    stand_in(tmp_path, monkeypatch, "time.sleep(1); sys.exit(1)")
    chip.deeds["pages"].do()
    window = desk.chat._pages.window
    assert window._word.accessibleDescription() == "LibreOffice reads a.docx"
    qtbot.waitUntil(window.cancel_button.hasFocus)
    qtbot.waitUntil(lambda: "damaged" in window._word.accessibleDescription(), timeout=WAIT_MS)
    assert not window.take_button.isEnabled()


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
    window = window_of(qtbot, desk, chip)
    typed(qtbot, window, "2")
    qtbot.keyClick(window.field, Qt.Key.Key_Return)
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
    window = window_of(qtbot, desk, chip)
    chip.removed.emit()
    assert not window.isVisible()
    assert desk.chat._pages.window is None
    assert not desk.composer.chips
