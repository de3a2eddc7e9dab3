"""What the settings window works on in tests: real settings and secrets, a backend and hotkeys that obey the test."""

from __future__ import annotations

import threading

from PySide6.QtWidgets import QComboBox

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.protocols import BackendPlug
from desktop_helper.qt.hotkeys.provider import HotkeyProblem
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.paths import Paths
from desktop_helper.services.settings import SettingsStore


class FakeBackend:
    """Answers a probe with what the test says, or waits until it is closed."""

    def __init__(self, desk, profile, tools):
        self.desk, self.profile, self.tools = desk, profile, tools
        self.closed = threading.Event()

    def stream(self, request, cancel):
        raise AssertionError("nobody asked a question")

    def prepare(self, request, cancel):
        """Nothing to prepare."""

    def answer_now(self):
        return False

    def probe(self, cancel):
        self.desk.probed.append((self.profile, self.tools.api_key(self.profile)))
        if self.desk.wait:
            assert self.closed.wait(10)
            raise HelperError(ErrorKind.CANCELLED, "Stopped.")
        if self.desk.error is not None:
            raise self.desk.error
        return "It answers."

    def close(self):
        self.closed.set()
        self.desk.closed += 1


class FakeHotkeys:
    def __init__(self, state=AVAILABLE, taken=(), problems=()):
        self.state, self.taken, self.problems = state, set(taken), list(problems)
        self.suspended = 0

    def availability(self):
        return self.state

    def check(self, name, text):
        return HotkeyProblem(name, text, f"{text} is taken by another program.") if text in self.taken else None

    def key_name(self, scan_code, virtual_key):
        return ""

    def suspend(self):
        self.suspended += 1

    def resume(self):
        self.suspended = 0


class Desk:
    """The services, and what a test sets and reads of the backend."""

    def __init__(self):
        self.wait = False
        self.error: HelperError | None = None
        self.probed: list[tuple] = []
        self.closed = 0
        paths = Paths.default()
        paths.ensure()
        plug = BackendPlug("fake", lambda: AVAILABLE, lambda profile, tools: FakeBackend(self, profile, tools))
        nothing = list
        self.services = Services(paths, Plugs(nothing, lambda _name: plug, nothing, nothing, nothing))

    def saved(self):
        return SettingsStore(self.services.paths.settings_file).load()


def choose(combo: QComboBox, data: str) -> None:
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())
