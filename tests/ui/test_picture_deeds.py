"""Pictures that are copied, saved or pinned instead of asked about, and the seconds before one is taken."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.paths import Paths
from desktop_helper.services.settings import SettingsStore
from desktop_helper.ui.countdown import Countdown
from desktop_helper.ui.picture_deeds import PictureDeeds, file_name, write_png
from desktop_helper.ui.pinned_picture import PinnedPicture
from desktop_helper.ui.shortcuts import pinned as pinned_keys
from tests.ui.test_shortcuts import pressed

AREA = Rect(30, 40, 60, 50)


@pytest.fixture
def frame() -> Frame:
    return Frame(
        bytes(value for y in range(AREA.height) for x in range(AREA.width) for value in (x, y, x ^ y, 0)), AREA
    )


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "settings.toml")


@pytest.fixture
def deeds(qtbot: QtBot, store: SettingsStore, tmp_path: Path) -> Iterator[PictureDeeds]:
    background, services = Background(), Services(Paths.below(tmp_path), Plugs(list, lambda _: None, list, list, list))
    services.__dict__["settings"] = store
    made = PictureDeeds(services, background, lambda _title, _text: True)
    yield made
    made.close()
    background.close()
    services.close()
    made.deleteLater()
    background.deleteLater()


def rgb(frame: Frame) -> Image.Image:
    return Image.frombytes("RGB", (frame.width, frame.height), bytes(frame.data), "raw", "BGRX")


def the_dialog() -> QFileDialog:
    (found,) = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QFileDialog)]
    return found


def test_a_copy_has_the_exact_pixels(deeds: PictureDeeds, frame: Frame) -> None:
    deeds.perform("copy", frame, "Region")
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (60, 50)
    for x, y in ((0, 0), (59, 49), (17, 31)):
        colour = image.pixelColor(x, y)
        assert (colour.red(), colour.green(), colour.blue()) == (x ^ y, y, x)


def save_to(deeds: PictureDeeds, frame: Frame, path: Path) -> None:
    deeds.perform("save", frame, "Region")
    dialog = the_dialog()
    dialog.selectFile(str(path))
    dialog.accept()


def test_a_saved_picture_has_the_exact_pixels_and_its_folder_is_remembered(
    qtbot: QtBot, deeds: PictureDeeds, frame: Frame, store: SettingsStore, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    with qtbot.waitSignal(deeds.saved) as caught:
        save_to(deeds, frame, folder / "one")
    assert caught.args == [str(folder / "one.png")]
    assert Image.open(folder / "one.png").convert("RGB").tobytes() == rgb(frame).tobytes()
    assert store.load().capture.folder == str(folder)
    deeds.perform("save", frame, "Region")
    assert the_dialog().directory().path() == str(folder)


def test_what_cannot_be_written_is_told(qtbot: QtBot, deeds: PictureDeeds, frame: Frame, tmp_path: Path) -> None:
    with qtbot.waitSignal(deeds.failed) as caught:
        deeds._write(frame, tmp_path / "gone" / "one.png")
    error = caught.args[0]
    assert isinstance(error, HelperError)
    assert error.kind is ErrorKind.STORAGE
    assert "one.png" in str(error)


def test_a_picture_that_cannot_be_replaced_stays_as_it_was(
    deeds: PictureDeeds, frame: Frame, store: SettingsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.png"
    path.write_bytes(b"the old one")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(HelperError, match="the disk is full"):
        write_png(frame, path, store)
    assert path.read_bytes() == b"the old one"
    assert [one.name for one in tmp_path.iterdir() if "tmp" in one.name] == []


def test_a_folder_that_cannot_be_remembered_does_not_spoil_the_picture(
    frame: Frame, store: SettingsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise HelperError(ErrorKind.CONFIG, "The settings file is broken.")

    monkeypatch.setattr(SettingsStore, "update", broken)
    assert write_png(frame, tmp_path / "one.png", store).exists()


def test_every_file_system_takes_the_suggested_name() -> None:
    assert not set(file_name()) & set('<>:"/\\|?*')
    assert file_name().endswith(".png")


@pytest.fixture
def pinned(qtbot: QtBot, deeds: PictureDeeds, frame: Frame) -> PinnedPicture:
    made = deeds.pin(frame, "Region")
    qtbot.waitExposed(made)
    return made


def test_a_pinned_picture_lies_where_it_was_taken_with_its_own_pixels(pinned: PinnedPicture, frame: Frame) -> None:
    assert pinned.pos() == QPoint(AREA.x - 1, AREA.y - 1)
    shown = pinned.grab().toImage().convertToFormat(pinned.image.format())
    assert shown.copy(1, 1, AREA.width, AREA.height) == pinned.image


def test_it_is_dragged_and_closed(qtbot: QtBot, pinned: PinnedPicture, deeds: PictureDeeds) -> None:
    before = pinned.pos()
    qtbot.mousePress(pinned, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    qtbot.mouseMove(pinned, QPoint(30, 25))
    qtbot.mouseRelease(pinned, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert pinned.pos() - before == QPoint(20, 15)
    with qtbot.waitSignal(pinned.closed):
        qtbot.keyClick(pinned, Qt.Key.Key_Escape)
    assert deeds._pins == []


def test_the_wheel_makes_it_larger_around_the_mouse(qtbot: QtBot, pinned: PinnedPicture) -> None:
    at = QPointF(31, 26)
    under = QPointF(pinned.pos()) + at
    for _ in range(3):
        event = QWheelEvent(
            at,
            under,
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(pinned, event)
    assert pinned.zoom == pytest.approx(1.1**3)
    assert pinned.width() == round(60 * 1.1**3) + 2
    qtbot.keyClick(pinned, Qt.Key.Key_0)
    assert (pinned.width(), pinned.height()) == (62, 52)
    for _ in range(200):
        qtbot.keyClick(pinned, Qt.Key.Key_Minus)
    assert min(pinned.width(), pinned.height()) >= 24


@pytest.mark.parametrize("chord", [chord for line in pinned_keys()[0].shortcuts for chord in line.keys])
def test_it_takes_every_key_that_is_named(pinned: PinnedPicture, chord: str) -> None:
    pinned.save_requested.disconnect()
    assert pressed(pinned, chord)


def test_it_can_be_asked_about(qtbot: QtBot, deeds: PictureDeeds, pinned: PinnedPicture, frame: Frame) -> None:
    with qtbot.waitSignal(deeds.asked) as caught:
        qtbot.keyClick(pinned, Qt.Key.Key_Return)
    assert caught.args == [frame, "Region"]


@pytest.fixture
def countdown(qtbot: QtBot) -> Iterator[Countdown]:
    made = Countdown()
    made._tick.setInterval(10)
    yield made
    made.stop()
    made.deleteLater()


def test_it_is_hidden_before_the_picture_is_taken(qtbot: QtBot, countdown: Countdown) -> None:
    visible: list[bool] = []
    countdown.start(3, lambda: visible.append(countdown.isVisible()))
    assert countdown.isVisible()
    qtbot.waitUntil(lambda: bool(visible))
    assert visible == [False]
    assert not countdown.is_running


def test_a_click_on_it_cancels(qtbot: QtBot, countdown: Countdown) -> None:
    called: list[bool] = []
    countdown.start(3, lambda: called.append(True))
    with qtbot.waitSignal(countdown.cancelled):
        qtbot.mouseClick(countdown, Qt.MouseButton.LeftButton)
    qtbot.wait(60)
    assert not called
    assert not countdown.isVisible()
