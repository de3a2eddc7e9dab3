"""A recording from its choice to the question field, offscreen: the recorder is one of the test's."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_helper.bootstrap import build_services
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.recording import Ending, Recorded, RecordingProgress
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services
from desktop_helper.services.paths import Paths
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.recording import words
from desktop_helper.ui.recording.bar import RecordingBar
from desktop_helper.ui.recording.desk import RecordingDesk
from desktop_helper.ui.recording.phase import Phase
from desktop_helper.ui.shortcuts import recording as recording_keys
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.tray import Tray
from tests.ui.test_shortcuts import real_shortcuts

AREA = Rect(100, 100, 300, 200)


class FakeRecording:
    """Does what it is told, as the service would, and writes a file of a few bytes."""

    def __init__(self, file: Path, options: dict[str, object]) -> None:
        self.file, self.options = file, options
        self.told: list[str] = []
        self.is_waiting = False
        self.events: queue.Queue[RecordingProgress | Recorded | HelperError] = queue.Queue()

    def pause(self) -> None:
        self.told.append("pause")

    def resume(self) -> None:
        self.told.append("resume")

    def stop(self) -> None:
        self.told.append("stop")
        self.end(Ending.STOPPED)

    def discard(self) -> None:
        self.told.append("discard")
        self.events.put(Recorded(Ending.DISCARDED, None, 0.0, 1.0, 0, 30, 0, 300, 200))

    def end(self, ending: Ending, message: str = "", dropped: int = 0) -> None:
        self.file.write_bytes(b"a film")
        self.events.put(Recorded(ending, self.file, 0.0, 600.0, 7, 100, dropped, 300, 200, message))

    def next_event(self) -> RecordingProgress | Recorded:
        event = self.events.get(timeout=20)
        if isinstance(event, HelperError):
            raise event
        return event

    def close(self) -> None:
        self.events.put(HelperError(ErrorKind.WORKER, "closed"))


class FakeChat(QWidget):
    """What it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.window = self.composer = self  # type: ignore[method-assign, assignment]
        self.told: list[tuple[str, ...]] = []

    def attach_file(self, path: Path, note: str = "") -> None:
        self.told.append(("attach", path.name, note))

    def open(self) -> None:
        self.told.append(("open",))

    def present_quietly(self) -> None:
        self.told.append(("quietly",))

    def show_error(self, error: HelperError) -> None:
        self.told.append(("error", str(error)))


