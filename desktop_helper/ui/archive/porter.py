"""Exports conversations and imports files on another thread, and tells how far it is and what came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services

if TYPE_CHECKING:
    from desktop_helper.services.export.format import ExportFormat

_Work = Callable[[CancelToken], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the user chose.

    Args:
        form: the format.
        target: a file; or a folder that is made, for several documents.
        into_folder: which of both.
        thinking: with what the model thought.
        over: what is there is written over: the user was asked.
    """

    form: ExportFormat
    target: Path
    into_folder: bool
    thinking: bool
    over: bool = False


class Porter(QObject):
    """One thing after the other.

    Signals:
        began: it works. `working` says so, too.
        progressed: how far it is, in words.
        done: what came of it, and more to know; `working` is over.
        failed: the `HelperError` with which it ended.
        stopped: the user stopped it.
    """

    began = Signal()
    progressed = Signal(str)
    done = Signal(str, str)
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, services: Services, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._background = services, background
        self._work: CancelToken | None = None
        self._waiting: deque[_Work] = deque()

    @property
    def working(self) -> bool:
        """Whether something is on its way."""
        return self._work is not None

    def stop(self) -> None:
        """What is there already stays; files are whole or not there. What waited does not begin."""
        self._waiting.clear()
        if self._work is not None:
            self._work.cancel()
            self._work = None
            self.stopped.emit()

    def export(self, ids: Sequence[int] | None, choice: ExportChoice) -> None:
        """Write these conversations; None for all of them."""
        self._waiting.append(lambda cancel: self._written(ids, choice, cancel))
        self._begin()

    def bring_in(self, files: Sequence[Path]) -> None:
        """Add what these files hold."""
        self._waiting.append(lambda cancel: self._read(files, cancel))
        self._begin()

    def _begin(self) -> None:
        if self._work is None and self._waiting:
            self._work = self._background.run(self._waiting.popleft(), self._end, self._fail)
            self.began.emit()

    # --- on the other thread ---

    def _written(self, ids: Sequence[int] | None, choice: ExportChoice, cancel: CancelToken) -> tuple[str, str]:
        from desktop_helper.services import exporting

        history = self._services.history
        chosen = exporting.every_conversation(history) if ids is None else ids
        job = exporting.ExportJob(
            chosen,
            [choice.form],
            choice.target,
            into_folder=choice.into_folder,
            thinking=choice.thinking,
            force=choice.over,
        )
        documents = exporting.export(history, job, cancel, partial(self._tell, cancel))
        if choice.into_folder:
            return tr("Documents written to {path}: {count}", count=len(documents), path=choice.target), ""
        return tr("Exported to {path}.", path=choice.target), ""

    def _read(self, files: Sequence[Path], cancel: CancelToken) -> tuple[str, str]:
        from desktop_helper.services.importing import files as importing

        outcome = importing.import_files(self._services, files, cancel, partial(self._tell, cancel))
        first, more = outcome.told()
        return first, sentences(*more)

    def _tell(self, cancel: CancelToken, step: Progress) -> None:
        self._background.tell(cancel, lambda: self.progressed.emit(step.message))

    # --- back here ---

    def _end(self, outcome: tuple[str, str]) -> None:
        self._work = None
        self.done.emit(*outcome)
        self._begin()

    def _fail(self, error: HelperError) -> None:
        self._work = None
        self.failed.emit(error)
        self._begin()
