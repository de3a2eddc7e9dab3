"""A part of a video is chosen in a window, by mouse and by keys, and takes the place of the whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_helper.core.clip_span import AS_A_WHOLE, Cut, Span
from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import ImagePart
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.shortcuts import trimming
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.trim.desk import TrimDesk
from desktop_helper.ui.trim.window import TrimWindow
from tests.support.accessible import faults
from tests.support.chat_desk import ChatDesk, said
from tests.support.clip_files import clip
from tests.ui.test_shortcuts import pressed, real_shortcuts

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
WAIT_MS = 20_000


@pytest.fixture(autouse=True)
def _quiet_platform(monkeypatch):
    monkeypatch.setattr(Companion, "raise_", lambda _self: None)  # this platform says that it cannot


@pytest.fixture
def film(tmp_path) -> Path:
    """Red until 1, green until 2, blue until 3; ten pictures a second."""
    path = tmp_path / "film.mp4"
    path.write_bytes(clip("mp4"))
    return path


def attach(qtbot, desk: ChatDesk, film: Path) -> AttachmentChip:
    desk.chat.attach_file(film)
    chip = desk.composer._chips[-1]
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    return chip


def trim_desk(desk: ChatDesk) -> TrimDesk:
    return desk.chat._trim


def settled(qtbot, window: TrimWindow) -> None:
    """Everything that was asked for is shown."""
    qtbot.waitUntil(
        lambda: (
            window._known and window._player.idle and not window._pause.isActive() and window._chosen_for == window.cut
        ),
        timeout=WAIT_MS,
    )


def opened(qtbot, desk: ChatDesk) -> TrimWindow:
    window = trim_desk(desk).window
    assert window is not None
    settled(qtbot, window)
    qtbot.waitUntil(window.isActiveWindow)
    return window


@pytest.fixture
def desk(qtbot, open_desk, film) -> ChatDesk:
    made = open_desk(said("Green."))
    made.window.resize(700, 600)
    return made


@pytest.fixture
def window(qtbot, desk, film) -> TrimWindow:
    chip = attach(qtbot, desk, film)
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    return opened(qtbot, desk)


def times(desk: ChatDesk) -> list[float]:
    return [round(part.moment.at, 2) for part in desk.composer.media if isinstance(part, ImagePart) and part.moment]


def told(window: TrimWindow) -> str:
    return window._told.text()


def point(window: TrimWindow, at: float, *, marks: bool = False) -> QPoint:
    strip = window.timeline._shown()
    return QPoint(round(strip.x(at)), round(strip.area.bottom() + 9 if marks else strip.area.center().y()))


def test_enter_on_the_chip_opens_it_with_what_was_chosen_so_far(window, desk):
    assert window.ends.span.is_whole
    assert [round(mark, 2) for mark in window.timeline.marks] == times(desk) == [0, 1, 2, 2.9]
    assert told(window).startswith("0:03 · 4 of 30 frames · 320 × 240 each · ")
    assert window.preview.has_picture
    assert window.timeline.hasFocus()
    assert all(not image.isNull() for image in window.timeline._pictures)


def test_keys_choose_a_part_and_the_chip_becomes_it(qtbot, window, desk):
    for _ in range(2):
        QTest.keyClick(window.timeline, Qt.Key.Key_Right, SHIFT)
    for _ in range(5):
        QTest.keyClick(window.timeline, Qt.Key.Key_Left)
        qtbot.waitUntil(lambda: window._player.idle, timeout=WAIT_MS)
    assert window.ends.at == pytest.approx(1.5, abs=0.002)
    QTest.keyClick(window.timeline, Qt.Key.Key_I)
    QTest.keyClick(window.timeline, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(window.timeline, Qt.Key.Key_BracketRight)
    settled(qtbot, window)
    assert window.cut.span.start == pytest.approx(1.5, abs=0.002)
    assert window.cut.span.end == pytest.approx(2.5, abs=0.002)
    assert [round(mark, 1) for mark in window.timeline.marks] == [1.5, 2.0, 2.5]
    QTest.keyClick(window.timeline, Qt.Key.Key_Return)
    assert trim_desk(desk).window is None
    assert [round(at, 1) for at in times(desk)] == [1.5, 2.0, 2.5]
    chip = desk.composer._chips[0]
    assert not chip.loading
    assert "0:01 – 0:02 · 3 of 11 frames" in chip._detail.full_text
    assert "Of the part from 0:01.5 to 0:02.5" in chip.note
    qtbot.waitUntil(desk.composer.edit.hasFocus)


def test_arrows_go_picture_by_picture_and_not_beyond_the_ends(qtbot, window):
    seen = []
    for key in [Qt.Key.Key_Right] * 3 + [Qt.Key.Key_Left] * 4:
        QTest.keyClick(window.timeline, key)
        qtbot.waitUntil(lambda: window._player.idle, timeout=WAIT_MS)
        seen.append(round(window.ends.at, 2))
    assert seen == [0.1, 0.2, 0.3, 0.2, 0.1, 0.0, 0.0]
    QTest.keyClick(window.timeline, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: window._player.idle, timeout=WAIT_MS)
    end = window.ends.at
    QTest.keyClick(window.timeline, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window._player.idle, timeout=WAIT_MS)
    assert window.ends.at == end == window.ends.duration
    assert window._look.at == pytest.approx(2.9)


def test_the_mouse_pulls_handles_and_clicks_frames(qtbot, window, desk):
    line = window.timeline
    start, end = point(window, 0), point(window, window.ends.duration)
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=start - QPoint(4, 0))
    qtbot.mouseMove(line, point(window, 1.6))
    assert window.ends.start == pytest.approx(1.6, abs=0.02)
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=point(window, 1.6))
    qtbot.mouseMove(line, point(window, 0.2))
    assert window.ends.start == pytest.approx(1.6, abs=0.02), "it was let go"
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=end + QPoint(4, 0))
    qtbot.mouseMove(line, point(window, 0.5))
    assert window.ends.end == window.ends.start, "no further than the other one"
    qtbot.mouseMove(line, point(window, 2.4))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=point(window, 2.4))
    settled(qtbot, window)
    assert line.marks[1] == 2.0
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=point(window, 2.0, marks=True) + QPoint(3, 0))
    assert window.ends.at == 2.0
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=point(window, 0.7))
    assert window.ends.at == pytest.approx(0.7, abs=0.02)
    settled(qtbot, window)
    qtbot.mouseClick(window.take_button, Qt.MouseButton.LeftButton)
    assert times(desk)[1:-1] == [2.0]


def test_page_keys_go_by_the_chosen_frames(qtbot, window):
    seen = []
    for key in (*[Qt.Key.Key_PageDown] * 4, Qt.Key.Key_PageUp):
        QTest.keyClick(window.timeline, key)
        seen.append(round(window.ends.at, 1))
    assert seen == [1, 2, 2.9, 2.9, 2]


def test_times_can_be_typed(qtbot, window):
    start, end = window.row.start, window.row.end
    for field, text in ((start, "0:01.25"), (end, "2")):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.cut.span == Span(1.25, 2.0)
    assert window.isVisible(), "Enter was for the time"
    assert (start.text(), end.text()) == ("0:01.2", "0:02.0")
    QTest.keyClicks(end, "x")
    QTest.keyClick(end, Qt.Key.Key_Return)
    assert end.property("invalid") is True
    QTest.keyClick(end, Qt.Key.Key_Escape)
    assert (end.text(), end.property("invalid"), window.isVisible()) == ("0:02.0", False, True)
    start.setFocus()
    assert window.cut.span == Span(1.25, 2.0)


def test_fewer_frames_are_chosen_anew(qtbot, window, desk):
    window.budget.frames.setValue(0)
    assert not window.timeline.marks_valid
    settled(qtbot, window)
    assert [round(mark, 1) for mark in window.timeline.marks] == [0, 2.9]
    assert told(window).startswith("0:03 · 2 of 30 frames")
    window.budget.frames.setValue(window.budget.frames.maximum())
    window.budget.tokens.setCurrentIndex(window.budget.tokens.count() - 1)
    settled(qtbot, window)
    tokens = window.budget.most_tokens
    QTest.keyClick(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: trim_desk(desk).window is None)
    assert sum(part.tokens for part in desk.composer.media if isinstance(part, ImagePart)) <= tokens


def test_more_frames_than_changes_are_taken_evenly(qtbot, window, desk):
    window.budget.frames.setValue(4)  # up to eight
    window.budget.evenly.click()
    settled(qtbot, window)
    assert len(window.timeline.marks) == window.budget.most_frames == 8
    QTest.keyClick(window.timeline, Qt.Key.Key_Return)
    assert len(times(desk)) == 8
    qtbot.mouseClick(desk.composer._chips[0].buttons[0], Qt.MouseButton.LeftButton)
    assert opened(qtbot, desk).budget.evenly.isChecked()


def test_asking_does_not_wait_for_the_frames(qtbot, window, desk):
    window._set(window.ends.drag_start(1.5))
    window._want_choice()
    window.take()
    chip = desk.composer._chips[0]
    assert chip.loading
    desk.composer.edit.setPlainText("What colour?")
    with qtbot.waitSignal(desk.chat.answered, timeout=WAIT_MS):
        desk.composer.submit()
    sent = desk.backend.requests[-1].messages[-1]
    assert [round(part.moment.at, 1) for part in sent.media if isinstance(part, ImagePart)] == [1.5, 2.0, 2.9]


def test_escape_leaves_everything_as_it_was(qtbot, window, desk):
    before = desk.composer.media
    window._set(window.ends.drag_start(1.5))
    settled(qtbot, window)
    QTest.keyClick(window.timeline, Qt.Key.Key_Escape)
    assert trim_desk(desk).window is None
    assert desk.composer.media == before
    assert desk.window.isVisible()


def test_it_opens_again_with_what_was_chosen(qtbot, window, desk):
    window._set(window.ends.drag_start(1.5))
    window.budget.frames.setValue(1)
    settled(qtbot, window)
    window.take()
    qtbot.mouseClick(desk.composer._chips[0].buttons[0], Qt.MouseButton.LeftButton)
    again = opened(qtbot, desk)
    assert again.cut == Cut(Span(1.5), 3)
    assert again.ends.at == 1.5


def test_a_draft_and_an_edited_question_keep_the_part_and_can_be_trimmed_again(qtbot, window, desk):
    window._set(window.ends.drag_start(1.5))
    settled(qtbot, window)
    window.take()
    media = desk.composer.media
    desk.ask(qtbot)
    assert desk.composer.media == ()
    stored = desk.stored()[0].message
    desk.composer.restore("Again", stored.media)
    assert desk.composer.media == media
    (chip,) = desk.composer._chips
    assert chip.name == "film.mp4"
    qtbot.waitUntil(lambda: "trim" in chip.deeds, timeout=WAIT_MS)
    chip.deeds["trim"].do()
    assert opened(qtbot, desk).cut == Cut(Span(1.5))


def test_a_recording_can_be_trimmed_before_it_was_looked_through(qtbot, desk, film):
    desk.chat.attach_file(film)
    (chip,) = desk.composer._chips
    assert chip.loading
    chip.deeds["trim"].do()
    window = trim_desk(desk).window
    window.budget.frames.setValue(0)
    QTest.qWait(10)
    window.close()
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert times(desk) == [0, 1, 2, 2.9], "what was not read to its end for the window's sake is read again"


def test_a_chip_that_was_taken_away_comes_back_with_the_part(qtbot, window, desk):
    desk.composer._chips[0].removed.emit()
    window._set(window.ends.drag_end(0.5))
    settled(qtbot, window)
    window.take()
    assert [round(at, 1) for at in times(desk)] == [0, 0.5]
    assert desk.composer._chips[0].name == "film.mp4"


def test_what_is_no_video_is_not_trimmed(qtbot, desk, tmp_path):
    fake = tmp_path / "fake.mp4"
    fake.write_bytes(b"hello " * 50)
    chip = attach(qtbot, desk, fake)
    assert "trim" not in chip.deeds
    notes = tmp_path / "notes.txt"
    notes.write_text("hello")
    assert "trim" not in attach(qtbot, desk, notes).deeds


def test_a_file_that_is_gone_is_said(qtbot, desk, film):
    chip = attach(qtbot, desk, film)
    film.unlink()
    chip.deeds["trim"].do()
    window = trim_desk(desk).window
    assert window is not None
    qtbot.waitUntil(lambda: "There is no file" in told(window), timeout=WAIT_MS)


def test_the_menu_of_a_chip_has_it(qtbot, desk, film):
    chip = attach(qtbot, desk, film)
    menu = chip.menu()
    labels = [action.text() for action in menu.actions() if action.text()]
    assert labels == ["Trim…", "Look at it", "Remove"]
    qtbot.mouseDClick(chip, Qt.MouseButton.LeftButton)
    assert opened(qtbot, desk).isVisible()
    menu.actions()[-1].trigger()
    assert desk.composer._chips == []
    menu.close()


def test_it_steps_aside_with_the_chat(qtbot, window, desk):
    desk.window.hide()
    assert not window.isVisible()
    desk.window.show()
    assert window.isVisible()


@pytest.mark.parametrize("pinned", [True, False])
def test_it_is_not_hidden_by_a_chat_that_is_kept_above(qtbot, desk, film, pinned):
    desk.window.set_pinned(pinned)
    attach(qtbot, desk, film).deeds["trim"].do()
    window = opened(qtbot, desk)
    assert bool(window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint) is pinned


def test_the_sheet_names_its_keys(qtbot, window):
    (group,) = trimming()
    assert real_shortcuts(window) == {"Ctrl+Return"}
    for line in group.shortcuts:
        for chord in line.keys:
            if line.typed and chord != "Esc":
                assert pressed(window.timeline, chord), chord


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_has_a_name_and_is_reached(qtbot, desk, film, look, language):
    set_language(language)
    Theme.current(look)
    chip = attach(qtbot, desk, film)
    chip.deeds["trim"].do()
    window = opened(qtbot, desk)
    window.timeline.setFocus()
    assert faults(window) == []
    for label in (window.row._length, window.budget._most, window._told):
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text()) or label.wordWrap()
    window.close()
    Theme.current("light")


def test_a_single_picture_can_be_looked_at(qtbot, desk, tmp_path):
    from tests.support.clip_files import painted

    path = tmp_path / "one.mkv"
    path.write_bytes(clip("mkv", [painted((9, 200, 60))]))
    chip = attach(qtbot, desk, path)
    chip.deeds["trim"].do()
    window = opened(qtbot, desk)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_I, Qt.Key.Key_Left, Qt.Key.Key_O, Qt.Key.Key_PageDown, Qt.Key.Key_Home):
        QTest.keyClick(window.timeline, key)
    settled(qtbot, window)
    assert told(window).startswith("0:00.0 · a single frame · 320 × 240 each")
    assert not window.grab().isNull()
    assert AS_A_WHOLE.span.is_whole
    QApplication.processEvents()
