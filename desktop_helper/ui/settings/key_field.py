"""Where a provider's key is typed, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.settings.page import QuietCombo, StatusLine
from desktop_helper.ui.theme import SPACE_1, SPACE_2, set_role

if TYPE_CHECKING:
    from desktop_helper.services.secrets import Kept, Secrets


class KeyField(QWidget):
    """The key of one profile. A kept key is never shown, only where it is.

    Keyrings may wait for the user's password, so they are asked on another thread.

    Signals:
        changed: the user typed.
        kept_late: a key has been kept for which nobody waits any more.
    """

    changed = Signal()
    kept_late = Signal()

    def __init__(self, secrets: Secrets, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._secrets, self._background = secrets, background
        self._profile = self._env = self._url = ""
        self._asking: CancelToken | None = None
        self._storing: object | None = None  # stands for the `store` that somebody waits for
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setAccessibleName(tr("Key"))
        self.edit.textEdited.connect(self._on_typed)
        self._reveal = IconButton("eye", tr("Show what is typed"), checkable=True)
        self._reveal.toggled.connect(self._on_reveal)
        self.place = QuietCombo()
        self.place.setAccessibleName(tr("Where the key is kept"))
        self.place.addItem(tr("Keep it in the system's keyring"), "keyring")
        self.place.addItem(tr("Keep it until I quit"), "session")
        self.place.addItem(tr("Keep it in a file, unencrypted"), "file")
        self.place.activated.connect(self.changed)
        self.get_key = QPushButton(tr("Get a key"))
        set_role(self.get_key, "quiet")
        self.get_key.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(self._url)))
        self.forget = QPushButton(tr("Forget the key"))
        set_role(self.forget, "quiet")
        self.forget.clicked.connect(self._forget)
        self.status = StatusLine()
        self.setFocusProxy(self.edit)
        self._lay_out()

    @property
    def typed(self) -> str:
        """A new key, or an empty string."""
        return self.edit.text().strip()

    def show_profile(self, profile: str, env: str, url: str) -> None:
        """Be the key of `profile`; `env` may hold it, and `url` is where one is made."""
        self.abandon()
        self.edit.clear()
        self._profile, self._env = profile, env
        self._url = url if url.startswith("https://") else ""
        self.get_key.setVisible(bool(self._url))
        self.get_key.setToolTip(self._url)
        self.place.hide()
        self._look()

    def store(self, done: Callable[[str], None], failed: Callable[[HelperError], None]) -> None:
        """Keep what was typed; `done` gets a sentence if the user should know something, else an empty string."""
        profile, key, place = self._profile, self.typed, str(self.place.currentData())
        mine = self._storing = object()

        def keep(_cancel: CancelToken) -> Kept:
            if place == "session":
                return self._secrets.set_for_session(profile, key)
            if place == "file":
                return self._secrets.set_in_file(profile, key)
            return self._secrets.set(profile, key)

        def kept(where: Kept) -> None:
            if not self._is_over(mine):
                if profile == self._profile:
                    self._look()
                self.kept_late.emit()
                return
            self.edit.clear()
            self.place.hide()
            self._show_where(where)
            done(where.explain() if place == "keyring" and where != "keyring" else "")

        def refused(error: HelperError) -> None:
            if self._is_over(mine):
                failed(error)

        self._background.run(keep, kept, refused)

    @property
    def storing(self) -> bool:
        """Whether somebody waits for `store`."""
        return self._storing is not None

    def abandon(self) -> None:
        """Wait for `store` no longer: its functions are not called, though the key may still be kept."""
        self._storing = None

    def _is_over(self, storing: object) -> bool:
        """End the wait for this `store`; False if it was abandoned before."""
        if self._storing is not storing:
            return False
        self._storing = None
        return True

    def _look(self) -> None:
        """Find out where the key is."""
        if self._asking is not None:
            self._asking.cancel()
        self.status.clear()
        self.forget.hide()
        profile, env = self._profile, self._env
        self._asking = self._background.run(
            lambda _cancel: (self._secrets.where(profile, env), self._secrets.availability().ok),
            lambda found: self._on_found(*found),
            lambda error: self.status.show_problem(error.message, error.fix),
        )

    def _on_found(self, where: Kept | None, keyring_works: bool) -> None:
        if not self.typed:  # else the user may have chosen already
            self.place.select("keyring" if keyring_works else "session")
        self._show_where(where)

    def _show_where(self, where: Kept | None) -> None:
        self._asking = None
        self.forget.setVisible(where is not None and where != "environment")
        self.edit.setPlaceholderText(tr("Paste a new key to replace it") if where else tr("Paste the key"))
        if where is None:
            self.status.clear()
        elif where == "memory":
            self.status.show_note(tr("The key is kept only until Desktop Helper quits."))
        elif where == "file":
            self.status.show_note(where.explain())
        else:
            self.status.show_ok(where.explain())

    def _forget(self) -> None:
        profile = self._profile
        self.forget.setEnabled(False)

        def over() -> None:
            self.forget.setEnabled(True)
            self._look()

        def refused(error: HelperError) -> None:
            self.forget.setEnabled(True)
            self.status.show_problem(error.message, error.fix)

        self._background.run(
            lambda _cancel: self._secrets.delete(profile),
            lambda _nothing: over(),
            refused,
        )

    def _on_typed(self) -> None:
        self.place.setVisible(bool(self.typed))
        self.changed.emit()

    def _on_reveal(self, shown: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(self.edit, 1)
        line.addWidget(self._reveal)
        line.addWidget(self.get_key)
        below = QHBoxLayout()
        below.setSpacing(SPACE_2)
        below.addWidget(self.status, 1)
        below.addWidget(self.forget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_1 + 2)
        layout.addLayout(line)
        layout.addWidget(self.place)
        layout.addLayout(below)
