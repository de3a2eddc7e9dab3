"""The icon in the tray and its menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from desktop_helper.core.i18n import tr
from desktop_helper.qt.tray_notify import notify, plain
from desktop_helper.ui.app_icon import keeping_icon, recording_icon, tray_icon
from desktop_helper.ui.icons import icon
from desktop_helper.ui.menu import make_menu
from desktop_helper.ui.overlay_keys import DELAYS_S
from desktop_helper.ui.recording.phase import Phase
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.tray_last_seconds import LastSecondsMenu
from desktop_helper.ui.tray_recording import RecordingMenu

HOST_CHECK_MS = 4_000  # Qt has no signal for a tray host that comes or goes


class Tray(QObject):
    """The icon. It stays hidden until `show`, and appears by itself when a tray host comes later.

    Signals:
        region_requested, screen_requested, window_requested: ask about that part of the screen.
        repeat_requested: ask about the region of the last time again.
        text_requested: copy the text in a region.
        delayed_requested(int): ask about a region in so many seconds.
        watch_requested: watch a region, or end that.
        chat_requested: open the chat; a click on the icon or on a notification does it too (but see `notify`).
            While something is recorded, a click on the icon ends that.
        new_chat_requested, settings_requested, quit_requested: as they say.
        availability_changed(bool): a tray host came or went; without one the app needs a window to be found.
    """

    region_requested = Signal()
    screen_requested = Signal()
    window_requested = Signal()
    repeat_requested = Signal()
    text_requested = Signal()
    delayed_requested = Signal(int)
    watch_requested = Signal()
    chat_requested = Signal()
    new_chat_requested = Signal()
    settings_requested = Signal()
    quit_requested = Signal()
    availability_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = QSystemTrayIcon(tray_icon(), self)
        self._icon.activated.connect(self._on_activated)
        self._icon.messageClicked.connect(self._on_message_clicked)
        self._held: tuple[str, str, Callable[[], None] | None] | None = None  # the last notification that waits
        self._clicked: Callable[[], None] | None = None
        self._menu = make_menu()
        self._menu.setAccessibleName(tr("Desktop Helper"))
        self._destination = self._menu.addAction("")
        self._destination.setEnabled(False)
        self._destination.setVisible(False)
        self._separator = self._menu.addSeparator()
        self._separator.setVisible(False)
        self._tooltip, self._phase, self._kept = tr("Desktop Helper"), Phase.IDLE, 0
        self._light: bool | None = False  # on the icon: None is the red one of a recording
        self._actions = self._fill_menu()
        self.show_watching(False)
        self._icon.setContextMenu(self._menu)
        self._icon.setToolTip(self._tooltip)
        self._was_available = self.available()
        self._watch = QTimer(self, interval=HOST_CHECK_MS, timerType=Qt.TimerType.VeryCoarseTimer)
        self._watch.timeout.connect(self._check_host)
        theme.changed.connect(self._tint)
        QTimer.singleShot(0, self, self._tint)  # drawing them takes longer than all the rest here

    @property
    def menu(self) -> QMenu:
        """The icon's menu."""
        return self._menu

    def available(self) -> bool:
        """Whether this desktop has a place for tray icons now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> bool:
        """Show the icon; without a tray host it waits for one. Returns `available()`."""
        self._icon.show()
        self._was_available = self.available()
        self._watch.start()
        return self._was_available

    def hide(self) -> None:
        """Take the icon away."""
        self._watch.stop()
        self._menu.hide()
        self._icon.hide()

    def notify(self, title: str, text: str, clicked: Callable[[], None] | None = None) -> bool:
        """Show a notification, as plain text; False where there is no tray to show it.

        A click on it opens the chat, or does what `clicked` does. While the screen is recorded it waits for the end.
        """
        if self._phase is not Phase.IDLE and self._icon.isVisible():
            self._held = (title, text, clicked)
            return True
        self._clicked = clicked
        return notify(self._icon, title, text)

    def _on_message_clicked(self) -> None:
        clicked, self._clicked = self._clicked, None
        if clicked is not None:
            clicked()
        else:
            self.chat_requested.emit()

    def show_destination(self, model: str, host: str, is_local: bool) -> None:
        """Say where answers come from, in the tooltip and at the top of the menu."""
        place = tr("On this machine") if is_local else f"↗ {host}"
        line = plain(f"{model} · {place}", 80)
        self._tooltip = f"{tr('Desktop Helper')}\n{line}"
        self.show_recording(self._phase)
        self._destination.setText(line.replace("&", "&&"))
        self._destination.setVisible(True)
        self._separator.setVisible(True)

    def show_hotkeys(self, chords: Mapping[str, str]) -> None:
        """Show the chords of the hotkeys that work beside their entries: `{"region": "Ctrl+Shift+X"}`."""
        for name, (action, _icon) in self._actions.items():
            action.setShortcut(QKeySequence(chords.get(name, "")))
        for name in self.recording.begin:
            self.recording.show_chord(name, chords.get(name, ""))
        self.last_seconds.show_chord(chords.get("just-happened", ""))

    def show_recording(self, phase: Phase) -> None:
        """Let icon, tooltip and menu say whether the screen is recorded."""
        self._phase = phase
        self.recording.show_phase(phase)
        self._show_state()
        if phase is Phase.IDLE and self._held is not None:
            held, self._held = self._held, None
            self.notify(*held)

    def show_last_seconds(self, *, wanted: bool, kept: bool, seconds: int) -> None:
        """Let them say whether the last seconds are kept in memory."""
        self._kept = seconds if kept else 0
        self.last_seconds.show_state(wanted=wanted, kept=kept, seconds=seconds)
        self._show_state()

    def show_watching(self, watching: bool) -> None:
        """Offer to watch a region, or to end that."""
        self._actions["watch"][0].setText(tr("Stop watc&hing the region") if watching else tr("Watc&h a region"))

    def _show_state(self) -> None:
        """A recording is more than what is kept of the last seconds."""
        light = None if self._phase is not Phase.IDLE else bool(self._kept)
        if light != self._light:
            self._light = light
            self._icon.setIcon({None: recording_icon, True: keeping_icon, False: tray_icon}[light]())
        idle = self._tooltip
        if self._kept:
            idle += "\n" + tr("The last {seconds} seconds of the screen are kept in memory", seconds=self._kept)
        told = {Phase.IDLE: idle, Phase.PAUSED: tr("The recording is paused; a click stops it")}
        self._icon.setToolTip(told.get(self._phase, tr("The screen is recorded; a click stops it")))

    def _fill_menu(self) -> dict[str, tuple[QAction, str]]:
        add = self._add
        actions = {
            "region": add("region", tr("Ask about a &region"), self.region_requested),
            "screen": add("screen", tr("Ask about the &screen"), self.screen_requested),
            "window": add("window", tr("Ask about a &window"), self.window_requested),
            "repeat": add("repeat", tr("Ask about the same region a&gain"), self.repeat_requested),
        }
        later = self._menu.addMenu(tr("Ask about a region &later"))
        for seconds in DELAYS_S.values():
            later.addAction(tr("In {seconds} seconds", seconds=seconds), partial(self.delayed_requested.emit, seconds))
        actions["text"] = add("read-text", tr("Copy the te&xt in a region"), self.text_requested)
        self.recording = RecordingMenu(self._menu, self)
        self.last_seconds = LastSecondsMenu(self._menu, self)
        actions["watch"] = add("eye", "", self.watch_requested)
        self._menu.addSeparator()
        actions["chat"] = add("chat", tr("Open &chat"), self.chat_requested)
        actions["new"] = add("new-chat", tr("&New chat"), self.new_chat_requested)
        self._menu.addSeparator()
        actions["settings"] = add("settings", tr("Se&ttings"), self.settings_requested)
        actions["quit"] = add("quit", tr("&Quit"), self.quit_requested)
        return actions

    def _add(self, icon_name: str, text: str, requested: SignalInstance) -> tuple[QAction, str]:
        action = self._menu.addAction(text)
        action.triggered.connect(lambda _checked: requested.emit())
        # The chord is only shown here: the hotkey itself is taken from the whole desktop.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setShortcutVisibleInContextMenu(True)
        return action, icon_name

    def _tint(self) -> None:
        for action, icon_name in self._actions.values():
            action.setIcon(icon(icon_name))
        self.recording.tint()
        self.last_seconds.tint()

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            click = self.chat_requested if self._phase is Phase.IDLE else self.recording.stop_requested
            click.emit()

    def _check_host(self) -> None:
        available = self.available()
        if available != self._was_available:
            self._was_available = available
            self.availability_changed.emit(available)
