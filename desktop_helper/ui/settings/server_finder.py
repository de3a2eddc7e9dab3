"""Looking for model servers on this computer, and what was found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.core.model_names import short_names
from desktop_helper.qt.background import Background
from desktop_helper.services.server_finder import FoundServer, find
from desktop_helper.ui.settings.model_row import Action, ModelRow
from desktop_helper.ui.settings.page import bring_into_sight
from desktop_helper.ui.settings.trial import Trial
from desktop_helper.ui.text_safety import reveal, tooltip

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

_NAMED = 3  # models of one server


class ServerFinder(Trial):
    """A button, and a card for each server with one that lets it answer.

    Signals:
        chosen(object): the `FoundServer` that should answer.
    """

    chosen = Signal(object)

    def __init__(self, services: Services, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(background, tr("Find servers on this computer"), parent)
        self._services = services
        self.rows: list[ModelRow] = []
        self.button.setToolTip(tr("Looks at the usual addresses of Ollama, LM Studio, llama-server, vLLM and SGLang."))

    def clear(self) -> None:
        """Stop looking, and forget what was found."""
        self.cancel()
        self.status.clear()
        for row in self.rows:
            self.column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = []

    def begin(self) -> None:
        """Look anew."""
        self.clear()
        services = self._services
        self.run(
            tr("Looking for servers on this computer…"),
            lambda cancel: find(services.providers.all(), services.egress.http_client, cancel),
            self._on_found,
        )

    def _on_found(self, servers: list[FoundServer]) -> None:
        if not servers:
            self.status.show_note(
                tr("No model server runs on this machine, or none at its usual address."),
                tr("Start one and look again, or choose “Your own server” and enter its address."),
            )
            return
        self.status.show_ok(
            tr("A model server runs on this computer.")
            if len(servers) == 1
            else tr("{count} model servers run on this computer.", count=len(servers))
        )
        before = self.button
        for server in servers:
            for button in self._add(server).buttons:
                QWidget.setTabOrder(before, button)  # what is new would come after Save
                before = button
        bring_into_sight(self.rows[-1])

    def _add(self, server: FoundServer) -> ModelRow:
        row = ModelRow(server.title)
        row.describe(f"{server.place} · {_models(server)}", pill=_pill(server))
        row.setToolTip(tooltip(*(model.id for model in server.models)) if server.models else "")
        if server.models or server.needs_key:
            row.offer([Action(tr("Use"), partial(self.chosen.emit, server))])
        self.rows.append(row)
        self.column.addWidget(row)
        return row


def _models(server: FoundServer) -> str:
    if server.needs_key:
        return tr("wants an API key")
    if not server.models:
        return tr("has no models")
    shown = short_names(model.id for model in server.models)
    names = ", ".join(map(reveal, list(shown.values())[:_NAMED]))
    more = len(server.models) - _NAMED
    return f"{names} {tr('and {count} more', count=more)}" if more > 0 else names


def _pill(server: FoundServer) -> str:
    return tr("sees pictures") if server.models and server.models[0].sees else ""
