"""Watches the region that the user chose, shows that, and asks their question when there is something new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from desktop_helper.core import trace
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.protocols import Frame
from desktop_helper.core.watch import Rule, WatchSpec
from desktop_helper.qt import screens
from desktop_helper.qt.background import Background
from desktop_helper.qt.capture_exclusion import exclude
from desktop_helper.qt.running_answers import RunningAnswer
from desktop_helper.services import screen_lock
from desktop_helper.services.container import Services
from desktop_helper.services.model_room import blind_model, most_pictures
from desktop_helper.services.question_saver import Talk
from desktop_helper.services.screen_settings import WatchSettings
from desktop_helper.services.settings import Settings
from desktop_helper.services.watch_budget import Budget, Limits, WatchEnd
from desktop_helper.ui.area_desk import AreaDesk
from desktop_helper.ui.own_windows import own_areas
from desktop_helper.ui.recording import places
from desktop_helper.ui.recording.edge import RegionEdge
from desktop_helper.ui.tray import Tray
from desktop_helper.ui.watch import words
from desktop_helper.ui.watch.bar import WatchBar
from desktop_helper.ui.watch.setup import WatchSetup

if TYPE_CHECKING:
    from desktop_helper.services.watch import Watch
    from desktop_helper.ui.chat import Chat

LOOK_MS = 1000  # how often the bar looks at the clock


class _Run:
    """One watch, from its start to its end."""

    def __init__(self, wanted: WatchSettings) -> None:
        self.question = wanted.question or words.usual_question()
        self.limits = Limits(wanted.questions, float(wanted.minutes), wanted.tokens)
        self.budget = Budget(self.limits)
        self.talk = Talk()
        self.watch: Watch | None = None
        self.before: Frame | None = None  # goes with the first question, which could not be answered without
        self.news: Frame | None = None  # what is to be asked about next
        self.asking: tuple[MediaPart, ...] = ()


class WatchDesk(AreaDesk):
    """One region at a time.

    Args:
        services: settings, and the process that looks.
        background: follows it.
        tray: tells about the end, and can bring it about.
        chat: whose answers they are.
        come_back: shows the windows again that stepped aside for the choice.
        tell: says what went wrong behind the user's back.
    """

    _seen = Signal(object, int)
    _pictured = Signal(object, object, bool)
    _locked_changed = Signal(object, bool)

    def __init__(
        self,
        services: Services,
        background: Background,
        tray: Tray,
        chat: Callable[[], Chat],
        come_back: Callable[[], None],
        tell: Callable[[HelperError], None],
    ) -> None:
        super().__init__()
        self._services, self._background, self._tray = services, background, tray
        self._chat, self._come_back, self._tell = chat, come_back, tell
        self._run: _Run | None = None
        self._cancels: list[CancelToken] = []
        self._edge: RegionEdge | None = None
        self._setup: WatchSetup | None = None
        self._bar: WatchBar | None = None
        self._locked = self._listening = False
        self._look = QTimer(self, interval=LOOK_MS, timerType=Qt.TimerType.CoarseTimer)
        self._look.timeout.connect(self._on_look)
        for signal, slot in ((self._seen, self._on_seen), (self._pictured, self._on_pictured)):
            signal.connect(slot, Qt.ConnectionType.QueuedConnection)
        self._locked_changed.connect(self._on_locked, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether a region is watched, or is about to be."""
        return self._run is not None or self._setup is not None

    def begin(self, area: Rect) -> None:
        """Ask what is wanted of `area` of the desktop, then watch it."""
        if self.running:
            self._come_back()
            return
        screen = screens.showing(area) or QGuiApplication.primaryScreen()
        region = places.logical(area, screens.physical_rect(screen), screen.devicePixelRatio())
        self._setup = setup = WatchSetup(self._services.settings.current.watch, self._refused())
        setup.started.connect(partial(self._start, area, region, screen))
        setup.cancelled.connect(self.stop)
        if not _place(setup, region, screen).inside:  # else the frame would lie over it
            self._show_edge(region, screen, "dim")
        setup.present()
        self._tray.show_watching(True)

    def _refused(self) -> str:
        model = blind_model(self._services)
        return tr("{model} takes no pictures: choose a model that sees in Settings.", model=model) if model else ""

    def stop(self) -> bool:
        """End it; an answer that is written goes on. Returns whether there was anything."""
        was = self.running
        self._leave()
        return was

    def close(self) -> None:
        """The app is left."""
        self._come_back = _nothing
        self._leave()

    # --- on the background's threads ---

    def _follow(self, run: _Run, spec: WatchSpec, cancel: CancelToken) -> None:
        watch = self._services.watch(spec, partial(self._seen.emit, run), partial(self._pictured.emit, run))
        run.watch = watch
        cancel.on_cancel(watch.stop)
        watch.follow()

    # --- on the UI thread ---

    def _start(self, area: Rect, region: Rect, screen: QScreen, wanted: WatchSettings) -> None:
        self._put_card_away()
        self._remember(wanted)
        self._run = run = _Run(wanted)
        self._bar = bar = WatchBar(run.question, run.limits)
        bar.stop_requested.connect(self.stop)
        bar.answers_requested.connect(self._show_answers)
        _place(bar, region, screen)
        bar.show()
        exclude(bar)
        self._show_edge(region, screen, "accent")
        spec = WatchSpec(area, Rule(wanted.rule))
        follow = self._background.run(partial(self._follow, run, spec), _ignore, partial(self._on_failed, run))
        locked = partial(self._locked_changed.emit, run)
        locks = self._background.run(partial(screen_lock.watch, locked), _ignore, _ignore)
        self._cancels = [follow, locks]
        self._listen()
        self._look.start()

    def _put_card_away(self) -> None:
        """Our other windows come back now: before, they could have taken the keyboard from it."""
        if self._setup is not None:
            self._setup.dispose()
            self._setup = None
            self._come_back()

    def _show_edge(self, region: Rect, screen: QScreen, role: str) -> None:
        if self._edge is None:
            self._edge = RegionEdge(region, screen, tr("Frame around what is watched"))
        self._edge.set_role(role)

    def _listen(self) -> None:
        if not self._listening:
            self._listening = True
            self._chat().aside.over.connect(self._on_over)

    def _remember(self, wanted: WatchSettings) -> None:
        def change(settings: Settings) -> Settings:
            return replace(settings, watch=wanted)

        self._background.run(lambda _cancel: self._services.settings.update(change), _ignore, self._tell)

    def _on_seen(self, run: _Run, number: int) -> None:
        if run is not self._run or run.watch is None:
            return
        run.watch.cover(number, self._covers())

    def _covers(self) -> tuple[Rect, ...] | None:
        # On Wayland nobody knows where our windows are; the bar is always there, so they cannot all be waited for.
        return None if self._locked else own_areas() or ()

    def _on_pictured(self, run: _Run, frame: Frame, news: bool) -> None:
        if run is not self._run:
            return
        trace.instant("watch:news" if news else "watch:began")
        if news:
            run.news = frame
            self._ask()
        else:
            run.before = frame

    def _ask(self) -> None:
        """About the newest picture, as soon as the one before is answered."""
        run = self._run
        if run is None or run.news is None or not run.budget.ask():
            return
        both = run.before is not None and most_pictures(self._services) != 1
        frames = [(tr("Region, before"), run.before)] if both and run.before is not None else []
        frames.append((tr("Region"), run.news))
        run.before = run.news = None
        self._show_state()
        self._encode(run, frames, ())

    def _encode(self, run: _Run, frames: list[tuple[str, Frame]], done: tuple[MediaPart, ...]) -> None:
        if run is not self._run:
            return
        if not frames:
            run.asking = done
            self._chat().aside.ask(run.talk, run.question, done)
            return
        (name, frame), *others = frames
        self._chat().encode(
            frame, name, lambda parts: self._encode(run, others, (*done, *parts)), partial(self._on_failed, run)
        )

    def _on_over(self, outcome: RunningAnswer | HelperError | None) -> None:
        run = self._run
        if run is None or not run.budget.answering:
            return
        run.budget.answered(_tokens(outcome, run) if isinstance(outcome, RunningAnswer) else 0)
        if isinstance(outcome, HelperError):
            self._on_failed(run, outcome)
            return
        if outcome is None:
            self._finish(run, WatchEnd.FAILED)
            return
        self._show_state()
        if (end := run.budget.end) is not None:
            self._finish(run, end)
        else:
            self._ask()

    def _on_failed(self, run: _Run, error: HelperError) -> None:
        if run is self._run:
            self._finish(run, WatchEnd.FAILED)
            self._tell(error)

    def _on_look(self) -> None:
        run = self._run
        if run is None:
            return
        self._show_state()
        if run.budget.end is not None and not run.budget.answering:
            self._finish(run, run.budget.end)

    def _on_locked(self, run: _Run, locked: bool) -> None:
        """What is shown then is not what was chosen."""
        if run is not self._run:
            return
        self._locked = locked
        if run.watch is not None:
            run.watch.cover(0, self._covers())  # no picture need have changed: there may be none now

    def _show_state(self) -> None:
        if self._run is not None and self._bar is not None:
            budget = self._run.budget
            self._bar.show_state(budget.asked, budget.left_s, answering=budget.answering)

    def _show_answers(self) -> None:
        if self._run is not None:
            self._chat().show_conversation(self._run.talk)

    def _finish(self, run: _Run, end: WatchEnd) -> None:
        self._leave()
        if sentence := words.ending(end):
            show = partial(self._chat().show_conversation, run.talk) if run.talk.number is not None else None
            self._tray.notify(tr("The region is no longer watched"), sentence, show)

    def _leave(self) -> None:
        self._look.stop()
        if self._run is not None and self._listening:
            self._chat().aside.forget()
        self._run, self._locked = None, False
        for cancel in self._cancels:
            cancel.cancel()
        self._cancels = []
        self._put_card_away()
        if self._bar is not None:
            self._bar.hide()
            self._bar.deleteLater()
        if self._edge is not None:
            self._edge.close()
        self._bar = self._edge = None
        self._tray.show_watching(False)


def _tokens(answer: RunningAnswer, run: _Run) -> int:
    """What it took, as far as the server tells; else what the pictures alone take."""
    usage = answer.so_far.usage
    if usage is not None and usage.prompt_tokens is not None:
        return usage.prompt_tokens + (usage.completion_tokens or 0)
    return sum(part.tokens for part in run.asking if isinstance(part, ImagePart))


def _place(window: QWidget, region: Rect, screen: QScreen) -> places.Place:
    others = [other for other in QGuiApplication.screens() if other is not screen]
    free = [_rect(each) for each in (screen, *others)]
    place = places.bar(region, (window.width(), window.height()), free)
    window.move(place.x, place.y)
    return place


def _rect(screen: QScreen) -> Rect:
    free = screen.availableGeometry()
    return Rect(free.x(), free.y(), free.width(), free.height())


def _nothing() -> None:
    """Nobody comes back any more."""


def _ignore(_outcome: object) -> None:
    """Nobody waits for it."""
