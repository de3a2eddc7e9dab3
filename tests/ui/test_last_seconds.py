"""The last seconds, offscreen: when they are kept, how that is seen, and where they go. The ring is the test's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_helper.bootstrap import build_services
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Screen
from desktop_helper.core.ring import RingSpec
from desktop_helper.qt.background import Background
from desktop_helper.services import screen_lock
from desktop_helper.services.container import Services
from desktop_helper.services.paths import Paths
from desktop_helper.ui.last_seconds import desk as module
from desktop_helper.ui.last_seconds.desk import LastSecondsDesk
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.tray import Tray

SCREEN = Rect(0, 0, 800, 600)


class FakeRing:
    """Says what it was told, and ends when it is stopped."""

    def __init__(self, spec: RingSpec, on_seen: Callable[[int], None]) -> None:
        self.spec, self.on_seen = spec, on_seen
        self.covers: list[tuple[int, tuple[Rect, ...] | None]] = []
        self.taken: list[int] = []
        self.clip = b"a clip"
        self.problem: HelperError | None = None
        self._over = threading.Event()

    def follow(self) -> None:
        assert self._over.wait(20)
        if self.problem is not None:
            raise self.problem

    def cover(self, number: int, covers: tuple[Rect, ...] | None) -> None:
        self.covers.append((number, covers))

    def take(self, area: int, covers: tuple[Rect, ...] | None) -> Future[bytes]:
        self.taken.append(area)
        future: Future[bytes] = Future()
        future.set_result(self.clip)
        return future

    def stop(self) -> None:
        self._over.set()

    def fail(self, problem: HelperError) -> None:
        self.problem = problem
        self._over.set()


class FakeCapturer:
    def screens(self) -> list[Screen]:
        return [Screen(1, "one", SCREEN, primary=True)]

    def close(self) -> None:
        pass


class FakeChat:
    def __init__(self) -> None:
        self.clips: list[tuple[str, Callable[[CancelToken], bytes]]] = []
        self.errors: list[HelperError] = []

    def attach_clip(self, name: str, take: Callable[[CancelToken], bytes]) -> None:
        self.clips.append((name, take))

    def show_error(self, error: HelperError) -> None:
        self.errors.append(error)


class Rig:
    def __init__(self, qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self.qtbot, self.services = qtbot, services
        self.background, self.tray, self.chat = Background(), Tray(Theme.current("light")), FakeChat()
        self.rings: list[FakeRing] = []
        self.told: list[HelperError] = []
        self.lock: Callable[[bool], None] | None = None
        monkeypatch.setattr(services, "capture", FakeCapturer)
        monkeypatch.setattr(services, "ring", self._ring)
        monkeypatch.setattr(screen_lock, "watch", self._watch)
        self.desk = LastSecondsDesk(services, self.background, self.tray, lambda: self.chat, self.told.append)  # type: ignore[arg-type, return-value]

    def _ring(self, spec: RingSpec, on_seen: Callable[[int], None]) -> FakeRing:
        self.rings.append(FakeRing(spec, on_seen))
        return self.rings[-1]

    def _watch(self, on_change: Callable[[bool], None], cancel: CancelToken) -> None:
        self.lock = on_change
        cancel.wait(20)
        self.lock = None

    def keep(self) -> FakeRing:
        before = len(self.rings)
        self.desk.set_wanted(True)
        return self.wait(before + 1)

    def wait(self, count: int) -> FakeRing:
        self.qtbot.waitUntil(lambda: len(self.rings) == count and self.desk.kept)
        self.qtbot.waitUntil(lambda: self.icon_says("kept in memory"))
        return self.rings[-1]

    def icon_says(self, words: str) -> bool:
        return words in self.tray._icon.toolTip()

    def entry(self, words: str) -> Any:
        (found,) = [one for one in self.tray.menu.actions() if one.text().replace("&", "") == words]
        return found

    def close(self) -> None:
        self.desk.close()
        self.background.close()
        self.tray.hide()
        for part in (self.tray.menu, self.tray, self.desk, self.background):
            part.deleteLater()


@pytest.fixture
def services(tmp_path: Any) -> Iterator[Services]:
    made = build_services(Paths.below(tmp_path))
    made.prepare()
    yield made
    made.close()


@pytest.fixture
def rig(qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    made = Rig(qtbot, services, monkeypatch)
    yield made
    made.close()


def marks() -> list[QWidget]:
    title = "The last seconds of this screen are kept in memory"
    return [one for one in QApplication.topLevelWidgets() if one.windowTitle() == title and one.isVisible()]


def test_nothing_is_kept_by_default(rig: Rig) -> None:
    rig.desk.apply_settings()
    assert rig.rings == []
    assert marks() == []
    assert not rig.entry("Keep the last 30 seconds").isChecked()
    assert not rig.entry("Ask about the last 30 seconds").isVisible()


def test_that_it_is_on_is_seen_everywhere_and_nothing_is_left_of_that_when_it_is_off(rig: Rig) -> None:
    plain = rig.tray._icon.icon().cacheKey()
    ring = rig.keep()
    assert ring.spec.areas == (SCREEN,)
    assert (ring.spec.seconds, ring.spec.fps) == (30.0, 5.0)
    assert rig.tray._icon.icon().cacheKey() != plain
    assert len(marks()) == len(QApplication.screens())
    assert rig.entry("Keep the last 30 seconds").isChecked()
    assert rig.entry("Ask about the last 30 seconds").isVisible()
    rig.desk.set_wanted(False)
    assert ring._over.is_set()
    assert marks() == []
    assert not rig.icon_says("kept in memory")
    assert not rig.entry("Ask about the last 30 seconds").isVisible()


def test_the_settings_remember_it(rig: Rig) -> None:
    rig.keep()
    rig.qtbot.waitUntil(lambda: rig.services.settings.load().last_seconds.keep)
    rig.desk.set_wanted(False)
    rig.qtbot.waitUntil(lambda: not rig.services.settings.load().last_seconds.keep)


def test_other_settings_begin_it_anew_and_the_same_ones_do_not(rig: Rig) -> None:
    ring = rig.keep()
    rig.qtbot.waitUntil(lambda: rig.services.settings.current.last_seconds.keep)
    rig.desk.apply_settings()
    assert not ring._over.is_set()
    rig.services.settings.update(lambda old: replace(old, last_seconds=replace(old.last_seconds, seconds=60)))
    rig.desk.apply_settings()
    assert rig.wait(2).spec.seconds == 60
    assert ring._over.is_set()
    assert rig.entry("Keep the last 60 seconds").isChecked()


def test_it_is_told_where_our_windows_are(rig: Rig) -> None:
    ring = rig.keep()
    window = QLabel("ours")
    window.setGeometry(100, 120, 200, 50)
    rig.qtbot.addWidget(window)
    window.show()
    threading.Thread(target=ring.on_seen, args=(3,)).start()
    rig.qtbot.waitUntil(lambda: bool(ring.covers))
    ((number, covers),) = ring.covers
    assert number == 3
    assert covers is not None
    whole = window.frameGeometry()
    assert Rect(whole.x(), whole.y(), whole.width(), whole.height()) in covers
    mark = marks()[0].geometry()
    assert Rect(mark.x(), mark.y(), mark.width(), mark.height()) in covers


def test_asking_attaches_a_clip(rig: Rig) -> None:
    ring = rig.keep()
    rig.entry("Ask about the last 30 seconds").trigger()
    assert ring.taken == [0]
    ((name, take),) = rig.chat.clips
    assert name == "Last 30 seconds"
    assert take(CancelToken()) == b"a clip"


def test_asking_too_early_or_when_nothing_is_kept_says_so(rig: Rig) -> None:
    rig.desk.ask()
    assert rig.chat.errors[0].fix
    rig.keep().clip = b""
    rig.desk.ask()
    with pytest.raises(HelperError, match="Nothing of the last seconds"):
        rig.chat.clips[0][1](CancelToken())


@pytest.mark.timed
def test_who_takes_the_attachment_away_is_not_kept_waiting(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = rig.keep()
    monkeypatch.setattr(ring, "take", lambda _area, _covers: Future())
    rig.desk.ask()
    cancel, begun = CancelToken(), time.monotonic()
    threading.Timer(0.2, cancel.cancel).start()
    with pytest.raises(HelperError) as caught:
        rig.chat.clips[0][1](cancel)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert time.monotonic() - begun < 2


def test_settings_that_are_saved_meanwhile_do_not_undo_what_the_tray_was_told(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    update, go = rig.services.settings.update, threading.Event()
    monkeypatch.setattr(rig.services.settings, "update", lambda change: (go.wait(10), update(change))[1])
    rig.keep()
    rig.desk.apply_settings()  # of another page; the file does not say yet that they are wanted
    assert rig.desk.kept
    go.set()
    rig.qtbot.waitUntil(lambda: rig.services.settings.current.last_seconds.keep)
    rig.qtbot.waitUntil(lambda: not rig.desk._saving)
    rig.desk.apply_settings()
    assert rig.desk.kept


def test_a_lock_ends_it_and_it_begins_anew_when_the_user_is_back(rig: Rig) -> None:
    ring = rig.keep()
    rig.qtbot.waitUntil(lambda: rig.lock is not None)
    assert rig.lock is not None
    rig.lock(True)
    rig.qtbot.waitUntil(ring._over.is_set)
    assert not rig.desk.kept
    assert marks() == []
    assert rig.entry("Keep the last 30 seconds").isChecked(), "it is still wanted"
    rig.lock(False)
    rig.wait(2)


def test_it_is_never_on_where_nothing_could_show_it(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "can_be_placed", lambda: False)
    rig.desk.set_wanted(True)
    rig.desk.ask()
    assert rig.rings == []
    assert "nothing could show" in rig.chat.errors[0].message
    monkeypatch.setattr(rig.tray, "available", lambda: True)
    rig.tray.availability_changed.emit(True)
    ring = rig.wait(1)
    monkeypatch.setattr(rig.tray, "available", lambda: False)
    rig.tray.availability_changed.emit(False)
    assert ring._over.is_set()
    assert not rig.desk.kept


def test_nobody_watches_for_locks_when_it_is_off(rig: Rig) -> None:
    rig.keep()
    rig.qtbot.waitUntil(lambda: rig.lock is not None)
    rig.desk.set_wanted(False)
    rig.qtbot.waitUntil(lambda: rig.lock is None)


def test_if_it_breaks_off_that_is_told_and_it_can_be_switched_on_again(rig: Rig) -> None:
    rig.keep().fail(HelperError(ErrorKind.WORKER, "It stopped.", "Again."))
    rig.qtbot.waitUntil(lambda: bool(rig.told))
    assert not rig.desk.kept
    assert not rig.entry("Keep the last 30 seconds").isChecked()
    assert marks() == []
    rig.keep()


def test_a_lock_that_is_told_too_late_does_not_keep_it_off(rig: Rig) -> None:
    rig.keep()
    rig.qtbot.waitUntil(lambda: rig.lock is not None)
    lock = rig.lock
    assert lock is not None
    rig.desk.set_wanted(False)
    lock(True)
    QApplication.processEvents()
    rig.qtbot.waitUntil(lambda: rig.lock is None)
    rig.keep()


def test_other_screens_begin_it_anew(rig: Rig) -> None:
    ring = rig.keep()
    QApplication.primaryScreen().geometryChanged.emit(QApplication.primaryScreen().geometry())
    rig.wait(2)
    assert ring._over.is_set()
