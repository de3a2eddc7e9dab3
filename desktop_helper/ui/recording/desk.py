"""Records what the user chose, shows that, and hands the video to the chat."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QGuiApplication, QScreen

from desktop_helper.core.errors import HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.recording import Ending, Recorded, even
from desktop_helper.qt import screens
from desktop_helper.qt.background import Background
from desktop_helper.qt.capture_exclusion import exclude
from desktop_helper.services import recordings
from desktop_helper.services.container import Services
from desktop_helper.services.recording_run import RecordingRun
from desktop_helper.ui.announce import announce
from desktop_helper.ui.area_desk import AreaDesk
from desktop_helper.ui.countdown import Countdown
from desktop_helper.ui.own_windows import faded_ms
from desktop_helper.ui.recording import places, words
from desktop_helper.ui.recording.bar import RecordingBar
from desktop_helper.ui.recording.edge import RegionEdge, can_be_placed
from desktop_helper.ui.recording.hold import Hold
from desktop_helper.ui.recording.phase import Phase
from desktop_helper.ui.tray import Tray

if TYPE_CHECKING:
    from desktop_helper.services.recording import Recording
    from desktop_helper.ui.chat import Chat

LOOK_MS = 250  # how often the bar looks at how far it is
MB = 1_000_000
_ROLES = {Phase.WAITING: "accent", Phase.RECORDING: "bad", Phase.PAUSED: "dim", Phase.FINISHING: "dim"}


class RecordingDesk(AreaDesk):
    """One recording at a time. Our other windows stay aside until it is over: they would be in the picture.

    Args:
        services: settings, folder and recorder.
        background: follows the recorder.
        tray: shows that it records, and can stop it.
        chat: gets the video.
        come_back: shows the windows again that stepped aside for the choice.
    """

    purpose = "record"

    def __init__(
        self,
        services: Services,
        background: Background,
        tray: Tray,
        chat: Callable[[], Chat],
        come_back: Callable[[], None],
    ) -> None:
        super().__init__()
        self._services, self._background, self._tray = services, background, tray
        self._chat, self._come_back = chat, come_back
        self._phase = Phase.IDLE
        self._run = RecordingRun(self._refuse)
        self._file: Path | None = None
        self._edge: RegionEdge | None = None
        self._bar: RecordingBar | None = None
        self._countdown: Countdown | None = None
        self._region = Rect(0, 0, 0, 0)
        self._asking = False  # the desktop asks the user what it may share
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._on_look)
        self._hold = Hold(self)
        tray.recording.stop_requested.connect(self.stop)
        tray.recording.pause_requested.connect(self.pause)
        tray.recording.discard_requested.connect(self.discard)

    @property
    def phase(self) -> Phase:
        """What goes on."""
        return self._phase

    def begin(self, area: Rect) -> None:
        """Record `area` of the desktop, after the countdown. The recorder gets ready meanwhile."""
        if self._phase is not Phase.IDLE:
            return
        self._file = None
        screen = screens.showing(area) or QGuiApplication.primaryScreen()
        area = even(area, screens.physical_rect(screen))
        self._run = RecordingRun(partial(self._open, area))
        self._run.pause()
        self._background.run(self._run.work, done=self._on_recorded, failed=self._on_failed)
        region = places.logical(area, screens.physical_rect(screen), screen.devicePixelRatio())
        self._edge = RegionEdge(region, screen)
        self._region, self._asking = region, False
        self._show_bar(region, screen)
        self._enter(Phase.WAITING)
        self._look.start()
        self._get_ready()

    def stop(self) -> bool:
        """End it: the video goes to the chat. While it still counts down, nothing is kept. Returns if there was one."""
        if self._phase is Phase.WAITING:
            self.discard()
        elif self._phase in (Phase.RECORDING, Phase.PAUSED):
            self._run.stop()
            self._enter(Phase.FINISHING)
        return self._phase is not Phase.IDLE

    def pause(self) -> None:
        """Record nothing for a while, or go on."""
        if self._phase is Phase.RECORDING:
            self._run.pause()
            self._enter(Phase.PAUSED)
        elif self._phase is Phase.PAUSED:
            self._run.resume()
            self._enter(Phase.RECORDING)

    def hold(self, then: Callable[[], None]) -> None:
        """`then` lets the overlay cover the screens: the video shows what was there before, until `go_on`."""
        if self._phase is Phase.IDLE:
            then()
            return
        self._hold.begin(self._run, then, wait=self._phase is Phase.RECORDING)

    def go_on(self) -> None:
        """The overlay has gone."""
        if self._phase is not Phase.IDLE:
            self._hold.end(self._run)

    def discard(self) -> None:
        """End it and delete the file."""
        if self._phase not in (Phase.IDLE, Phase.FINISHING):
            self._run.discard()
            self._enter(Phase.FINISHING)

    def close(self) -> None:
        """The app is left: what was recorded is kept, in its folder."""
        if self._phase is Phase.WAITING:
            self._run.discard()
        else:
            self._run.stop()
        self._leave()
        if self._countdown is not None:
            self._countdown.deleteLater()

    # --- on the background's thread ---

    def _open(self, area: Rect) -> Recording:
        wanted, folder = self._services.settings.current.recording, self._services.paths.recordings_dir
        recordings.tidy_up(folder, wanted.keep_days)
        self._file = recordings.new_file(Path(wanted.folder).expanduser() if wanted.folder.strip() else folder)
        return self._services.record(
            area,
            self._file,
            fps=float(wanted.fps),
            seconds=wanted.max_minutes * 60.0 or None,
            max_bytes=wanted.max_mb * MB or None,
            pointer=wanted.pointer,
            microphone=wanted.microphone,
            system_sound=wanted.system_sound,
        )

    @staticmethod
    def _refuse() -> Recording:
        raise RuntimeError("nothing has been chosen")

    # --- until it begins ---

    def _get_ready(self) -> None:
        seconds = self._services.settings.current.recording.countdown
        if seconds:
            self._count(seconds, self._region)
        else:
            self._settle()

    def _count(self, seconds: int, region: Rect) -> None:
        if self._countdown is None:
            self._countdown = Countdown(recording=True)
            self._countdown.cancelled.connect(self.discard)
        middle = QPoint(region.x + region.width // 2, region.y + region.height // 2)
        self._countdown.start(seconds, self._settle, middle if can_be_placed() else None)

    def _settle(self) -> None:
        QTimer.singleShot(faded_ms(), self, self._start)

    def _start(self) -> None:
        if self._phase is Phase.WAITING and not self._asking:
            self._run.resume()
            self._enter(Phase.RECORDING)

    # --- while it runs ---

    def _show_bar(self, region: Rect, screen: QScreen) -> None:
        wanted = self._services.settings.current.recording.microphone
        self._bar = bar = RecordingBar(can_hide=self._tray.available() or not can_be_placed(), microphone=wanted)
        bar.stop_requested.connect(self.stop)
        bar.pause_requested.connect(self.pause)
        bar.discard_requested.connect(self.discard)
        others = [other for other in QGuiApplication.screens() if other is not screen]
        free = [_rect(each) for each in (screen, *others)]
        place = places.bar(region, (bar.width(), bar.height()), free)
        bar.move(place.x, place.y)
        bar.show()
        if not exclude(bar) and (place.inside or not can_be_placed()):
            bar.show_inside()
            width = bar.width()
            bar.move(places.bar(region, (width, bar.height()), free).x, place.y)

    def _enter(self, phase: Phase) -> None:
        if phase is Phase.FINISHING and self._countdown is not None:
            self._countdown.stop()
        before, self._phase = self._phase, phase
        self._tray.show_recording(phase)
        if self._bar is not None:
            self._bar.show_phase(phase)
            if phase is Phase.PAUSED:
                announce(self._bar, tr("The recording is paused."))
            elif phase is Phase.RECORDING:
                began = before is Phase.WAITING
                announce(self._bar, tr("The recording has begun.") if began else tr("The recording goes on."))
            self._on_look()
        if self._edge is not None:
            self._edge.set_role(_ROLES[phase])

    def _on_look(self) -> None:
        asking = self._run.is_waiting
        if self._phase is Phase.WAITING and asking is not self._asking:
            self._on_asking(asking)
        elif self._phase is Phase.RECORDING and asking and self._bar is not None:
            self._bar.show_asking()  # nobody counted, so it begins with the answer
        progress = self._run.progress
        if self._bar is not None and progress is not None:
            self._bar.show_progress(progress)

    def _on_asking(self, asking: bool) -> None:
        """The desktop's question is in front, or it has been answered: the user gets ready anew."""
        self._asking = asking
        if asking and self._countdown is not None:
            self._countdown.stop()
        if self._bar is not None and asking:
            self._bar.show_asking()
            announce(self._bar, tr("Choose what to share…"))
        elif self._bar is not None:
            self._bar.show_phase(Phase.WAITING)
            self._get_ready()

    # --- when it is over ---

    def _leave(self) -> None:
        self._look.stop()
        self._hold.stop()
        self._phase = Phase.IDLE
        self._tray.show_recording(Phase.IDLE)
        if self._countdown is not None:
            self._countdown.stop()
        if self._edge is not None:
            self._edge.close()
        if self._bar is not None:
            self._bar.hide()
            self._bar.deleteLater()
        self._edge = self._bar = None

    def _on_recorded(self, result: Recorded) -> None:
        self._leave()
        self._come_back()
        if result.file is not None:
            self._hand_over(result.file, words.ending(result), asked_for=result.ending is Ending.STOPPED)

    def _on_failed(self, error: HelperError) -> None:
        expected = self._phase in (Phase.WAITING, Phase.FINISHING)
        self._leave()
        self._come_back()
        if self._file is not None and self._file.exists():
            self._hand_over(self._file, str(error), asked_for=expected)
        elif expected:
            self._chat().show_error(error)
        elif not self._tray.notify(tr("Something went wrong"), str(error)):
            self._chat().window.present_quietly()
            self._chat().window.composer.show_error(error)

    def _hand_over(self, file: Path, sentence: str, *, asked_for: bool) -> None:
        """To the question field. Who ended it is about to ask; else nobody's keyboard is taken."""
        chat = self._chat()
        chat.attach_file(file, sentence)
        if asked_for:
            chat.open()
        else:
            chat.window.present_quietly()
            self._tray.notify(tr("The recording has ended"), sentence)


def _rect(screen: QScreen) -> Rect:
    free = screen.availableGeometry()
    return Rect(free.x(), free.y(), free.width(), free.height())
