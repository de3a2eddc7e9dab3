"""A chat over real services and a scripted model, in a home of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.events import Finished, TextDelta, UsageReported
from desktop_helper.core.protocols import BackendPlug
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.paths import Paths
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.chat import Chat
from desktop_helper.ui.theme import Theme
from tests.support.scripted_backend import ScriptedBackend

SETTINGS = """
active_profile = "mine"
[profiles.mine]
provider = "custom"
model = "glm"
base_url = "http://127.0.0.1:9/v1"
"""


class ChatDesk:
    """A chat over a home of its own, with the answers of `scripts`."""

    def __init__(self, home, *scripts):
        self.closed = False
        self.paths = Paths.below(home)
        self.paths.ensure()
        if not self.paths.settings_file.exists():
            self.paths.settings_file.write_text(SETTINGS, encoding="utf-8")
        self.backend = ScriptedBackend(*scripts)
        plug = BackendPlug("openai_compatible", lambda: AVAILABLE, lambda _profile, _tools: self.backend)
        plugs = Plugs(lambda: [plug], lambda _name: plug, list, list, list)
        self.services = Services(self.paths, plugs)
        self.background = Background()
        Theme.current("light")
        self.chat = Chat(self.services, self.background, on_taskbar=True)
        self.window = self.chat.window
        self.composer = self.window.composer

    @property
    def answers(self) -> list[AnswerView]:
        return [view for view in self.window.messages.messages() if isinstance(view, AnswerView)]

    def stored(self):
        latest = self.services.history.latest()
        return self.services.history.messages(latest) if latest else []

    def ask(self, qtbot, text: str = "Why?") -> AnswerView:
        with qtbot.waitSignal(self.chat.answered, timeout=5000):
            self.composer.edit.setPlainText(text)
            self.composer.submit()
        return self.answers[-1]

    def close(self):
        if self.closed:
            return
        self.closed = True
        self.chat.close()
        self.background.close()
        self.services.close()
        QApplication.sendPostedEvents(None, 52)  # DeferredDelete: the window goes now


def said(*texts: str):
    return [TextDelta(text) for text in texts] + [UsageReported(prompt_tokens=40, completion_tokens=2), Finished()]
