"""The app in the tray: tray icon, hotkeys, overlay, and the commands of other processes.

First the tray icon and the hotkeys, then, when the event loop is idle, the chat and the overlay windows: the user can
press the hotkey before those are there, and then they are made at once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop_helper.core import trace
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.qt.hotkeys.manager import Hotkeys
from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.services.container import Services
from desktop_helper.services.desktop_motion import wants_stillness
from desktop_helper.services.instance import ACTION_PREFIX
from desktop_helper.ui import in_front
from desktop_helper.ui.action_keys import ActionKeys
from desktop_helper.ui.area_desk import AreaDesk
from desktop_helper.ui.delayed_pick import DelayedPick
from desktop_helper.ui.desks import Desks
from desktop_helper.ui.guests import Guests
from desktop_helper.ui.own_windows import OwnWindows, settle_ms
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.tray import Tray

if TYPE_CHECKING:
    from desktop_helper.core.protocols import Frame
    from desktop_helper.qt.hotkeys.provider import HotkeyProblem
    from desktop_helper.services.action_file import QuickAction
    from desktop_helper.ui.chat import Chat
    from desktop_helper.ui.picture_deeds import PictureDeeds
    from desktop_helper.ui.region_picker import RegionPicker
    from desktop_helper.ui.settings_window import SettingsWindow

_WINDOWS = ("chat", "raise", "new", "settings")
AIMING_MS = 100  # until the overlay is painted for sure: starting a model must not make it late


class Shell(QObject):
    """Everything that lives as long as the app."""

    def __init__(self, services: Services, instance: InstanceServer) -> None:
        super().__init__()
        self._services = services
        self._background = Background(self)
        self._tray = Tray(Theme.current(), self)
        self._hotkeys = Hotkeys(self)
        self._instance = instance
        self._made_chat: Chat | None = None
        self._made_picker: RegionPicker | None = None
        self._settings_window: SettingsWindow | None = None
        self._own_windows = OwnWindows()
        self._come_back: Callable[[], None] | None = None  # brings the chat back that stepped aside for a picture
        self._pick_for: QuickAction | AreaDesk | PictureDeeds | None = None
        self._delayed = DelayedPick(self._on_pick_cancelled)
        self._deeds: PictureDeeds | None = None
        self._quitting = False
        self._action_keys = ActionKeys(services, self)
        self._desks = Desks(
            services, self._background, self._tray, self.chat, self.pick, self._on_pick_cancelled, self.tell
        )
        self._actions: dict[str, Callable[[], None]] = {
            **{mode: partial(self.pick, mode) for mode in ("region", "screen", "screens", "window", "repeat")},
            "text": lambda: self._picture_deeds().choose_text(self.pick),
            **self._desks.actions(),
            "chat": lambda: self.chat().toggle(),
            "raise": lambda: self.chat().open(),
            "new": lambda: self.chat().new(),
            "settings": self.open_settings,
            "quit": self.quit,
        }
        self._connect()

    def start(self) -> None:
        """Become usable: the icon is in the tray and the keys are ours when this returns."""
        in_tray = self._tray.show()
        self._take_hotkeys()
        if not in_tray:
            self.chat().window.present_quietly()
        QTimer.singleShot(0, self, self._finish_start)

    def perform(self, name: str) -> None:
        """Do what a hotkey, a menu or `desktop-helper trigger` names."""
        trace.instant("shell:action", action=name)
        if name in _WINDOWS and self._leave_picker() and name == "chat":
            name = "raise"  # it came back when the overlay went
        if not name.startswith(ACTION_PREFIX):
            self._actions[name]()
            return
        try:
            action = self._services.quick_actions.find(name.removeprefix(ACTION_PREFIX))
        except HelperError as error:
            self.chat().show_error(error)
            return
        self.chat().actions.run(action)

    def chat(self) -> Chat:
        """The chat, made on first use."""
        if self._made_chat is None:
            with trace.span("start:chat"):
                self._made_chat = self._make_chat()
        return self._made_chat

    def tell(self, error: HelperError) -> None:
        """Something went wrong behind the user's back: say so where they look, without taking the keyboard."""
        chat = self.chat()
        if not chat.window.isVisible() and self._tray.notify(tr("Something went wrong"), str(error)):
            return
        chat.window.present_quietly()
        chat.window.composer.show_error(error)

    def pick(self, mode: str, action: QuickAction | AreaDesk | PictureDeeds | None = None) -> None:
        """Freeze the screen and let the user choose. Our windows step aside: nobody asks about them.

        What is chosen is for `action`, which may be to record or read it, or else for the next question.
        """
        chat = self.chat()
        try:
            picker = self._picker()
        except HelperError as error:
            chat.show_error(error)
            return
        if picker.is_open:
            return
        self._delayed.stop()  # they did not want to wait
        self._pick_for = action
        others = self._own_windows.step_aside(chat.window)
        if chat.window.isVisible():
            self._come_back = chat.open if chat.window.isActiveWindow() else chat.window.present_quietly
            chat.window.hide()
        elif not others:
            self._desks.hold(partial(self._open_picker, mode))
            return
        QTimer.singleShot(settle_ms(), self, lambda: self._desks.hold(partial(self._open_picker, mode)))

    def pick_later(self, seconds: int, action: QuickAction | AreaDesk | PictureDeeds | None = None) -> None:
        """`pick` a region in so many seconds, which are counted where the user sees it."""
        self._delayed.start(seconds, lambda: self.pick("region", action))

    def open_settings(self) -> None:
        """The settings window; one at most."""
        if self._settings_window is None:
            from desktop_helper.ui.settings_window import SettingsWindow

            self._settings_window = SettingsWindow(self._services, Theme.current(), self._hotkeys, self._background)
            self._settings_window.saved.connect(self._apply_settings)
            self._settings_window.shortcuts_requested.connect(self._show_shortcuts)
            self._settings_window.history.over.connect(self._tell_in_window)
        if self._made_chat is not None and not self._settings_window.isVisible():
            self._made_chat.remember_window()  # the settings show its pin
        in_front.present(self._settings_window)

    def quit(self) -> None:
        """Leave: stop the answer, keep its text, give the keys back. A second call changes nothing."""
        if self._quitting:
            return
        self._quitting = True
        self._hotkeys.close()
        self._action_keys.close()
        self._instance.close()
        for part in (self._made_picker, self._desks, self._made_chat, self._settings_window, self._deeds):
            if part is not None:
                part.close()
        self._delayed.close()
        self._background.close()
        self._tray.hide()
        QApplication.quit()

    def _connect(self) -> None:
        tray = self._tray
        for signal, name in (
            (tray.region_requested, "region"),
            (tray.screen_requested, "screen"),
            (tray.window_requested, "window"),
            (tray.repeat_requested, "repeat"),
            (tray.text_requested, "text"),
            (tray.watch_requested, "watch"),
            (tray.chat_requested, "raise"),
            (tray.new_chat_requested, "new"),
            (tray.settings_requested, "settings"),
            (tray.quit_requested, "quit"),
        ):
            signal.connect(self._actions[name])
        tray.delayed_requested.connect(self.pick_later)
        tray.recording.requested.connect(self.perform)
        tray.availability_changed.connect(self._on_tray_changed)
        self._action_keys.changed.connect(self._take_hotkeys)
        self._hotkeys.activated.connect(self.perform)
        self._hotkeys.lost.connect(self._on_hotkey_lost)
        self._hotkeys.regained.connect(lambda _name: self._show_hotkeys())
        self._instance.command.connect(self.perform)
        self._instance.refusal = self._desks.refusal

    def _finish_start(self) -> None:
        self.chat()
        self._picker_if_possible()
        self._background.run(
            lambda _cancel: wants_stillness(), done=Theme.current().set_desktop_still, failed=lambda _error: None
        )
        self._action_keys.watch()
        self._desks.apply_settings()
        trace.instant("start:complete")

    def _make_chat(self) -> Chat:
        from desktop_helper.ui.answer_notices import AnswerNotices
        from desktop_helper.ui.chat import Chat

        chat = Chat(self._services, self._background, on_taskbar=not self._tray.available())
        chat.window.in_tray = self._tray.available()
        chat.settings_requested.connect(self.open_settings)
        chat.region_requested.connect(self._actions["region"])
        chat.screen_requested.connect(self._actions["screen"])
        chat.window.shortcuts_requested.connect(self._show_shortcuts)
        chat.window.quit_requested.connect(self.quit)
        chat.actions.capture_requested.connect(self.pick)
        chat.destination_changed.connect(self._tray.show_destination)
        AnswerNotices(chat, self._tray)
        chat.models.refresh()
        chat.window.welcome.show_hotkey(self._working_hotkeys().get("region", ""))
        chat.continue_latest()
        return chat

    def _apply_settings(self) -> None:
        settings = self._services.settings.current
        Theme.current().apply(settings.general)
        self._take_hotkeys()
        self._desks.apply_settings()
        if self._made_chat is not None:
            self._made_chat.apply_settings()

    def _take_hotkeys(self) -> None:
        wanted = self._services.settings.current.hotkeys
        complaints = [
            tr("There is no action called “{name}” for {chord}.", name=name, chord=chord)
            for name, chord in wanted.items()
            if chord and name not in self._actions
        ]
        ours = {name: chord for name, chord in wanted.items() if name in self._actions}
        problems = self._hotkeys.apply(ours | self._action_keys.chords())
        if self._hotkeys.availability().ok:
            complaints += [self._action_keys.sentence(problem) for problem in problems]
        self._show_hotkeys()
        if complaints:
            self._tell_once(tr("A hotkey is not available"), " ".join(complaints))
        if mistakes := self._action_keys.news():
            more = tr("And {count} more.", count=len(mistakes) - 1) if len(mistakes) > 1 else ""
            self._tell_once(tr("A quick action is not in order"), f"{mistakes[0]} {more}".rstrip())

    def _tell_once(self, title: str, text: str) -> None:
        """In the tray; where there is none, in the window as soon as it is there."""
        if not self._tray.notify(title, text):
            QTimer.singleShot(0, self, partial(self._tell_in_window, text))

    def _tell_in_window(self, text: str) -> None:
        if not self._quitting:
            self.chat().window.composer.show_note(text)

    def _on_hotkey_lost(self, problem: HotkeyProblem) -> None:
        self._show_hotkeys()
        self._tray.notify(tr("A hotkey is not available"), f"{self._action_keys.sentence(problem)} {problem.fix}")

    def _show_hotkeys(self) -> None:
        """Wherever a key is named, name only those that work."""
        working = self._working_hotkeys()
        self._tray.show_hotkeys(working)
        if self._made_chat is not None:
            self._made_chat.window.welcome.show_hotkey(working.get("region", ""))
        if self._settings_window is not None:
            self._settings_window.hotkeys.show_problems()

    def _show_shortcuts(self) -> None:
        from desktop_helper.ui.shortcut_sheet import ShortcutDialog
        from desktop_helper.ui.shortcuts import groups

        ShortcutDialog(groups(self._working_hotkeys()), QApplication.activeWindow()).show()

    def _working_hotkeys(self) -> dict[str, str]:
        if not self._hotkeys.availability().ok:
            return {}
        broken = {problem.name for problem in self._hotkeys.problems}
        return {name: chord for name, chord in self._services.settings.current.hotkeys.items() if name not in broken}

    def _picker(self) -> RegionPicker:
        """The overlay windows are made once, ahead of the first hotkey. Raises `HelperError(CAPTURE)`."""
        if self._made_picker is None:
            from desktop_helper.ui.region_picker import RegionPicker

            source = self._services.capture_source()
            self._made_picker = RegionPicker(
                source.create(),
                self,
                live=source.live,
                max_image_tokens=self.chat().models.max_image_tokens,
                hold_first=lambda: self._services.settings.current.capture.adjust_first,
                offer=lambda: None if self._pick_for else self.chat().offer_here(),
            )
            self._desks.heed(self._made_picker)
            Guests(self._instance, self._made_picker, self._own_windows)
            self._made_picker.picked.connect(self._on_picked)
            self._made_picker.asked.connect(self._on_asked)
            self._made_picker.cancelled.connect(self._on_pick_cancelled)
            self._made_picker.deed.connect(self._on_deed)
            self._made_picker.later.connect(lambda seconds: self.pick_later(seconds, self._pick_for))
        return self._made_picker

    def _open_picker(self, mode: str) -> None:
        try:
            self._picker().open(mode, area_for=self._purpose())
            QTimer.singleShot(AIMING_MS, self, self._expect_question)
        except BaseException as error:
            self._come_back = None
            self._own_windows.come_back()  # after a fault of ours, too
            if not isinstance(error, HelperError):
                raise
            self.chat().show_error(error)

    def _expect_question(self) -> None:
        if self._deeds is not None and self._copies_text():
            self._deeds.text.warm()
        elif not self._quitting:
            self.chat().expect_question()

    def _on_picked(self, frame: Frame, name: str) -> None:
        action = self._pick_for
        if isinstance(action, AreaDesk):
            action.begin(frame.rect)
            return
        self._come_back = None
        self._own_windows.come_back()
        from desktop_helper.services.action_file import QuickAction

        if isinstance(action, QuickAction):
            self.chat().actions.take_frame(action, frame, name)
        else:
            self.chat().attach_frame(frame, name)

    def _on_asked(self, frame: Frame, name: str, words: str, here: bool) -> None:
        """A question was typed at the region. For an answer there, the chat comes back behind it."""
        self._own_windows.come_back()
        come_back, self._come_back = self._come_back, None
        if here and come_back is not None:
            self.chat().window.present_quietly()
        (self.chat().ask_here if here else self.chat().attach_frame)(frame, name, words)

    def _leave_picker(self) -> bool:
        """Take the overlay away, if it is there: it would hide the window that is wanted, which has the keyboard."""
        is_open = self._made_picker is not None and self._made_picker.is_open
        if self._made_picker is not None:
            self._made_picker.cancel()
        return is_open

    def _on_pick_cancelled(self) -> None:
        self._own_windows.come_back()
        come_back, self._come_back = self._come_back, None
        if come_back is not None:
            come_back()

    def _copies_text(self) -> bool:
        return self._pick_for is not None and self._pick_for is self._deeds

    def _purpose(self) -> str:
        action = self._pick_for
        return action.purpose if isinstance(action, AreaDesk) else ("text" if self._copies_text() else "")

    def _on_deed(self, name: str, frame: Frame, shows: str) -> None:
        """It is copied, read, saved or pinned instead of asked about."""
        self._on_pick_cancelled()
        self._picture_deeds().perform(name, frame, shows)

    def _picture_deeds(self) -> PictureDeeds:
        if self._deeds is None:
            from desktop_helper.ui.picture_deeds import PictureDeeds

            self._deeds = PictureDeeds(self._services, self._background, self._tray.notify, self)
            self._deeds.failed.connect(self.tell)
            self._deeds.said.connect(self._tell_in_window)
            self._deeds.asked.connect(lambda frame, name: self.chat().attach_frame(frame, name))
        return self._deeds

    def _picker_if_possible(self) -> None:
        with suppress(HelperError):  # the user is told when they ask for it
            self._picker()

    def _on_tray_changed(self, available: bool) -> None:
        """Without a tray icon the window is the only way to the app: never be invisible."""
        self.chat().window.in_tray = available
        if not available:
            self.chat().window.present_quietly()
