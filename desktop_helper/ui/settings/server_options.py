"""Settings of a server that hardly anybody needs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import ProfileSettings
from desktop_helper.ui.settings.file_field import FileField
from desktop_helper.ui.settings.folded import Folded
from desktop_helper.ui.settings.page import Field, QuietCombo


class ServerOptions(Folded):
    """Whose certificates are trusted beside those of the system, and how videos are sent.

    Signals:
        changed: the user changed something.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ca_file = FileField(tr("Choose the certificate"), "*.pem *.crt *.cer *.der", tr("Certificates"))
        hint = tr("Of the authority that vouches for your own or your company's server; the system's stay trusted.")
        self.body.addWidget(Field(tr("Certificate file"), self.ca_file, hint))
        self.video = QuietCombo()
        for way, title in (
            ("auto", tr("Whole, where that is documented")),
            ("whole", tr("Whole, also where it is not")),
            ("frames", tr("Always as single pictures")),
        ):
            self.video.addItem(title, way)
        hint = tr("A server that refuses a video gets pictures of it.")
        self.body.addWidget(Field(tr("Videos are sent"), self.video, hint))
        self.ca_file.changed.connect(self.changed)
        self.video.activated.connect(self.changed)

    def show_profile(self, profile: ProfileSettings) -> None:
        """Show what `profile` says, unfolded if it is not the usual. Emits nothing."""
        self.ca_file.set_path(profile.ca_file)
        self.video.select(profile.video)
        self.fold.setChecked(bool(profile.ca_file) or profile.video != "auto")

    def applied(self, profile: ProfileSettings) -> ProfileSettings:
        """`profile` with what is shown here."""
        return replace(profile, ca_file=self.ca_file.path, video=str(self.video.currentData()))
