"""Settings: the sound of recordings, a part of the page about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox

from desktop_helper.core.availability import Availability
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.qt.background import Background
from desktop_helper.services.settings import Settings
from desktop_helper.ui.settings.page import Page, label

Look = Callable[[], Mapping[str, Availability]]


class SoundFields:
    """Appends itself to `page`, which tells of changes. What is missing is said, and can be chosen all the same.

    Args:
        page: is appended to.
        look: what can be heard here, by the names of the sources; called on another thread, since it asks the system.
        background: runs it.
    """

    def __init__(self, page: Page, look: Look, background: Background) -> None:
        self._look, self._background = look, background
        self._looking: CancelToken | None = None
        self.microphone = QCheckBox(tr("Record the microphone"))
        self.system = QCheckBox(tr("Record the system's sound"))
        self._hints = {"microphone": label("", "secondary"), "system_sound": label("", "secondary")}
        self._boxes = {"microphone": self.microphone, "system_sound": self.system}
        for name, box in self._boxes.items():
            box.clicked.connect(page.changed)
            page.form.addWidget(box)
            page.form.addWidget(self._hints[name])
            self._hints[name].hide()
        page.form.addWidget(
            label(tr("Models get the pictures, and what is said if a model that hears is chosen below."), "secondary")
        )

    def load(self, settings: Settings) -> None:
        """Show `settings`."""
        self.microphone.setChecked(settings.recording.microphone)
        self.system.setChecked(settings.recording.system_sound)

    def apply(self, settings: Settings) -> Settings:
        """`settings` with these choices."""
        chosen = replace(
            settings.recording, microphone=self.microphone.isChecked(), system_sound=self.system.isChecked()
        )
        return replace(settings, recording=chosen)

    def look(self) -> None:
        """Find out what there is, which takes a moment."""
        self.look_away()
        self._looking = self._background.run(lambda _cancel: dict(self._look()), self._show, self._on_failed)

    def look_away(self) -> None:
        """Nobody waits for it any more."""
        if self._looking is not None:
            self._looking.cancel()

    def _show(self, found: Mapping[str, Availability]) -> None:
        for name, hint in self._hints.items():
            state = found.get(name, Availability(True))
            text = "" if state.ok else sentences(state.reason, state.fix)
            hint.setText(text)
            hint.setVisible(bool(text))
            self._boxes[name].setAccessibleDescription(text)

    def _on_failed(self, error: HelperError) -> None:
        self._show(dict.fromkeys(self._hints, Availability(False, error.message, error.fix)))
