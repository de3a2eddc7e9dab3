"""The app in the tray: wires tray, hotkeys, overlay, chat and the commands of other processes to each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop_helper.core import trace
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Thinking
from desktop_helper.core.protocols import Frame
from desktop_helper.qt.background import Background
from desktop_helper.qt.hotkeys.manager import Hotkeys
from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.qt.intake import Intake
from desktop_helper.services.container import Services
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.conversation import Conversation
from desktop_helper.ui.model_choice import ModelChoice
from desktop_helper.ui.region_picker import RegionPicker
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.tray import Tray
from desktop_helper.ui.window_memory import WindowMemory


class Shell(QObject):
    """Everything that lives as long as the app."""

    def __init__(self, services: Services, instance: InstanceServer) -> None:
        super().__init__()
        self._services = services
        self._background = Background(self)
        self._tray = Tray(Theme.current(), self)
        self.window = ChatWindow(on_taskbar=not self._tray.available())
        self._memory = WindowMemory(services.settings, self.window)
        self._conversation = Conversation(services, self.window)
        self._models = ModelChoice(services, self._background, self.window, self._tray)
        self._intake = Intake(self._background, services, self._models.max_image_tokens)
        self._picker: RegionPicker | None = None
        self._settings_window: QObject | None = None
        self._hotkeys = Hotkeys(self)
        self._instance = instance
        self._actions: dict[str, Callable[[], None]] = {
            "region": lambda: self.pick("region"),
            "screen": lambda: self.pick("screen"),
            "window": lambda: self.pick("window"),
            "chat": self.toggle_chat,
            "raise": self.window.ask,
            "new": self.new_chat,
            "settings": self.open_settings,
            "quit": self.quit,
        }
        self._connect()

    def start(self) -> None:
        """Become usable; what is not needed for that is done when the event loop is idle."""
        if not self._tray.show():
            self.window.present_quietly()
        QTimer.singleShot(0, self._after_start)

    def perform(self, name: str) -> bool:
        """Do what a hotkey, a menu or `desktop-helper trigger` names; False if there is no such action."""
        action = self._actions.get(name)
        if action is None:
            return False
        trace.instant("shell:action", action=name)
        action()
        return True

    def pick(self, mode: str) -> None:
        """Freeze the screen and let the user choose."""
        try:
            self._ready_picker().open(mode)
        except HelperError as error:
            self.window.ask()
            self.window.composer.show_error(error)

    def toggle_chat(self) -> None:
        """The chat's hotkey shows the window, or hides it if it is what the user looks at."""
        if self.window.isActiveWindow():
            self.window.hide()
        else:
            self.window.ask()

    def new_chat(self) -> None:
        """An empty conversation in front of the user."""
        self._conversation.new()
        self.window.ask()

    def open_settings(self) -> None:
        """The settings window; one at most."""
        from desktop_helper.ui.settings_window import SettingsWindow

        window = SettingsWindow(self._services, Theme.current())
        window.saved.connect(self._apply_settings)
        self._settings_window = window
        window.show()
        window.raise_()
        window.activateWindow()

    def quit(self) -> None:
        """Leave: stop the answer, keep its text, give the keys back."""
        self._memory.save()
        self._hotkeys.close()
        self._instance.close()
        self._conversation.close()
        self._background.close()
        if self._picker is not None:
            self._picker.close()
        self._tray.hide()
        QApplication.quit()

    def _connect(self) -> None:
        tray, window, composer = self._tray, self.window, self.window.composer
        tray.region_requested.connect(lambda: self.pick("region"))
        tray.screen_requested.connect(lambda: self.pick("screen"))
        tray.window_requested.connect(lambda: self.pick("window"))
        tray.chat_requested.connect(window.ask)
        tray.new_chat_requested.connect(self.new_chat)
        tray.settings_requested.connect(self.open_settings)
        tray.quit_requested.connect(self.quit)
        tray.availability_changed.connect(self._on_tray_changed)
        self._hotkeys.activated.connect(self.perform)
        self._instance.command.connect(self._on_command)
        window.header.new_chat_requested.connect(self.new_chat)
        window.header.settings_requested.connect(self.open_settings)
        window.welcome.settings_requested.connect(self.open_settings)
        window.messages.settings_requested.connect(self.open_settings)
        window.files_dropped.connect(self._attach_files)
        window.picture_dropped.connect(self._attach_picture)
        composer.files_pasted.connect(self._attach_files)
        composer.picture_pasted.connect(self._attach_picture)
        composer.attach_requested.connect(self._choose_files)
        composer.region_requested.connect(lambda: self.pick("region"))
        composer.screen_requested.connect(lambda: self.pick("screen"))
        composer.thinking_changed.connect(self._on_thinking_changed)
        self._conversation.answered.connect(self._on_answered)

    def _after_start(self) -> None:
        self._apply_settings()
        self._conversation.reopen_latest()
        self._ready_picker()

    def _apply_settings(self) -> None:
        settings = self._services.settings.current
        Theme.current().apply(settings.general.theme)
        problems = self._hotkeys.apply(settings.hotkeys)
        state = self._hotkeys.availability()
        broken = {problem.name for problem in problems}
        working = {name: chord for name, chord in settings.hotkeys.items() if state.ok and name not in broken}
        self._tray.show_hotkeys(working)
        self.window.welcome.show_hotkey(working.get("region", ""))
        if problems and state.ok:
            self._tray.notify(tr("A hotkey is not available"), " ".join(problem.message for problem in problems))
        self._models.refresh()

    def _ready_picker(self) -> RegionPicker:
        """The overlay windows are made once, ahead of the first hotkey. Raises `HelperError(CAPTURE)`."""
        if self._picker is None:
            self._picker = RegionPicker(self._services.capture(), self, max_image_tokens=self._models.max_image_tokens)
            self._picker.picked.connect(self._on_picked)
        return self._picker

    def _on_picked(self, frame: Frame, name: str) -> None:
        chip = self.window.composer.add_chip(name)
        self.window.ask()
        self._intake.frame(frame, name, chip.set_ready, chip.set_failed)

    def _attach_files(self, paths: list[Path]) -> None:
        for path in paths:
            chip = self.window.composer.add_chip(path.name)
            self._intake.file(path, chip.set_ready, chip.set_failed)

    def _attach_picture(self, data: bytes) -> None:
        name = tr("Pasted picture")
        chip = self.window.composer.add_chip(name)
        self._intake.pasted(data, name, chip.set_ready, chip.set_failed)

    def _choose_files(self) -> None:
        names, _filter = QFileDialog.getOpenFileNames(self.window, tr("Attach files"))
        self._attach_files([Path(name) for name in names])

    def _on_thinking_changed(self, thinking: Thinking) -> None:
        self._conversation.thinking = thinking

    def _on_answered(self, text: str) -> None:
        if not self.window.isVisible() or not self.window.isActiveWindow():
            self._tray.notify(tr("The answer is ready"), text[:160])

    def _on_tray_changed(self, available: bool) -> None:
        """Without a tray icon the window is the only way to the app: never be invisible."""
        if not available:
            self.window.present_quietly()

    def _on_command(self, command: dict[str, object]) -> None:
        self.perform(str(command.get("command", "")))
