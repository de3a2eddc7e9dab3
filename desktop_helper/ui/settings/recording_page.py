"""Settings: videos of the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.services.settings import Settings
from desktop_helper.ui.settings.folder_field import FolderField
from desktop_helper.ui.settings.last_seconds import LastSecondsFields
from desktop_helper.ui.settings.page import Page, QuietCombo, days_text
from desktop_helper.ui.settings.sound_fields import Look, SoundFields
from desktop_helper.ui.settings.speech_fields import SpeechFields

_COUNTDOWNS, _MINUTES, _MEGABYTES = (0, 3, 5), (1, 5, 10, 30, 60, 0), (100, 500, 1000, 5000, 0)
_FPS, _DAYS = (10, 15, 30, 60), (1, 7, 30, 90, 0)
MB = 1_000_000


class RecordingPage(Page):
    """How a recording begins, when it ends by itself, and how long its file is kept.

    Args:
        folder: where the files go.
        sounds: what they can hear here; see `SoundFields`.
        background: runs it.
        parent: owner.
    """

    def __init__(self, folder: Path, sounds: Look, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Recordings"),
            tr("Videos of the screen, begun from the tray, by a hotkey or with “desktop-helper trigger record”."),
            parent,
        )
        self.fields: dict[str, QuietCombo] = {}
        self._add("countdown", tr("Countdown"), {value: _countdown(value) for value in _COUNTDOWNS})
        self._add("max_minutes", tr("Ends after"), {value: _minutes(value) for value in _MINUTES})
        self._add("max_mb", tr("Or as large as"), {value: _megabytes(value) for value in _MEGABYTES})
        self._add("fps", tr("Pictures a second"), {value: str(value) for value in _FPS})
        self.pointer = QCheckBox(tr("Show the pointer and clicks"))
        self.pointer.clicked.connect(self.changed)
        self.form.addWidget(self.pointer)
        self.sound = SoundFields(self, sounds, background)
        hint = tr("Questions keep the frames that they showed.")
        self._add("keep_days", tr("Delete the file after"), {value: days_text(value) for value in _DAYS}, hint)
        self.folder = FolderField(tr("Folder of the recordings"), folder)
        self.folder.changed.connect(self.changed)
        self.add_field(tr("Folder"), self.folder, tr("In a folder of your own no file is deleted."))
        self.speech = SpeechFields(self)
        self.last_seconds = LastSecondsFields(self)

    def load(self, settings: Settings) -> None:
        """Show `settings`; what was written into the file by hand is among the choices too."""
        names: dict[str, Callable[[int], str]] = {
            "countdown": _countdown,
            "max_minutes": _minutes,
            "max_mb": _megabytes,
            "fps": str,
            "keep_days": days_text,
        }
        for key, combo in self.fields.items():
            value = getattr(settings.recording, key)
            if combo.findData(value) < 0:
                combo.addItem(names[key](value), value)
            combo.setCurrentIndex(combo.findData(value))
        self.pointer.setChecked(settings.recording.pointer)
        self.folder.set_path(settings.recording.folder)
        self.sound.load(settings)
        self.speech.load(settings)
        self.last_seconds.load(settings)

    def apply(self, settings: Settings) -> Settings:
        """`settings` with this page's choices."""
        chosen: dict[str, Any] = {key: int(combo.currentData()) for key, combo in self.fields.items()}
        chosen |= {"pointer": self.pointer.isChecked(), "folder": self.folder.path}
        settings = self.sound.apply(self.speech.apply(self.last_seconds.apply(settings)))
        return replace(settings, recording=replace(settings.recording, **chosen))

    def showEvent(self, event: QShowEvent) -> None:
        """Each time it is opened it tells what can be heard now."""
        super().showEvent(event)
        if not event.spontaneous():
            self.sound.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """What comes now is of no use."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.sound.look_away()

    def _add(self, key: str, title: str, choices: Mapping[int, str], hint: str = "") -> None:
        self.fields[key] = combo = QuietCombo()
        for value, name in choices.items():
            combo.addItem(name, value)
        combo.activated.connect(self.changed)
        self.add_field(title, combo, hint)


def _countdown(seconds: int) -> str:
    return tr("{count} seconds", count=seconds) if seconds else tr("None: it begins at once")


def _minutes(minutes: int) -> str:
    if minutes == 1:
        return tr("1 minute")
    return tr("{count} minutes", count=minutes) if minutes else tr("No limit")


def _megabytes(megabytes: int) -> str:
    return size_text(megabytes * MB) if megabytes else tr("No limit")
