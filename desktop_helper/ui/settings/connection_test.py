"""The button that tries whether a model answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.background import Background
from desktop_helper.ui.settings.page import StatusLine
from desktop_helper.ui.theme import SPACE_2

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


class ConnectionTest(QWidget):
    """Asks a model for a sign of life, with what is in the fields now, saved or not.

    Args:
        draft: the profile and the typed key (empty to use the kept one). Raises `HelperError(CONFIG)`.
    """

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
        self._running = self._background.run(
            lambda cancel: _probe(services, profile, key, cancel), self._on_ok, self._on_failed
        )

    def _on_ok(self, sentence: str) -> None:
        self._idle()
        self.status.show_ok(sentence)

    def _on_failed(self, error: HelperError) -> None:
        self._idle()
        self.status.show_problem(error.message, error.fix)

    def _idle(self) -> None:
        self._running = None
        self.button.setText(tr("Test connection"))


def _probe(services: Services, profile: ModelProfile, key: str, cancel: CancelToken) -> str:
    backend = services.open_backend(profile, key)
    forget = cancel.on_cancel(backend.close)
    try:
        return backend.probe(cancel)
    finally:
        forget()
        backend.close()
