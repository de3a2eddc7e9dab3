"""Settings: the last seconds of the screen, a part of the page about recordings."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import Settings
from desktop_helper.ui.settings.page import Page, QuietCombo, label

_SECONDS, _FPS = (15, 30, 60, 120), (2, 5, 10)


class LastSecondsFields:
    """Appends itself to `page`, which tells of changes."""

    def __init__(self, page: Page) -> None:
        page.form.addWidget(label(tr("The last seconds of the screen"), "heading"))
        self.keep = QCheckBox(tr("Keep them in memory"))
        self.keep.setAccessibleName(tr("Keep the last seconds of the screen in memory"))
        self.keep.clicked.connect(page.changed)
        page.form.addWidget(self.keep)
        page.form.addWidget(
            label(
                tr(
                    "For “What just happened?” Nothing is written to the disk before you ask. The tray's icon and an "
                    "amber mark at the upper edge of the screen show that it is on."
                ),
                "secondary",
            )
        )
        self.seconds, self.fps = QuietCombo(), QuietCombo()
        page.add_field(tr("How much is kept"), self.seconds)
        page.add_field(tr("Pictures a second"), self.fps, tr("What has not changed costs next to nothing."))
        for combo, choices, name in ((self.seconds, _SECONDS, _seconds), (self.fps, _FPS, str)):
            for value in choices:
                combo.addItem(name(value), value)
            combo.activated.connect(page.changed)

    def load(self, settings: Settings) -> None:
        """Show `settings`; what was written into the file by hand is among the choices too."""
        wanted = settings.last_seconds
        self.keep.setChecked(wanted.keep)
        for combo, value, name in (
            (self.seconds, wanted.seconds, _seconds(wanted.seconds)),
            (self.fps, wanted.fps, str(wanted.fps)),
        ):
            if combo.findData(value) < 0:
                combo.addItem(name, value)
            combo.setCurrentIndex(combo.findData(value))

    def apply(self, settings: Settings) -> Settings:
        """`settings` with these choices."""
        chosen = replace(
            settings.last_seconds,
            keep=self.keep.isChecked(),
            seconds=int(self.seconds.currentData()),
            fps=int(self.fps.currentData()),
        )
        return replace(settings, last_seconds=chosen)


def _seconds(seconds: int) -> str:
    return tr("{count} seconds", count=seconds)