class Rig:
    """A desk whose recordings are the test's own."""

    def __init__(self, qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot, self.services = qtbot, services
        self.background = Background()
        self.tray = Tray(Theme.current("light"))
        self.chat = FakeChat()
        self.came_back = 0
        self.made: list[FakeRecording] = []
        monkeypatch.setattr(services, "record", self._record)
        self.desk = RecordingDesk(
            services,
            self.background,
            self.tray,
            lambda: self.chat,  # type: ignore[arg-type, return-value]
            self._come_back,
        )

    def _record(self, area: Rect, file: Path, **options: object) -> FakeRecording:
        self.made.append(FakeRecording(file, {"area": area} | options))
        return self.made[-1]

    def _come_back(self) -> None:
        self.came_back += 1

    def begin(self, area: Rect = AREA) -> FakeRecording:
        """Until the recorder is there and has been told to begin."""
        self.desk.begin(area)
        self.wait(Phase.RECORDING)
        self.qtbot.waitUntil(lambda: bool(self.made) and "resume" in self.made[-1].told)
        return self.made[-1]

    def wait(self, phase: Phase) -> None:
        self.qtbot.waitUntil(lambda: self.desk.phase is phase)

    @property
    def bar(self) -> RecordingBar:
        (found,) = [window for window in QApplication.topLevelWidgets() if isinstance(window, RecordingBar)]
        return found

    def button(self, name: str) -> IconButton:
        (found,) = [one for one in self.bar.findChildren(IconButton) if one.accessibleName().startswith(name)]
        return found

    def shown(self) -> list[str]:
        return [label.text() for label in self.bar.findChildren(QLabel) if label.isVisible() and label.text()]

    def close(self) -> None:
        self.desk.close()
        self.background.close()
        self.tray.hide()
        for part in (self.tray.menu, self.tray, self.desk, self.background, self.chat):
            part.deleteLater()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = build_services(Paths.below(tmp_path))
    made.prepare()
    made.settings.update(lambda old: replace(old, recording=replace(old.recording, countdown=0)))
    yield made
    made.close()


@pytest.fixture
def rig(qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    made = Rig(qtbot, services, monkeypatch)
    yield made
    made.close()


def our_windows() -> list[str]:
    ours = (
        window for window in QApplication.topLevelWidgets() if type(window).__module__.startswith("desktop_helper.")
    )
    return sorted(type(window).__name__ for window in ours if window.isVisible())


def test_what_is_recorded_is_framed_and_its_settings_hold(rig: Rig) -> None:
    recording = rig.begin()
    assert recording.told == ["pause", "resume"], "nothing is recorded before the desktop has settled"
    assert our_windows() == ["RecordingBar", "Side", "Side", "Side", "Side"]
    folder = rig.services.paths.recordings_dir
    assert recording.file.parent == folder
    wanted = {"area": AREA, "fps": 30.0, "seconds": 600.0, "max_bytes": 1_000_000_000, "pointer": True}
    wanted |= {"microphone": False, "system_sound": False}
    assert recording.options == wanted
    rig.desk.begin(AREA)
    assert len(rig.made) == 1, "one at a time"


def test_no_limits_are_no_limits(rig: Rig) -> None:
    rig.services.settings.update(lambda old: replace(old, recording=replace(old.recording, max_minutes=0, max_mb=0)))
    options = rig.begin().options
    assert (options["seconds"], options["max_bytes"]) == (None, None)


def test_the_bar_tells_how_far_it_is(rig: Rig) -> None:
    recording = rig.begin()
    recording.events.put(RecordingProgress(72.0, 3_400_000, 2160, 0))
    rig.qtbot.waitUntil(lambda: rig.shown() == ["1:12", "3.4 MB"])
    assert rig.bar.accessibleDescription() == "Recording, 1:12, 3.4 MB"


def test_the_bar_shows_that_the_microphone_is_on(rig: Rig) -> None:
    rig.services.settings.update(lambda old: replace(old, recording=replace(old.recording, microphone=True)))
    recording = rig.begin()
    assert recording.options["microphone"]
    signs = [label for label in rig.bar.findChildren(QLabel) if label.toolTip() == "The microphone is on"]
    assert [sign.isVisible() for sign in signs] == [False], "it is not yet"
    width = rig.bar.width()
    recording.events.put(RecordingProgress(1.0, 1000, 30, 0, microphone=True))
    rig.qtbot.waitUntil(signs[0].isVisible)
    assert rig.bar.width() == width, "nothing moves"
    assert rig.bar.accessibleDescription().endswith(", The microphone is on")
    recording.events.put(RecordingProgress(2.0, 1000, 60, 0))  # somebody pulled the plug
    rig.qtbot.waitUntil(signs[0].isHidden)


def test_sound_that_is_missing_is_told_with_the_video(rig: Rig) -> None:
    recording = rig.begin()
    recording.file.write_bytes(b"a film")
    problem = "The microphone was not recorded. There is no microphone."
    made = Recorded(Ending.STOPPED, recording.file, 0.0, 9.0, 7, 100, 0, 300, 200, sound_problem=problem)
    recording.events.put(made)
    rig.wait(Phase.IDLE)
    assert rig.chat.told[0] == ("attach", recording.file.name, problem)


def test_the_buttons_pause_go_on_and_stop(rig: Rig) -> None:
    recording = rig.begin()
    rig.button("Pause").click()
    rig.wait(Phase.PAUSED)
    rig.button("Go on").click()
    rig.wait(Phase.RECORDING)
    rig.button("Stop").click()
    rig.wait(Phase.IDLE)
    assert recording.told == ["pause", "resume", "pause", "resume", "stop"]
    assert rig.chat.told == [("attach", recording.file.name, ""), ("open",)]
    assert rig.came_back == 1
    rig.qtbot.waitUntil(lambda: not our_windows())


@pytest.mark.parametrize(
    ("key", "told"), [(Qt.Key.Key_Return, "stop"), (Qt.Key.Key_P, "pause"), (Qt.Key.Key_Delete, "discard")]
)
def test_the_keys_do_the_same(rig: Rig, key: Qt.Key, told: str) -> None:
    recording = rig.begin()
    rig.bar.activateWindow()
    rig.qtbot.waitUntil(rig.bar.isActiveWindow)
    rig.qtbot.keyClick(rig.bar, key)
    rig.qtbot.waitUntil(lambda: recording.told[-1] == told)


def test_a_space_typed_into_it_does_nothing(rig: Rig) -> None:
    recording = rig.begin()
    rig.bar.activateWindow()
    rig.qtbot.waitUntil(rig.bar.isActiveWindow)
    rig.qtbot.keyClick(rig.bar.focusWidget() or rig.bar, Qt.Key.Key_Space)
    assert (rig.desk.phase, recording.told) == (Phase.RECORDING, ["pause", "resume"])


def test_the_sheet_names_the_keys_of_the_bar(rig: Rig) -> None:
    rig.begin()
    assert real_shortcuts(rig.bar) == {
        keys for group in recording_keys() for line in group.shortcuts for keys in line.keys
    }


def test_what_is_discarded_goes_nowhere(rig: Rig) -> None:
    rig.begin()
    rig.button("Discard").click()
    rig.wait(Phase.IDLE)
    assert rig.chat.told == []
    assert rig.came_back == 1


def test_stopping_in_the_countdown_keeps_nothing(rig: Rig) -> None:
    rig.services.settings.update(lambda old: replace(old, recording=replace(old.recording, countdown=5)))
    rig.desk.begin(AREA)
    assert "Countdown" in our_windows()
    assert not rig.button("Pause").isEnabled()
    assert rig.desk.stop()
    rig.wait(Phase.IDLE)
    assert rig.made[-1].told == ["pause", "discard"]
    assert rig.chat.told == []
    assert not rig.desk.stop(), "there is nothing to stop"


def test_while_the_desktop_asks_nobody_counts(rig: Rig) -> None:
    rig.services.settings.update(lambda old: replace(old, recording=replace(old.recording, countdown=1)))
    rig.desk.begin(AREA)
    rig.qtbot.waitUntil(lambda: bool(rig.made))
    recording = rig.made[-1]
    recording.is_waiting = True
    rig.qtbot.waitUntil(lambda: rig.shown() == ["Choose what to share…"])
    assert "Countdown" not in our_windows()
    rig.qtbot.wait(1300)
    assert (rig.desk.phase, recording.told) == (Phase.WAITING, ["pause"]), "the question is still in front"
    recording.is_waiting = False
    rig.qtbot.waitUntil(lambda: "Countdown" in our_windows())
    assert rig.shown() == ["Ready…"]
    rig.wait(Phase.RECORDING)
    assert recording.told == ["pause", "resume"]


def test_without_a_countdown_it_begins_with_the_answer(rig: Rig) -> None:
    recording = rig.begin()
    recording.is_waiting = True
    rig.qtbot.waitUntil(lambda: "Choose what to share…" in rig.shown())
    recording.is_waiting = False
    recording.events.put(RecordingProgress(0.5, 1000, 15, 0))
    rig.qtbot.waitUntil(lambda: rig.shown() == ["0:00", "1 kB"])


def test_a_question_can_be_given_up(rig: Rig) -> None:
    rig.services.settings.update(lambda old: replace(old, recording=replace(old.recording, countdown=1)))
    rig.desk.begin(AREA)
    rig.qtbot.waitUntil(lambda: bool(rig.made))
    rig.made[-1].is_waiting = True
    rig.qtbot.waitUntil(lambda: rig.shown() == ["Choose what to share…"])
    rig.button("Discard").click()
    rig.wait(Phase.IDLE)
    assert rig.chat.told == []


@pytest.mark.parametrize(
    ("ending", "message", "sentence"),
    [
        (Ending.TIME, "", "The recording ended at 10:00, the longest that the settings allow."),
        (Ending.SIZE, "", "The recording ended at 7 B, the most that the settings allow."),
        (Ending.DISK, "The disk is full.", "The disk is full."),
    ],
)
def test_an_end_that_nobody_asked_for_is_told_and_takes_no_keyboard(
    rig: Rig, ending: Ending, message: str, sentence: str
) -> None:
    recording = rig.begin()
    recording.end(ending, message)
    rig.wait(Phase.IDLE)
    assert rig.chat.told == [("attach", recording.file.name, sentence), ("quietly",)]


def test_missing_pictures_are_told() -> None:
    result = Recorded(Ending.STOPPED, Path("a.mp4"), 0.0, 3.0, 7, 95, 5, 300, 200)
    assert words.ending(result).startswith("This machine was too slow for 5 of 100 pictures")
    assert words.ending(replace(result, delivered=100, dropped=1)) == ""


def test_what_a_dead_recorder_has_left_is_attached_with_the_reason(rig: Rig) -> None:
    recording = rig.begin()
    recording.file.write_bytes(b"a film")
    recording.events.put(HelperError(ErrorKind.WORKER, "The recorder stopped."))
    rig.wait(Phase.IDLE)
    assert rig.chat.told == [("attach", recording.file.name, "The recorder stopped."), ("quietly",)]


def test_what_cannot_be_recorded_is_told_at_once(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise HelperError(ErrorKind.USAGE, "Too small.")

    rig.services.settings.update(lambda old: replace(old, recording=replace(old.recording, countdown=3)))
    monkeypatch.setattr(rig.services, "record", refuse)
    rig.desk.begin(AREA)
    rig.wait(Phase.IDLE)
    assert rig.chat.told == [("error", "Too small.")]
    assert rig.came_back == 1
    rig.qtbot.waitUntil(lambda: not our_windows())


def test_the_tray_says_so_and_a_click_on_it_stops(rig: Rig) -> None:
    plain = rig.tray._icon.icon().cacheKey()
    recording = rig.begin()
    assert rig.tray._icon.icon().cacheKey() != plain
    assert "recorded" in rig.tray._icon.toolTip()
    visible = [action.text() for action in rig.tray.recording._menu.actions() if action.isVisible()]
    assert visible == ["&Stop, and ask about it", "&Pause", "&Discard"]
    rig.tray.recording.pause_requested.emit()
    rig.wait(Phase.PAUSED)
    rig.tray._icon.activated.emit(rig.tray._icon.ActivationReason.Trigger)
    rig.wait(Phase.IDLE)
    assert recording.told[-1] == "stop"
    assert rig.tray._icon.toolTip() == "Desktop Helper"
    visible = [action.text() for action in rig.tray.recording._menu.actions() if action.isVisible()]
    assert visible == ["A &region", "The &screen", "A &window"]


def test_a_whole_screen_leaves_no_room_and_the_bar_can_be_hidden(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = QApplication.primaryScreen().geometry()
    monkeypatch.setattr(rig.tray, "available", lambda: True)
    rig.begin(Rect(screen.x(), screen.y(), screen.width(), screen.height()))
    assert our_windows() == ["RecordingBar"]
    assert screen.contains(rig.bar.geometry())
    rig.button("Hide").click()
    assert our_windows() == []


def test_leaving_the_app_keeps_what_was_recorded(rig: Rig) -> None:
    recording = rig.begin()
    rig.desk.close()
    assert recording.told[-1] == "stop"
    assert recording.file.exists()
