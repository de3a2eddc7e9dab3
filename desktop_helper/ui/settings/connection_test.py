"""The button that tries whether a model answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.known_servers import KnownServers
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.background import Background
from desktop_helper.services.abilities_words import last_test
from desktop_helper.services.connection_check import Checked, check
from desktop_helper.ui.settings.trial import Trial

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


class ConnectionTest(Trial):
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
        super().__init__(background, tr("Test connection"), parent)
        self._services, self._draft = services, draft
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

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

    def begin(self) -> None:
        """Ask, if what is in the fields makes a model."""
        try:
            profile, key = self._draft()
        except HelperError as error:
            self.status.show_problem(error.message, error.fix)
            return
        services = self._services

        def work(cancel: CancelToken) -> Checked:
            def tell(step: str) -> None:
                with suppress(RuntimeError):  # the window may be gone by now
                    self._told.emit(cancel, step)

            return check(services, profile, key, cancel, tell)

        here = profile.is_local and not profile.host
        self.run(tr("Loading the model…") if here else tr("Asking {host}…", host=profile.host), work, self._on_checked)

    def _on_told(self, test: CancelToken, step: str) -> None:
        if test is self._running:
            self.status.show_busy(step)

    def _on_checked(self, checked: Checked) -> None:
        self.status.show_ok(checked.sentence, checked.more)
        self.checked.emit(checked)
