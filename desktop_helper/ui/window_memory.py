"""Remembers where the chat window was in each of its sizes, on each screen, and whether it was pinned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.qt.screens import screen_key, screen_under_cursor
from desktop_helper.services.settings import Place, SettingsStore, WindowSettings
from desktop_helper.ui.chat_window import ChatWindow

COMPACT, FULL = QSize(420, 640), QSize(1120, 760)
REST_MS = 250  # without a move before a place counts as chosen
_REACHABLE = QPoint(80, 40)  # pixels of the header that stay on the screen
_MARGIN = 24
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange)


class WindowMemory(QObject):
    """Restores at once and switches between the sizes; `save` when the app quits.

    A screen that goes away leaves its places here. The window then goes where it was on another screen, and comes
    back with the screen that it was on.
    """

    def __init__(self, settings: SettingsStore, window: ChatWindow, *, on_taskbar: bool) -> None:
        super().__init__(window)
        self._settings, self._window, self._on_taskbar = settings, window, on_taskbar
        chosen = settings.current.window
        self._places = {False: dict(chosen.compact), True: dict(chosen.full)}
        self._pinned = {False: chosen.pinned, True: chosen.full_pinned}
        self._compact, self._home = COMPACT, chosen.screen
        self._moving = False
        self._migrate(chosen)
        self._away = bool(self._home) and _named(self._home) is None
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._note)
        window.set_history_width(chosen.history_width)
        window.show_history(chosen.history_shown)
        self._become(chosen.size == "full")
        self._dress()
        window.installEventFilter(self)
        window.size_requested.connect(self.switch)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.screenRemoved.connect(self._on_screen_removed)
            app.screenAdded.connect(self._on_screen_added)

    def apply_settings(self) -> None:
        """They have changed: pin, opacity and the meaning of Esc."""
        chosen = self._settings.current.window
        self._pinned = {False: chosen.pinned, True: chosen.full_pinned}
        self._dress()

    def switch(self, full: bool) -> None:
        """Take the other size, in its own place. What the window holds stays as it is, the focus too."""
        window = self._window
        if full is window.full:
            return
        visible, focus = window.isVisible(), window.focusWidget()
        self._note()
        self._pinned[window.full] = window.header.pin.isChecked()
        self._become(full)
        self._dress()
        if visible:
            window.present()
            _give_back(focus)

    def save(self) -> None:
        """Write the places. A settings file that cannot be written is no reason to keep the app from quitting."""
        if self._window.isVisible():
            self._note()
        try:
            self._settings.update(lambda settings: replace(settings, window=self._brought_into(settings.window)))
        except HelperError:
            return

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Notice where the user puts the window."""
        if event.type() in _MOVES and not self._moving and self._window.isVisible():
            self._rest.start()
        return False

    def _brought_into(self, old: WindowSettings) -> WindowSettings:
        pinned = self._pinned | {self._window.full: self._window.header.pin.isChecked()}
        return replace(
            old,
            x=None,
            y=None,
            width=None,
            height=None,
            pinned=pinned[False],
            full_pinned=pinned[True],
            size="full" if self._window.full else "compact",
            history_shown=self._window.history_shown,
            history_width=min(max(self._window.history_width, 200), 800),
            screen=self._home,
            compact=old.compact | self._places[False],
            full=old.full | self._places[True],
        )

    def _migrate(self, chosen: WindowSettings) -> None:
        """Earlier versions kept one place on the desktop."""
        self._compact = QSize(chosen.width or COMPACT.width(), chosen.height or COMPACT.height())
        if chosen.x is None or chosen.y is None:
            return
        screen = QGuiApplication.screenAt(QPoint(chosen.x, chosen.y) + _REACHABLE / 2)
        if screen is not None:
            self._home = screen_key(screen)
            self._places[False][self._home] = _relative(QRect(QPoint(chosen.x, chosen.y), self._compact), screen)

    def _dress(self) -> None:
        """What is not the same in both sizes."""
        window, chosen = self._window, self._settings.current.window
        window.set_pinned(self._pinned[window.full])
        window.header.pin.setChecked(self._pinned[window.full])
        window.hide_on_escape = chosen.hide_on_escape
        opacity = 1.0 if window.full else chosen.opacity / 100
        if round(window.windowOpacity(), 2) != opacity:
            window.setWindowOpacity(opacity)

    def _become(self, full: bool) -> None:
        window = self._window
        with self._by_ourselves():
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMaximized)
            window.set_on_taskbar(self._on_taskbar or full)
            window.set_full(full)
            self._put(self._screen())

    def _put(self, screen: QScreen) -> None:
        """On `screen`, where it was there before."""
        place = self._places[self._window.full].get(screen_key(screen))
        if place is None:
            self._window.setGeometry(self._usual(screen))
            return
        self._window.setGeometry(_reachable(place, screen))
        if place.maximized:
            self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowMaximized)

    def _usual(self, screen: QScreen) -> QRect:
        """The first time: small and out of the way, or large and in the middle."""
        free = screen.availableGeometry()
        size = (FULL if self._window.full else self._compact).boundedTo(free.size() - QSize(2 * _MARGIN, 2 * _MARGIN))
        place = QRect(QPoint(0, 0), size.expandedTo(self._window.minimumSize()))
        if self._window.full:
            place.moveCenter(free.center())
        else:
            place.moveBottomRight(free.bottomRight() - QPoint(_MARGIN, _MARGIN))
        return place

    def _screen(self) -> QScreen:
        """The one that the window belongs on; where the user is if that is gone or there was none."""
        return _named(self._home) or screen_under_cursor()

    def _note(self) -> None:
        """The window is where the user wants it."""
        self._rest.stop()
        window = self._window
        screen = QGuiApplication.screenAt(window.frameGeometry().center()) or screen_under_cursor()
        if window.isMinimized() or not window.isVisible():
            return
        maximized = window.isMaximized()
        shape = window.normalGeometry() if maximized else window.geometry()
        self._places[window.full][screen_key(screen)] = _relative(shape, screen, maximized=maximized)
        if not self._away:
            self._home = screen_key(screen)

    def _on_screen_removed(self, screen: QScreen) -> None:
        if screen_key(screen) != self._home or self._away:
            return
        self._away = True
        self._rest.stop()
        QTimer.singleShot(0, self, self._go)

    def _on_screen_added(self, screen: QScreen) -> None:
        if self._away and screen_key(screen) == self._home:
            self._away = False
            QTimer.singleShot(0, self, self._go)

    def _go(self) -> None:
        with self._by_ourselves():
            self._put(self._screen())

    @contextmanager
    def _by_ourselves(self) -> Iterator[None]:
        """Moves that are not the user's."""
        self._moving = True
        try:
            yield
        finally:
            self._moving = False


def _named(key: str) -> QScreen | None:
    return next((screen for screen in QGuiApplication.screens() if screen_key(screen) == key), None)


def _relative(shape: QRect, screen: QScreen, *, maximized: bool = False) -> Place:
    corner = shape.topLeft() - screen.geometry().topLeft()
    return Place(corner.x(), corner.y(), max(1, shape.width()), max(1, shape.height()), maximized)


def _reachable(place: Place, screen: QScreen) -> QRect:
    """On the desktop; its header can be grasped, and it is no larger than the screen."""
    free = screen.availableGeometry()
    shape = QRect(screen.geometry().topLeft() + QPoint(place.x, place.y), QSize(place.width, place.height))
    shape.setSize(shape.size().boundedTo(free.size()))
    left = min(max(shape.left(), free.left() - shape.width() + _REACHABLE.x()), free.right() - _REACHABLE.x())
    top = min(max(shape.top(), free.top()), free.bottom() - _REACHABLE.y())
    shape.moveTopLeft(QPoint(left, top))
    return shape


def _give_back(focus: QWidget | None) -> None:
    if focus is not None and focus.isVisible():
        focus.setFocus()
