"""What was attached before a restart, or waited behind an answer, can be changed like anything else."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop_helper.core.messages import ImagePart
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.dense_desk import DEED
from desktop_helper.ui.detail_desk import DETAIL
from desktop_helper.ui.files.desk import FILES
from desktop_helper.ui.line_dialog import LineDialog
from desktop_helper.ui.pages_desk import PAGES
from tests.support import sample_files
from tests.support.chat_desk import ChatDesk
from tests.support.kept_drafts import newest_draft

WAIT_MS = 20_000
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _quiet_platform(monkeypatch):
    monkeypatch.setattr(Companion, "raise_", lambda _self: None)  # this platform says that it cannot


@pytest.fixture
def restart(qtbot, open_desk) -> Callable[..., ChatDesk]:
    """Attach a file, do something with it, quit, and begin again."""

    def begin() -> ChatDesk:
        desk = open_desk()
        desk.chat.continue_latest()
        qtbot.waitUntil(lambda: desk.chat._draft.ready)
        return desk

    def restarted(path: Path, before: Callable[[ChatDesk, AttachmentChip], None] = lambda *_: None) -> ChatDesk:
        first = begin()
        first.window.files_dropped.emit([path])
        (chip,) = first.composer.chips
        qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
        before(first, chip)
        qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
        first.close()
        second = begin()
        qtbot.waitUntil(lambda: bool(second.composer.chips), timeout=WAIT_MS)
        return second

    return restarted


def pages(chip) -> list[str]:
    return [part.name for part in chip.parts if isinstance(part, ImagePart)]


def window_of(qtbot, desk, chip):
    chip.deeds[PAGES].do()
    qtbot.waitUntil(lambda: desk.chat._pages.window is not None, timeout=WAIT_MS)
    window = desk.chat._pages.window
    qtbot.waitUntil(lambda: window.model.choice.count > 0, timeout=WAIT_MS)
    return window


def choose(qtbot, desk, chip, line: str) -> None:
    window, before = window_of(qtbot, desk, chip), chip.parts
    window.field.setFocus()
    window.field.clear()
    qtbot.keyClicks(window.field, line)
    qtbot.keyClick(window.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not chip.loading and chip.parts != before, timeout=WAIT_MS)


def said_of(desk) -> str:
    return desk.composer._notice.text()


def document(tmp_path: Path, count: int = 9, password: str = "") -> Path:
    path = tmp_path / "a.pdf"
    path.write_bytes(sample_files.pdf(count, password=password))
    return path


def test_other_pages_are_chosen_after_a_restart(qtbot, restart, tmp_path):
    desk = restart(document(tmp_path), lambda desk, chip: choose(qtbot, desk, chip, "2-3"))
    (chip,) = desk.composer.chips
    assert pages(chip) == ["a.pdf, page 2 of 9", "a.pdf, page 3 of 9"]
    window = window_of(qtbot, desk, chip)
    assert window.field.text() == "2-3", "as it was"
    window.close()
    choose(qtbot, desk, chip, "7")
    assert pages(chip) == ["a.pdf, page 7 of 9"]
    draft = newest_draft(desk.paths)
    qtbot.waitUntil(lambda: newest_draft(desk.paths) != draft, timeout=5000)  # and so on after the next one


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        (lambda path: path.write_bytes(sample_files.pdf(4)), "a.pdf has been changed since it was attached."),
        (lambda path: path.unlink(), "a.pdf is not where it was when it was attached."),
    ],
)
def test_another_file_is_not_taken_for_it(qtbot, restart, tmp_path, deed, sentence):
    path = document(tmp_path)
    desk = restart(path)
    deed(path)
    (chip,) = desk.composer.chips
    before = chip.parts
    chip.deeds[PAGES].do()
    qtbot.waitUntil(lambda: sentence in said_of(desk), timeout=WAIT_MS)
    assert "Attach it again" in said_of(desk)
    assert desk.chat._pages.window is None
    desk.chat._pages.change(chip, desk.chat._pages.setting(chip))  # what the budget does
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert chip.parts == before
    assert chip.error is None


def test_its_password_is_asked_for_again(qtbot, restart, tmp_path):
    def unlock(desk, chip) -> None:
        answer(qtbot, desk, chip, "open-sesame")

    desk = restart(document(tmp_path, 3, password="open-sesame"), unlock)
    (chip,) = desk.composer.chips
    assert len(pages(chip)) == 3
    chip.deeds[PAGES].do()
    answer(qtbot, desk, chip, "open-sesame")
    choose(qtbot, desk, chip, "2")
    assert pages(chip) == ["a.pdf, page 2 of 3"]
    assert not any("open-sesame" in path.read_text("latin-1") for path in tmp_path.rglob("*.json"))


def answer(qtbot, desk, chip, line: str) -> None:
    if not any(one.isVisible() for one in desk.window.findChildren(LineDialog)):
        next(iter(chip.deeds.values())).do()
    (dialog,) = [one for one in desk.window.findChildren(LineDialog) if one.isVisible()]
    assert dialog.edit.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(dialog.edit, line)
    qtbot.keyClick(dialog.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chip.loading or bool(chip.parts), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert chip.error is None


def test_other_files_of_an_archive_are_chosen(qtbot, restart, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("one.txt", "two.txt"):
            archive.writestr(name, f"This is {name}.")
    desk = restart(path)
    (chip,) = desk.composer.chips
    chip.deeds[FILES].do()
    qtbot.waitUntil(lambda: desk.chat._files.window is not None, timeout=WAIT_MS)
    window = desk.chat._files.window
    qtbot.waitUntil(lambda: window.tree.topLevelItemCount() > 0, timeout=WAIT_MS)
    window.taken.emit(("two.txt",))
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    texts = [part.name for part in chip.parts]
    assert any("two.txt" in name for name in texts)
    assert not any("one.txt" in name for name in texts)


def test_a_picture_in_full_detail_can_be_smaller_again(qtbot, restart, tmp_path):
    path = tmp_path / "large.png"
    path.write_bytes(sample_files.picture(4000, 4000))
    desk = restart(path, lambda _desk, chip: chip.deeds[DETAIL].do())
    (chip,) = desk.composer.chips
    assert len(pages(chip)) > 1
    chip.deeds[DETAIL].do()
    qtbot.waitUntil(lambda: not chip.loading and len(chip.parts) == 1, timeout=WAIT_MS)


def test_a_text_that_was_drawn_can_be_text_again(qtbot, restart, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("The orchard yielded more apples than before.\n" * 600)

    def draw(desk, chip) -> None:
        desk.chat._pages.change(chip, replace(desk.chat._pages.setting(chip), as_pictures=True))

    desk = restart(path, draw)
    (chip,) = desk.composer.chips
    assert pages(chip)
    assert chip.deeds[DEED].label == "Send as text"
    chip.deeds[DEED].do()
    qtbot.waitUntil(lambda: not chip.loading and not pages(chip), timeout=WAIT_MS)


def test_what_waited_behind_an_answer_can_be_changed_when_it_comes_back(qtbot, open_desk, tmp_path):
    desk = open_desk()
    desk.window.files_dropped.emit([document(tmp_path)])
    (chip,) = desk.composer.chips
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    desk.composer.set_busy(True)
    desk.composer.submit()
    assert desk.composer.chips == ()
    desk.composer.take_back()
    (again,) = desk.composer.chips
    choose(qtbot, desk, again, "4")
    assert pages(again) == ["a.pdf, page 4 of 9"]
