"""Downloads that go on while the settings are closed. The rows of the page only show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.qt.background import Background
from desktop_helper.services.model_store.progress import DownloadProgress, Phase

if TYPE_CHECKING:
    from desktop_helper.services.model_store.catalogue import CatalogueEntry
    from desktop_helper.services.model_store.records import InstalledModel
    from desktop_helper.services.model_store.store import ModelStore


@dataclass
class RunningDownload:
    """One that runs. `stopping`: it was told to stop, and has not yet."""

    token: CancelToken = field(default_factory=CancelToken)
    progress: DownloadProgress = field(default_factory=lambda: DownloadProgress(Phase.ASKING))
    stopping: bool = False
    discard: bool = False


class Downloads(QObject):
    """Starts, stops and remembers them, by the model's id.

    Signals:
        progressed(str): there is more of this one.
        changed(str): this one has begun, stopped, failed or is complete.
    """

    progressed = Signal(str)
    changed = Signal(str)
    _told = Signal(str, object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self.running: dict[str, RunningDownload] = {}
        self.problems: dict[str, HelperError] = {}
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    def start(self, store: ModelStore, entry: CatalogueEntry, endpoint: str) -> None:
        """Begin, or go on."""
        if entry.id in self.running:
            return
        running = self.running[entry.id] = RunningDownload()
        self.problems.pop(entry.id, None)

        def work(closing: CancelToken) -> InstalledModel:
            forget = closing.on_cancel(running.token.cancel)
            try:
                return store.download(
                    entry, endpoint, lambda progress: self._told.emit(entry.id, progress), running.token
                )
            finally:
                forget()

        self._background.run(
            work, lambda _model: self._ended(entry.id, None), lambda error: self._stopped(store, entry.id, error)
        )
        self.changed.emit(entry.id)

    def stop(self, model_id: str, *, discard: bool = False) -> None:
        """Pause it, or `discard` what has arrived as well."""
        running = self.running.get(model_id)
        if running is not None:
            running.stopping, running.discard = True, discard
            running.token.cancel()
            self.changed.emit(model_id)

    def _stopped(self, store: ModelStore, model_id: str, error: HelperError) -> None:
        problem = None if error.kind is ErrorKind.CANCELLED else error
        if not self.running[model_id].discard:
            self._ended(model_id, problem)
            return
        self._background.run(  # gigabytes are not deleted at once
            lambda _cancel: _discard(store, model_id),
            lambda _freed: self._ended(model_id, problem),
            lambda refused: self._ended(model_id, refused),
        )

    def _ended(self, model_id: str, problem: HelperError | None) -> None:
        del self.running[model_id]
        if problem is not None:
            self.problems[model_id] = problem
        self.changed.emit(model_id)

    def _on_told(self, model_id: str, progress: DownloadProgress) -> None:
        running = self.running.get(model_id)
        if running is not None:
            running.progress = progress
            self.progressed.emit(model_id)


def _discard(store: ModelStore, model_id: str) -> None:
    try:
        store.remove(model_id)
    except HelperError as error:
        if error.kind is not ErrorKind.USAGE:  # else nothing of it was on the disk yet
            raise
