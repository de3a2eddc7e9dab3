"""Asks before a link of an answer is opened, showing where it really goes."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.dialog_height import fit_height
from desktop_helper.ui.text_safety import reveal, wrappable
from desktop_helper.ui.theme import SPACE_2, SPACE_4, SPACE_5, Theme, set_role

_SCHEMES = ("http", "https", "mailto")
_SHOWN_CHARS = 600


class LinkDialog(QDialog):
    """Not modal for anything but its own window; closes itself.

    Args:
        address: as it stood in the answer, untrusted.
    """

    def __init__(self, address: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._url = QUrl(address, QUrl.ParsingMode.StrictMode)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(tr("Open this link?"))
        self.setMinimumWidth(Theme.current().icon_px(380))
        host, whole = QLabel(host_of(self._url)), QLabel(_shown(self._url))
        for label, role in ((host, "title"), (whole, "secondary")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            set_role(label, role)
        self.setAccessibleName(tr("Open a link to {host}", host=host.text()))
        question = QLabel(tr("This link leaves the app and opens in your browser."))
        question.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_5, SPACE_5, SPACE_5, SPACE_4)
        layout.setSpacing(SPACE_2)
        for widget in (host, whole, question):
            layout.addWidget(widget)
        layout.addSpacing(SPACE_2)
        layout.addLayout(self._buttons())
        self._cancel.setFocus()  # the safe one: Enter must not do what comes first in the row

    def showEvent(self, event: QShowEvent) -> None:
        """All of its words are in sight."""
        if not event.spontaneous():
            fit_height(self)
        super().showEvent(event)

    @staticmethod
    def allowed(address: str) -> bool:
        """Whether the address may be opened at all."""
        url = QUrl(address, QUrl.ParsingMode.StrictMode)
        return url.isValid() and url.scheme() in _SCHEMES

    def _buttons(self) -> QHBoxLayout:
        copy, cancel, follow = QPushButton(tr("Copy address")), QPushButton(tr("Cancel")), QPushButton(tr("Open"))
        set_role(copy, "quiet")
        set_role(follow, "primary")
        cancel.setDefault(True)
        self._cancel = cancel
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._url.toString()))
        cancel.clicked.connect(self.reject)
        follow.clicked.connect(self._follow)
        row = QHBoxLayout()
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(follow)
        return row

    def _follow(self) -> None:
        QDesktopServices.openUrl(self._url)
        self.accept()


def host_of(url: QUrl) -> str:
    """The host as the network knows it (letters of other scripts as `xn--...`), with a port; a mail address."""
    if url.scheme() == "mailto":
        return reveal(url.path())
    port = f":{url.port()}" if url.port() >= 0 else ""
    return reveal(url.host(QUrl.ComponentFormattingOption.FullyEncoded)) + port


def _shown(url: QUrl) -> str:
    text = reveal(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
    return wrappable(text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…")
