"""Asks the user for a part of the screen: grab first, then show the frozen picture, then let them choose.

picker = RegionPicker(services.capture(), max_image_tokens=lambda: profile.max_image_tokens)
picker.picked.connect(attach)    # attach(frame, name): the exact pixels, and what they show
picker.open("region")
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from desktop_helper.core import trace
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.image_tokens import REMOTE_MAX_TOKENS
from desktop_helper.core.protocols import Capturer, Frame, Screen, WindowInfo
from desktop_helper.qt import screens
from desktop_helper.qt.x11_focus import X11Focus
from desktop_helper.qt.x11_freeze import X11Freezer
from desktop_helper.services import pictures
from desktop_helper.ui.ask_here.line import Offer
from desktop_helper.ui.overlay_painting import DIM
from desktop_helper.ui.overlay_window import OverlayWindow

_SETTLE_MS = 50  # a monitor that is plugged in changes several things one after the other


class RegionPicker(QObject):
    """One overlay per screen, made as soon as the event loop is idle, so that the first opening is quick too.

    Args:
        capturer: takes the pictures; closed with the picker.
        parent: owner.
        live: whether a picture may be taken ahead of time, see `CaptureSource`.
        max_image_tokens: what the model takes, asked at each opening.
        hold_first: whether a region is held before it is taken, asked at each opening.
        offer: whether and how a question may be typed at the region, asked at each opening.

    Signals:
        picked: a `Frame`, the exact pixels that were chosen, and what they show (a window's title is untrusted).
        asked: the same as `picked` with a question, and whether it is to be answered at the region.
        cancelled: the user changed their mind.
        deed: `copy`, `read`, `save` or `pin`, a `Frame` and what it shows: they want that instead of a question.
        later: they want to choose in so many seconds.
        shown, hidden: the overlay is on the screen; it has gone, or never came.
        screens_changed: monitors came, went or changed, and the overlay fits them again.
    """

    picked = Signal(object, str)
    asked = Signal(object, str, str, bool)
    cancelled = Signal()
    deed = Signal(str, object, str)
    later = Signal(int)
    shown = Signal()
    hidden = Signal()
    screens_changed = Signal()

    def __init__(
        self,
        capturer: Capturer,
        parent: QObject | None = None,
        *,
        live: bool = True,
        max_image_tokens: Callable[[], int] = lambda: REMOTE_MAX_TOKENS,
        hold_first: Callable[[], bool] = lambda: False,
        offer: Callable[[], Offer | None] = lambda: None,
    ) -> None:
        super().__init__(parent)
        self._capturer = capturer
        self._live = live
        self._max_image_tokens = max_image_tokens
        self._hold_first = hold_first
        self._offer = offer
        self._overlays: dict[QScreen, OverlayWindow] = {}
        self._sources: dict[QScreen, Screen] = {}
        self._current: QScreen | None = None  # the screen that was under the mouse, while the overlay is open
        self._last: Rect | None = None  # the region or window that was taken last, on the desktop
        self._area_for = ""  # what is chosen is not asked about: see `open`
        self._opened_us = 0
        self._closed = False
        self._focus = X11Focus()
        self._freezer = X11Freezer(DIM)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._rebuild)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._on_screens_changed)
            app.screenRemoved.connect(self._on_screens_changed)
        for screen in QGuiApplication.screens():
            self._watch(screen)
        QTimer.singleShot(0, self, self.warm_up)

    @property
    def is_open(self) -> bool:
        """Whether the overlay is shown."""
        return self._current is not None

    def warm_up(self) -> None:
        """Do everything now that the first opening would have to do. Does nothing where capture is impossible."""
        if self._closed:
            return
        try:
            with trace.span("overlay:warm-up"):
                self._prepare()
                self._focus.warm_up()
                # Memory that was never used is slow the first time, on the server's side too.
                for screen, overlay in self._overlays.items():
                    if not self._freezer.rehearse(int(overlay.winId())) and self._live:
                        corner = self._sources[screen].rect
                        self._capturer.grab(Rect(corner.x, corner.y, 1, 1))
        except HelperError:
            self._drop()  # `open` tries again and tells the user

    def open(self, mode: str = "region", *, area_for: str = "") -> None:
        """Freeze the screens and let the user choose.

        Args:
            mode: `region` takes a region, a window or the screen; `window` only windows (and, by Enter, the screen);
                `screen` takes the screen under the mouse at once, `screens` all of them; `repeat` takes the last region
                again, at once, and lets one be chosen where there is none.
            area_for: what is chosen is not asked about: only the place matters, for what `record` or `watch` does with
                it, or the `text` in it will be copied, and instead of `picked` comes the `deed` for that. The overlay
                says so.

        Raises `HelperError(CAPTURE)` if there is no picture to be had; nothing is shown then.
        """
        if self.is_open:
            return
        self._opened_us, self._area_for = trace.now_us(), area_for
        try:
            self._prepare()
            screen = self._screen_to_use()
            if mode == "screen":
                self._hand_out(self._grab(self._sources[screen].rect), tr("Screen"))
            elif mode == "screens":
                self._hand_out(self._grab(Rect.around([one.rect for one in self._sources.values()])), tr("All screens"))
            elif mode == "repeat" and self._last is not None and self._is_on_a_screen(self._last):
                self._hand_out(self._grab(self._last), tr("Region"))
            else:
                self._show(screen, mode)
        except BaseException:  # a fault of ours, too: else it would count as open, and no key would ever open it again
            self._focus.give_back()  # it may have been taken before something failed
            self._hide()
            self._drop()
            raise

    def cancel(self) -> None:
        """Close the overlay without a choice."""
        if not self.is_open:
            return
        self._focus.give_back()
        self._hide()
        self.cancelled.emit()

    def close(self) -> None:
        """Free windows and connections. The picker is not used again."""
        self._closed = True
        self._settle.stop()
        self._hide()
        self._drop()
        self._focus.close()
        self._freezer.close()
        self._capturer.close()

    # --- opening ---

    def _show(self, current: QScreen, mode: str) -> None:
        self._current = current
        # The screen that the user looks at comes first; the others are not covered by it and can be grabbed after.
        for screen in (current, *(other for other in self._overlays if other is not current)):
            frame, overlay = self._freeze(screen), self._overlays[screen]
            offer = self._offer()
            help_ = hint(mode, area_for=self._area_for, offer=offer) if screen is current else ""
            overlay.bar.area_for = self._area_for
            overlay.line.offer = offer
            overlay.bar.chat_keys = offer.chat_keys if offer is not None else ""
            overlay.present(
                frame,
                windows_only=mode == "window",
                hint=help_,
                max_tokens=0 if self._area_for else self._max_image_tokens(),
                hold_first=self._hold_first(),
            )
        # Not before: a window on another screen would be seen to lose the keyboard.
        self._take_keys(self._overlays[current])

    def _freeze(self, screen: QScreen) -> Frame:
        with trace.span("overlay:grab", screen=screen.name()):
            frame = self._freezer.freeze(int(self._overlays[screen].winId()))
            return frame if frame is not None else self._capturer.grab(self._sources[screen].rect)

    def _grab(self, area: Rect) -> Frame:
        with trace.span("overlay:grab"):
            return self._capturer.grab(area)

    def _is_on_a_screen(self, area: Rect) -> bool:
        return any(area.intersected(source.rect) == area for source in self._sources.values())

    def _take_keys(self, overlay: OverlayWindow) -> None:
        overlay.activateWindow()
        self._focus.take(int(overlay.winId()))

    def _on_painted(self, screen: QScreen) -> None:
        if screen is not self._current:
            return
        trace.instant("overlay:shown", screen=screen.name())
        trace.complete("overlay:open", self._opened_us)
        self.shown.emit()
        self._find_windows()

    def _find_windows(self) -> None:
        with trace.span("overlay:windows"):
            windows = self._capturer.windows()
        for screen, overlay in self._overlays.items():
            if overlay.frame is not None:
                overlay.set_windows(_on_screen(windows, self._sources[screen].rect, overlay.frame))

    # --- the choice ---

    def _on_taken(self, screen: QScreen, area: Rect, window: WindowInfo | None) -> None:
        frame = self._cut(screen, area)
        if frame is not None:
            self._last = frame.rect
            self._hand_out(frame, (window.title or tr("Window")) if window is not None else tr("Region"))

    def _on_asked(self, screen: QScreen, area: Rect, words: str, here: bool) -> None:
        frame = self._cut(screen, area)
        if frame is not None:
            whole = frame.rect == self._sources[screen].rect
            self._last = self._last if whole else frame.rect
            self._focus.forget()
            self._hide()
            self.asked.emit(frame, tr("Screen") if whole else tr("Region"), words, here)

    def _on_deed(self, screen: QScreen, name: str, area: Rect) -> None:
        frame = self._cut(screen, area)
        if frame is not None:
            whole = frame.rect == self._sources[screen].rect
            self._last = self._last if whole else frame.rect
            self._focus.give_back()
            self._hide()
            self.deed.emit(name, frame, tr("Screen") if whole else tr("Region"))

    def _cut(self, screen: QScreen, area: Rect) -> Frame | None:
        """A copy of a part of what one screen showed, with what was drawn on it."""
        frame = self._overlays[screen].drawn()
        if frame is None:
            return None
        return pictures.crop(frame, Rect(frame.rect.x + area.x, frame.rect.y + area.y, area.width, area.height))

    def _on_repeat(self, overlay: OverlayWindow) -> None:
        """Hold the last region again, on whichever screen it lies."""
        last = self._last
        for each in self._overlays.values():
            if last is not None and each.frame is not None and last.intersected(each.frame.rect) == last:
                each.hold(Rect(last.x - each.frame.rect.x, last.y - each.frame.rect.y, last.width, last.height))
                return
        overlay.say(tr("There is no earlier region to repeat here."))

    def _on_later(self, seconds: int) -> None:
        self._focus.give_back()
        self._hide()
        self.later.emit(seconds)

    def _on_pressed(self, overlay: OverlayWindow) -> None:
        if len(self._overlays) > 1:
            self._take_keys(overlay)

    def _on_holding(self, overlay: OverlayWindow) -> None:
        """At most one screen holds a region, and the keys go there."""
        for other in self._overlays.values():
            if other is not overlay:
                other.let_go()
        self._take_keys(overlay)

    def _on_whole_screen(self, screen: QScreen) -> None:
        frame = self._overlays[screen].drawn()
        if frame is not None:
            self._hand_out(pictures.crop(frame, frame.rect), tr("Screen"))

    def _hand_out(self, frame: Frame, name: str) -> None:
        if self._area_for in ("record", "text"):
            self._focus.give_back()  # the user goes on with what they show, or paste
        else:
            self._focus.forget()
        self._hide()
        if self._area_for == "text":
            self.deed.emit("read", frame, name)
        else:
            self.picked.emit(frame, name)

    def _hide(self) -> None:
        self._current = None
        for overlay in self._overlays.values():
            overlay.dismiss()
        self._freezer.relax()
        self.hidden.emit()

    # --- screens ---

    def _prepare(self) -> None:
        """Have a capturer and one overlay for each screen."""
        if self._overlays:
            return
        known = self._capturer.screens()
        for screen in QGuiApplication.screens():
            source = screens.source_of(screen, known)
            if source is not None:
                self._sources[screen] = source
                overlay = self._overlays[screen] = self._make_overlay(screen)
                self._freezer.add(int(overlay.winId()), source.rect)
        if not self._overlays:
            raise HelperError(ErrorKind.CAPTURE, tr("The system reports no screen."), tr("Connect a screen."))

    def _make_overlay(self, screen: QScreen) -> OverlayWindow:
        overlay = OverlayWindow(screen)
        overlay.taken.connect(lambda area, window: self._on_taken(screen, area, window))
        overlay.whole_screen.connect(lambda: self._on_whole_screen(screen))
        overlay.pressed.connect(lambda: self._on_pressed(overlay))
        overlay.holding.connect(lambda: self._on_holding(overlay))
        overlay.asked.connect(lambda area, words, here: self._on_asked(screen, area, words, here))
        overlay.deed.connect(lambda name, area: self._on_deed(screen, name, area))
        overlay.repeat.connect(lambda: self._on_repeat(overlay))
        overlay.later.connect(self._on_later)
        overlay.cancelled.connect(self.cancel)
        overlay.painted.connect(lambda: self._on_painted(screen))
        return overlay

    def _screen_to_use(self) -> QScreen:
        if len(self._overlays) == 1:
            return next(iter(self._overlays))  # without asking the system where the mouse is
        under = screens.screen_under_cursor()
        return under if under in self._overlays else next(iter(self._overlays))

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_screens_changed)
        screen.physicalDotsPerInchChanged.connect(self._on_screens_changed)

    def _on_screens_changed(self, change: QScreen | QRect | float | None = None) -> None:
        if isinstance(change, QScreen) and change in QGuiApplication.screens():
            self._watch(change)
        if not self._closed:
            self._settle.start()

    def _rebuild(self) -> None:
        """The screens are different now: what is frozen no longer fits them."""
        had = bool(self._overlays)
        self.cancel()
        self._drop()
        if had:
            self.warm_up()
        self.screens_changed.emit()

    def _drop(self) -> None:
        self._freezer.clear()
        for overlay in self._overlays.values():
            overlay.deleteLater()
        self._overlays, self._sources = {}, {}


def _on_screen(windows: list[WindowInfo], area: Rect, frame: Frame) -> list[WindowInfo]:
    """The windows that lie on one screen, cut to it, in pixels of its frame."""
    scale_x, scale_y = frame.width / area.width, frame.height / area.height
    found = []
    for window in windows:
        part = window.rect.intersected(area)
        if part is None:
            continue
        left, right = round((part.x - area.x) * scale_x), round((part.right - area.x) * scale_x)
        top, bottom = round((part.y - area.y) * scale_y), round((part.bottom - area.y) * scale_y)
        found.append(WindowInfo(window.window_id, window.title, Rect(left, top, right - left, bottom - top)))
    return found


def hint(mode: str, *, area_for: str = "", offer: Offer | None = None) -> str:
    """One line of help for the overlay."""
    keys = tr("F1 shows the keys.")
    if area_for == "watch":
        words = tr("Drag the region to watch, or click a window. Enter takes the whole screen, Esc cancels.")
        return sentences(words, keys)
    if area_for == "record" and mode != "window":
        words = tr("Drag the region to record, or click a window. Enter records the whole screen, Esc cancels.")
        return sentences(words, keys)
    if area_for == "text":
        words = tr("Drag over the text, or click a window. Enter takes the whole screen, Esc cancels.")
        return sentences(words, keys)
    if mode == "window":
        return sentences(tr("Click a window, or choose it with Tab and Enter. Esc cancels."), keys)
    choose = tr("Drag a region or click a window. Enter takes the whole screen, Esc cancels.")
    if offer is not None and offer.first:
        return sentences(choose, tr("Then type the question. With Shift it goes into the chat."), keys)
    ask = tr("With Ctrl the question is typed there.") if offer is not None else ""
    return sentences(choose, tr("With Shift it can be changed first."), ask, keys)
