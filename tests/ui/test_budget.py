"""What will be sent is shown part by part, changed there, made to fit, and taken back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import ImagePart
from desktop_helper.services.file_origins import Setting
from desktop_helper.services.question_estimate import Estimate
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.budget.window import BudgetWindow
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.theme import Theme
from tests.support import office_files, sample_files
from tests.support.accessible import faults
from tests.support.chat_desk import ChatDesk
from tests.support.clip_files import clip
from tests.support.office_stand_in import stand_in
from tests.ui.test_shortcuts import compare

CTRL = Qt.KeyboardModifier.ControlModifier
WAIT_MS = 20_000


@pytest.fixture(autouse=True)
def _quiet_platform(monkeypatch):
    monkeypatch.setattr(Companion, "raise_", lambda _self: None)  # this platform says that it cannot


@pytest.fixture
def desk(open_desk) -> ChatDesk:
    return open_desk()


def settled(qtbot, desk: ChatDesk) -> None:
    qtbot.waitUntil(lambda: not any(chip.loading for chip in desk.composer.chips), timeout=WAIT_MS)


def attach(qtbot, desk: ChatDesk, path: Path, data: bytes) -> AttachmentChip:
    path.write_bytes(data)
    desk.window.files_dropped.emit([path])
    settled(qtbot, desk)
    return desk.composer.chips[-1]


def opened(qtbot, desk: ChatDesk) -> BudgetWindow:
    qtbot.keyClick(desk.window, Qt.Key.Key_E, CTRL)
    window = desk.chat._budget.window
    assert window is not None
    qtbot.waitUntil(window.isActiveWindow)
    return window


def pages(chip: AttachmentChip) -> list[ImagePart]:
    return [part for part in chip.parts if isinstance(part, ImagePart)]


def test_it_shows_each_part_and_the_sum(qtbot, desk, tmp_path):
    attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(21))
    attach(qtbot, desk, tmp_path / "b.txt", b"words " * 70)
    desk.composer.edit.setPlainText("Why?" * 70)
    desk.composer.set_context(Estimate(1200, "", limit=128_000))
    window = opened(qtbot, desk)
    document, words = window.rows.values()
    assert document.choose_button.text() == "Pages…"
    assert document.text.startswith("20 pages · ")
    assert "has 21 pages; those that your question is about are chosen when you ask." in document.text
    assert words.text.startswith("420 letters of text\n120 tokens · <0.1%")
    assert "Conversation so far: 1,200 tokens · 0.9%" in window._others.text()
    assert "Your text: about 80 tokens" in window._others.text()
    assert " of 128k tokens · " in window.said
    assert not window.take_button.isVisible()
    desk.composer.chips[1].removed.emit()
    assert len(window.rows) == 1


def test_with_nothing_attached_it_says_what_it_is_for(qtbot, desk):
    window = opened(qtbot, desk)
    assert "Nothing is attached" in window._empty.text()
    assert window._empty.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert desk.chat._budget.window is None


def test_one_key_makes_it_fit_and_another_takes_it_back(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(12))
    desk.composer.set_context(Estimate(0, "", limit=8_000))
    window = opened(qtbot, desk)
    assert desk.composer.estimate.too_much
    assert "It would fit like this" in window.said
    assert "a.pdf: at about 532 × 728" in window.said
    before = chip.parts
    qtbot.keyClick(window, Qt.Key.Key_Return, CTRL)
    settled(qtbot, desk)
    assert not desk.composer.estimate.too_much
    assert len(pages(chip)) == 12
    assert max(part.tokens for part in pages(chip)) <= 500
    assert not window.take_button.isVisible()
    assert window.rows[chip].details.currentText() == "532 × 728"
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert chip.parts == before
    assert not window.undo_button.isVisible()


def test_more_pages_than_the_model_takes_pictures_are_made_fewer(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(12))
    desk.composer.set_context(Estimate(0, "", limit=128_000, most_pictures=5))
    assert desk.composer._estimate.text() in ("12 pictures, 5 at most", "12 / 5")
    window = opened(qtbot, desk)
    assert "These are 12 pictures, and the model takes no more than 5 at once." in window.said
    assert "a.pdf: the first 5 pages" in window.said
    qtbot.keyClick(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(pages(chip)) == 5, timeout=WAIT_MS)
    assert not desk.composer.estimate.refused
    qtbot.waitUntil(lambda: "no more than" not in window.said, timeout=WAIT_MS)


@pytest.mark.slow
def test_pages_are_left_away_where_smaller_ones_do_not_do(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(12))
    desk.composer.set_context(Estimate(0, "", limit=4_000))
    window = opened(qtbot, desk)
    assert "the first " in window.said
    qtbot.mouseClick(window.take_button, Qt.MouseButton.LeftButton)
    settled(qtbot, desk)
    assert 4 <= len(pages(chip)) < 8
    assert not desk.composer.estimate.too_much
    assert "as chosen" in chip.note, "what is not sent is said"
    assert desk.chat._pages.setting(chip) == Setting(((1, len(pages(chip))),), 500)
    desk.chat._budget.undo()
    assert desk.chat._pages.setting(chip) == Setting()


def test_detail_is_chosen_for_one_attachment(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(2))
    window = opened(qtbot, desk)
    row = window.rows[chip]
    usual = pages(chip)[0].tokens
    row.details.setFocus()
    qtbot.keyClick(row.details, Qt.Key.Key_End)
    settled(qtbot, desk)
    assert pages(chip)[0].tokens <= 500
    assert row.details.count() > 2, "the way back is still there"
    qtbot.keyClick(row.details, Qt.Key.Key_Home)
    settled(qtbot, desk)
    assert pages(chip)[0].tokens == usual


def test_a_picture_without_a_file_is_made_smaller_and_larger_again(qtbot, desk):
    image = QImage(1600, 1200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    desk.composer.picture_pasted.emit(image)
    settled(qtbot, desk)
    (chip,) = desk.composer.chips
    before = chip.parts
    window = opened(qtbot, desk)
    row = window.rows[chip]
    row.details.setFocus()
    qtbot.keyClick(row.details, Qt.Key.Key_End)
    settled(qtbot, desk)
    (part,) = pages(chip)
    assert part.tokens <= 500
    assert part.full_size == (1600, 1200)
    assert row.text.startswith("1600 × 1200 → ")
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert chip.parts == before


@pytest.mark.slow
def test_frames_of_a_video_become_fewer(qtbot, desk, tmp_path):
    from tests.support.clip_files import painted

    shown = [painted((20 * (n % 12), 255 - 20 * (n % 12), 90), 1280, 960, str(n)) for n in range(12)]
    chip = attach(qtbot, desk, tmp_path / "film.mp4", clip("mp4", shown, 1))
    tokens = sum(part.tokens for part in pages(chip))
    assert tokens > 2_100
    desk.composer.set_context(Estimate(0, "", limit=2_100))
    window = opened(qtbot, desk)
    assert "film.mp4: frames for 2.0k tokens" in window.said
    qtbot.keyClick(window, Qt.Key.Key_Return, CTRL)
    settled(qtbot, desk)
    assert sum(part.tokens for part in pages(chip)) <= 2_000
    assert desk.chat._trim.cut_of(chip).most_tokens == 2_000
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert sum(part.tokens for part in pages(chip)) == tokens
    assert desk.chat._trim.cut_of(chip).most_tokens is None


def test_a_click_on_the_estimate_opens_it(qtbot, desk):
    desk.window.show()
    desk.composer.edit.setPlainText("Why?")
    qtbot.mouseClick(desk.composer._estimate, Qt.MouseButton.LeftButton)
    assert desk.chat._budget.window is not None


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
def test_pages_of_a_sheet_are_chosen_here_as_at_the_attachment(qtbot, desk, tmp_path, monkeypatch):
    stand_in(tmp_path, monkeypatch)
    chip = attach(qtbot, desk, tmp_path / "a.xlsx", office_files.xlsx())
    words = attach(qtbot, desk, tmp_path / "a.csv", b"a;b\n1;2\n")
    window = opened(qtbot, desk)
    assert not window.rows[words].choose_button.isVisible()
    button = window.rows[chip].choose_button
    assert (button.text(), button.isVisible()) == ("Pages…", True)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    chosen = desk.chat._pages.window
    assert chosen is not None
    qtbot.waitUntil(lambda: chosen.model.choice.count == 3, timeout=WAIT_MS)
    chosen.close()


def test_what_is_refused_is_told_and_not_counted(qtbot, desk, tmp_path):
    chip = attach(qtbot, desk, tmp_path / "a.png", b"no picture")
    window = opened(qtbot, desk)
    assert "a.png" in window.rows[chip].text
    assert "tokens" not in window.rows[chip].text


def test_the_sheet_names_its_keys(qtbot, desk):
    compare("budget", opened(qtbot, desk))


@pytest.mark.parametrize(("look", "language"), [("light", "en"), pytest.param("dark", "zh_CN", marks=pytest.mark.slow)])
def test_everything_has_a_name_and_is_reached(qtbot, desk, tmp_path, look, language):
    set_language(language)
    Theme.current(look)
    attach(qtbot, desk, tmp_path / "a.pdf", sample_files.pdf(12))
    attach(qtbot, desk, tmp_path / "b.pdf", sample_files.pdf(2))
    desk.composer.set_context(Estimate(0, "", limit=4_000))
    window = opened(qtbot, desk)
    window.cancel_button.setFocus()
    assert faults(window) == []
    set_language("en")
    Theme.current("light")
