"""The button that tries whether a model answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.known_servers import KnownServers
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.background import Background
from desktop_helper.services.abilities_words import last_test
from desktop_helper.services.connection_check import Checked, check
from desktop_helper.ui.settings.page import StatusLine
from desktop_helper.ui.theme import SPACE_2

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


class ConnectionTest(QWidget):
    """Asks a model for a sign of life, and a server what it can do, with what is in the fields now, saved or not.

    Args:
        draft: the profile and the typed key (empty to use the kept one). Raises `HelperError(CONFIG)`.

    Signals:
        checked(object): what came of a test (`Checked`).
    """

    checked = Signal(object)
    _told = Signal(object, str)

    def __init__(
        self,
        services: Services,
        background: Background,
        draft: Callable[[], tuple[ModelProfile, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._background, self._draft = services, background, draft
        self._running: CancelToken | None = None
        self.button = QPushButton()
        self.button.clicked.connect(self._on_clicked)
        self.status = StatusLine()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.status)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        self._idle()

    def cancel(self) -> None:
        """Stop a test that runs; its result is not shown any more."""
        if self._running is not None:
            self._running.cancel()
            self._idle()
            self.status.clear()

    def forget_result(self) -> None:
        """The fields have changed, so what was found out is no longer about them."""
        self.cancel()
        self.status.clear()

    def recall(self, profile: ModelProfile) -> None:
        """Show what was found out about `profile` before, if nothing newer stands there."""
        if self._running is not None or self.status.text or not profile.base_url:
            return
        known = KnownServers(self._services.paths.servers_dir).get(profile.base_url, profile.model)
        if said := last_test(known):
            self.status.show_note(said)

    def _on_clicked(self) -> None:
        if self._running is not None:
            self.cancel()
            return
        try:
            profile, key = self._draft()
        except HelperError as error:
            self.status.show_problem(error.message, error.fix)
            return
        self.button.setText(tr("Stop"))
        self.status.show_busy(
            tr("Loading the model…")
            if profile.is_local and not profile.host
            else tr("Asking {host}…", host=profile.host)
        )
        services = self._services

        def work(cancel: CancelToken) -> Checked:
            def tell(step: str) -> None:
                with suppress(RuntimeError):  # the window may be gone by now
                    self._told.emit(cancel, step)

            return check(services, profile, key, cancel, tell)

        self._running = self._background.run(work, self._on_ok, self._on_failed)

    def _on_told(self, test: CancelToken, step: str) -> None:
        if test is self._running:
            self.status.show_busy(step)

    def _on_ok(self, checked: Checked) -> None:
        self._idle()
        self.status.show_ok(checked.sentence, checked.more)
        self.checked.emit(checked)

    def _on_failed(self, error: HelperError) -> None:
        self._idle()
        self.status.show_problem(error.message, error.fix)

    def _idle(self) -> None:
        self._running = None
        self.button.setText(tr("Test connection"))
