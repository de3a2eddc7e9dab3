"""Keeps the last seconds of every screen in memory while the user wants that, shows it, and hands them to the chat."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.ring import RingSpec
from desktop_helper.qt import screens
from desktop_helper.qt.background import Background
from desktop_helper.services import screen_lock
from desktop_helper.services.container import Services
from desktop_helper.services.settings import Settings
from desktop_helper.ui.last_seconds.mark import Marks
from desktop_helper.ui.own_windows import own_areas
from desktop_helper.ui.recording.edge import can_be_placed
from desktop_helper.ui.tray import Tray

if TYPE_CHECKING:
    from desktop_helper.core.protocols import Screen
    from desktop_helper.services.ring import Ring
    from desktop_helper.ui.chat import Chat

SCREENS_SETTLE_MS = 500  # a change of the screens comes in several signals
HEED_S = 0.1  # between two looks whether anybody still wants it
TAKE_S = 20.0  # within which a clip is there, on the slowest machine


class _Run:
    """One ring, from when it is wanted until it has ended."""

    def __init__(self) -> None:
        self.ring: Ring | None = None
        self.screens: Sequence[Screen] = ()


class LastSecondsDesk(QObject):
    """Nothing is kept unless the settings say so, and then the tray's icon and a mark on each screen show it.

    It ends when the session is locked, and begins anew when the user is back; when the app ends, however that happens,
    the process that keeps the pictures ends with it.

    Args:
        services: settings and the ring.
        background: follows the ring, and waits for locks.
        tray: shows what is kept.
        chat: gets a clip.
        tell: says what went wrong behind the user's back.
    """

    _seen = Signal(object, int)
    _began = Signal(object)
    _locked_changed = Signal(object, bool)

    def __init__(
        self,
        services: Services,
        background: Background,
        tray: Tray,
        chat: Callable[[], Chat],
        tell: Callable[[HelperError], None],
    ) -> None:
        super().__init__()
        self._services, self._background, self._tray = services, background, tray
        self._chat, self._tell = chat, tell
        self._run: _Run | None = None
        self._cancel: CancelToken | None = None
        self._lock_watch: CancelToken | None = None
        self._marks: Marks | None = None
        self._locked = self._failed = False
        self._saving = 0  # changes of the settings that are on their way
        self._settings = services.settings.current.last_seconds
        self._settle = QTimer(self, singleShot=True, interval=SCREENS_SETTLE_MS)
        self._settle.timeout.connect(self._restart)
        for signal, slot in ((self._seen, self._on_seen), (self._began, self._on_began)):
            signal.connect(slot, Qt.ConnectionType.QueuedConnection)
        self._locked_changed.connect(self._on_locked, Qt.ConnectionType.QueuedConnection)
        tray.last_seconds.requested.connect(self.ask)
        tray.availability_changed.connect(self._restart)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._on_screen_added)
        app.screenRemoved.connect(self._settle.start)
        for screen in QGuiApplication.screens():
            screen.geometryChanged.connect(self._settle.start)
        self._show()

    @property
    def kept(self) -> bool:
        """Whether anything is kept now."""
        return self._run is not None and self._run.ring is not None

    def apply_settings(self) -> None:
        """Do what they say now."""
        before, self._settings = self._settings, self._services.settings.current.last_seconds
        if self._saving:  # what the tray's menu was told holds already, and will be in the settings, too
            self._settings = replace(self._settings, keep=before.keep)
        if before != self._settings:
            self._failed = False
            self._end()
        self._go_on()

    def set_wanted(self, wanted: bool) -> None:
        """Keep them from now on, or no longer; the settings remember it."""
        self._failed = False
        self._settings = replace(self._settings, keep=wanted)
        self._end()
        self._go_on()

        def change(settings: Settings) -> Settings:
            return replace(settings, last_seconds=replace(settings.last_seconds, keep=wanted))

        def saved(_settings: object) -> None:
            self._saving -= 1

        def failed(error: HelperError) -> None:
            self._saving -= 1
            self._tell(error)

        self._saving += 1
        self._background.run(lambda _cancel: self._services.settings.update(change), saved, failed)

    def refusal(self) -> HelperError | None:
        """Why there is nothing to ask about; None if there is."""
        return None if self.kept else self._not_kept()

    def ask(self) -> None:
        """What is kept of the screen that the mouse is on, until now, becomes an attachment of the next question."""
        run = self._run
        if run is None or run.ring is None:
            self._chat().show_error(self._not_kept())
            return
        known = run.screens
        source = screens.source_of(screens.screen_under_cursor(), known)
        area = known.index(source) if source is not None else 0
        future = run.ring.take(area, own_areas())  # before the window opens
        name = tr("Last {seconds} seconds", seconds=self._settings.seconds)
        self._chat().attach_clip(name, partial(_taken, future))

    def close(self) -> None:
        """The app is left: nothing is kept any more."""
        self._settle.stop()
        self._settle.timeout.disconnect(self._restart)  # screens that change from now on are nobody's
        self._settings = replace(self._settings, keep=False)
        self._end()
        self._watch_locks(False)

    # --- on the background's threads ---

    def _keep(self, run: _Run, cancel: CancelToken) -> None:
        capturer = self._services.capture()
        try:
            run.screens = capturer.screens()
        finally:
            capturer.close()
        wanted = self._settings
        spec = RingSpec(
            tuple(screen.rect for screen in run.screens),
            float(wanted.seconds),
            float(wanted.fps),
            self._services.settings.current.recording.pointer,
        )
        ring = self._services.ring(spec, partial(self._seen.emit, run))
        run.ring = ring
        cancel.on_cancel(ring.stop)
        self._began.emit(run)
        ring.follow()

    # --- on the UI thread ---

    def _go_on(self) -> None:
        """Begin if it is wanted and does not run yet."""
        wanted = self._settings.keep and not self._failed and self._can_be_seen()
        self._watch_locks(wanted)
        if wanted and not self._locked and self._run is None:
            self._run = run = _Run()
            self._cancel = self._background.run(
                partial(self._keep, run), done=lambda _none: self._on_ended(run), failed=partial(self._on_failed, run)
            )
        self._show()

    def _end(self) -> None:
        cancel, self._cancel, self._run = self._cancel, None, None
        if cancel is not None:
            cancel.cancel()
        self._show()

    def _can_be_seen(self) -> bool:
        """Whether anything can show that it is on: it is never on without that."""
        return can_be_placed() or self._tray.available()

    def _restart(self, *_: object) -> None:
        """The screens are others now, or the tray has come or gone."""
        self._end()
        self._go_on()

    def _show(self) -> None:
        settings = self._settings
        wanted = settings.keep and not self._failed
        self._tray.show_last_seconds(wanted=wanted, kept=self.kept, seconds=settings.seconds)
        if self.kept and self._marks is None:
            self._marks = Marks()
        elif not self.kept and self._marks is not None:
            self._marks.close()
            self._marks = None

    def _on_began(self, run: _Run) -> None:
        if run is self._run:
            self._show()

    def _on_seen(self, run: _Run, number: int) -> None:
        if run is self._run and run.ring is not None:
            run.ring.cover(number, own_areas())

    def _on_ended(self, run: _Run) -> None:
        if run is self._run:
            self._end()

    def _on_failed(self, run: _Run, error: HelperError) -> None:
        if run is self._run:
            self._failed = True
            self._end()
            self._watch_locks(False)
            self._tell(error)

    def _on_screen_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._settle.start)
        self._settle.start()

    def _on_locked(self, told_by: CancelToken, locked: bool) -> None:
        if told_by is not self._lock_watch:
            return  # nobody waits for that any more
        self._locked = locked
        if locked:
            self._end()
        else:
            self._go_on()

    def _watch_locks(self, wanted: bool) -> None:
        if wanted and self._lock_watch is None:
            self._lock_watch = self._background.run(
                lambda cancel: screen_lock.watch(partial(self._locked_changed.emit, cancel), cancel),
                lambda _none: None,
                lambda _error: None,
            )
        elif not wanted and self._lock_watch is not None:
            self._lock_watch.cancel()
            self._lock_watch, self._locked = None, False

    def _not_kept(self) -> HelperError:
        if not self._can_be_seen():
            return HelperError(
                ErrorKind.CAPTURE,
                tr("The last seconds are not kept, since nothing could show here that they are."),
                tr("Add a tray to your panel; under X11 a mark at the edge of the screen would do."),
            )
        return HelperError(
            ErrorKind.CAPTURE,
            tr("The last seconds of the screen are not kept, so there is nothing to ask about."),
            tr("Switch it on in the tray's menu or in Settings, “Recordings”; from then on you can ask."),
        )


def _taken(future: Future[bytes], cancel: CancelToken) -> bytes:
    until = time.monotonic() + TAKE_S
    while not future.done() and time.monotonic() < until:
        wait([future], HEED_S)
        cancel.raise_if_cancelled()
    clip = future.result() if future.done() else b""
    if not clip:
        raise HelperError(
            ErrorKind.CAPTURE,
            tr("Nothing of the last seconds has been kept yet."),
            tr("Ask again in a moment. Under Wayland nothing is kept while a window of ours is shown."),
        )
    return clip
