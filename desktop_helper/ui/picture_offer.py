"""Text was pasted, and the clipboard holds a picture of it: spreadsheets and browsers do that. It is only offered."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.qt.intake import Picture
from desktop_helper.ui.composer_edit import ComposerEdit
from desktop_helper.ui.composer_line import ComposerLine


class PictureOffer(ComposerLine):
    """Shown until the text is changed, or the offer is taken.

    Signals:
        accepted: a `Picture` is wanted.
    """

    accepted = Signal(object)

    def __init__(self, edit: ComposerEdit, parent: QWidget | None = None) -> None:
        super().__init__("copy", tr("Attach picture"), tr("Leave the picture out"), parent)
        self._picture: Picture | None = None
        edit.picture_offered.connect(self._show)
        edit.textChanged.connect(self._end)
        self.closed.connect(self._end)
        self.pressed.connect(self._accept)

    def _show(self, picture: Picture) -> None:
        self._picture = picture
        self.say(tr("The clipboard holds a picture of this too."))

    def _accept(self) -> None:
        picture = self._picture
        self._end()
        if picture is not None:
            self.accepted.emit(picture)

    def _end(self) -> None:
        self._picture = None
        self.say("")
