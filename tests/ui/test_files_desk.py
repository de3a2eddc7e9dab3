"""Files of a folder or an archive are chosen in a window, and take the place of the usual ones."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop_helper.core.messages import FilePart
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.files.window import FilesWindow
from desktop_helper.ui.shortcuts import choosing_files
from tests.support.accessible import faults
from tests.support.chat_desk import ChatDesk
from tests.ui.test_shortcuts import pressed, real_shortcuts

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
WAIT_MS = 20_000
FILES = {"readme.md": "marmalade", "src/a.py": "a = 1", "src/deep/b.py": "b = 2", "tool.bin": "\0"}


@pytest.fixture(autouse=True)
def _quiet_platform(monkeypatch):
    monkeypatch.setattr(Companion, "raise_", lambda _self: None)  # this platform says that it cannot


@pytest.fixture
def desk(open_desk) -> ChatDesk:
    return open_desk()


@pytest.fixture
def folder(tmp_path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def attach(qtbot, desk: ChatDesk, path: Path) -> AttachmentChip:
    desk.window.files_dropped.emit([path])
    (chip,) = desk.composer.chips
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    return chip


def opened(qtbot, desk: ChatDesk, chip: AttachmentChip) -> FilesWindow:
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_G, CTRL)
    window = desk.chat._files.window
    assert window is not None
    qtbot.waitUntil(lambda: window.tree.topLevelItemCount() > 0, timeout=WAIT_MS)
    qtbot.waitUntil(window.isActiveWindow)
    return window


def texts(chip: AttachmentChip) -> list[str]:
    return [part.text for part in chip.parts[2:] if isinstance(part, FilePart)]


def test_files_of_a_folder_are_ticked(qtbot, desk, folder):
    chip = attach(qtbot, desk, folder)
    assert texts(chip) == ["marmalade", "a = 1", "b = 2"]
    window = opened(qtbot, desk, chip)
    assert window.said.startswith("3 of 3 files · about ")
    assert "1 that is neither text, picture nor document" in window._left_out.text()
    qtbot.keyClick(window.tree, Qt.Key.Key_A, CTRL | SHIFT)
    assert "at least one" in window.said
    assert not window.take_button.isEnabled()
    qtbot.keyClick(window.tree, Qt.Key.Key_Down)
    qtbot.keyClick(window.tree, Qt.Key.Key_Space)
    assert [entry.path for entry in window.tree.chosen] == ["src/a.py", "src/deep/b.py"], "a folder is all in it"
    qtbot.keyClick(window.tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert texts(chip) == ["a = 1", "b = 2"]
    assert "project holds 3 files; 2 of them are attached." in chip.note
    window = opened(qtbot, desk, chip)
    assert window.said.startswith("2 of 3 files")
    qtbot.keyClick(window.tree, Qt.Key.Key_Escape)
    assert desk.chat._files.window is None
    assert texts(chip) == ["a = 1", "b = 2"]


def test_files_of_a_zip_are_ticked(qtbot, desk, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, text in FILES.items():
            made.writestr(name, text)
    chip = attach(qtbot, desk, path)
    window = opened(qtbot, desk, chip)
    assert window.said.startswith("3 of 4 files")
    window.tree.tick(all_of_them=False)
    window.tree.topLevelItem(0).setCheckState(0, Qt.CheckState.Checked)
    qtbot.keyClick(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert texts(chip) == ["marmalade"]


def test_more_files_than_go_of_a_zip_are_too_many(qtbot, desk, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        for number in range(51):
            made.writestr(f"{number:02}.txt", "words")
    window = opened(qtbot, desk, attach(qtbot, desk, path))
    assert window.said.startswith("50 of 51 files")
    assert "At most" not in window.said
    window.tree.tick(all_of_them=True)
    assert window.said.endswith("At most 50 files go: the first 50 of those.")


def test_files_of_a_mail_are_ticked_or_none(qtbot, desk, tmp_path):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@example.org", "jars"
    mail.set_content("ten jars")
    for name in ("a.txt", "b.txt"):
        mail.add_attachment(f"words of {name}", filename=name)
    path = tmp_path / "a.eml"
    path.write_bytes(mail.as_bytes())
    chip = attach(qtbot, desk, path)
    said = "\n".join(texts(chip))
    assert "words of a.txt" in said
    assert "words of b.txt" in said
    window = opened(qtbot, desk, chip)
    assert window.said.startswith("2 of 2 files")
    window.tree.tick(all_of_them=False)
    assert "at least one" not in window.said
    qtbot.keyClick(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    said = "\n".join(part.text for part in chip.parts if isinstance(part, FilePart))
    assert "ten jars" in said
    assert "words of" not in said


def test_a_folder_that_is_gone_is_said(qtbot, desk, folder):
    chip = attach(qtbot, desk, folder)
    folder.rename(folder.with_name("elsewhere"))
    chip.deeds["files"].do()
    window = desk.chat._files.window
    qtbot.waitUntil(lambda: "project" in window._word.accessibleDescription(), timeout=WAIT_MS)
    assert not window.take_button.isEnabled()
    chip.removed.emit()
    assert desk.chat._files.window is None


def test_a_single_file_offers_no_tree(qtbot, desk, tmp_path):
    (tmp_path / "a.txt").write_text("words")
    assert "files" not in attach(qtbot, desk, tmp_path / "a.txt").deeds


def test_everything_has_a_name_and_a_key(qtbot, desk, folder):
    window = opened(qtbot, desk, attach(qtbot, desk, folder))
    window.tree.setFocus()
    assert faults(window) == []
    (group,) = choosing_files()
    assert real_shortcuts(window) == {"Ctrl+Return"}
    qtbot.keyClick(window.tree, Qt.Key.Key_Down)  # to a folder
    for line in group.shortcuts:
        for chord in line.keys:
            if line.typed and chord != "Esc":
                assert pressed(window.tree, chord), chord
