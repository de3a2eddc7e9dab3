"""Exports conversations and imports files on another thread, and tells how far it is and what came of it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services

if TYPE_CHECKING:
    from desktop_helper.services.export.format import ExportFormat

_TOLD_S = 0.1  # between two sentences about how far it is: small conversations come in by the hundred


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is said of it, what more there is to know, and whether it was stopped before its end."""

    said: str
    more: str = ""
    stopped: bool = False


_Work = Callable[[CancelToken, Callable[[Progress], None]], _Outcome]


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
        stopped: the user stopped it, and what came of it so far.
    """

    began = Signal()
    progressed = Signal(str)
    done = Signal(str, str)
    failed = Signal(object)
    stopped = Signal(str, str)

    def __init__(self, services: Services, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._background = services, background
        self._cancel: CancelToken | None = None
        self._told = 0.0
        self._waiting: deque[_Work] = deque()

    @property
    def working(self) -> bool:
        """Whether something is on its way."""
        return self._cancel is not None

    @property
    def stopping(self) -> bool:
        """Whether it is about to end. It takes a moment, and only then it is known what came of it."""
        return self._cancel is not None and self._cancel.cancelled

    def stop(self) -> None:
        """What is there already stays; files and conversations are whole or not there. What waited does not begin."""
        self._waiting.clear()
        if self._cancel is not None and not self._cancel.cancelled:
            self._cancel.cancel()
            self.progressed.emit(tr("Stopping…"))

    def export(self, ids: Sequence[int] | None, choice: ExportChoice) -> None:
        """Write these conversations; None for all of them."""
        self._waiting.append(partial(self._written, ids, choice))
        self._begin()

    def bring_in(self, files: Sequence[Path]) -> None:
        """Add what these files hold."""
        self._waiting.append(partial(self._read, files))
        self._begin()

    def _begin(self) -> None:
        if self._cancel is None and self._waiting:
            self._cancel, self._told = CancelToken(), 0.0
            self._background.run(partial(self._run, self._waiting.popleft(), self._cancel), self._end, self._fail)
            self.began.emit()

    # --- on the other thread ---

    def _run(self, work: _Work, cancel: CancelToken, closing: CancelToken) -> _Outcome:
        """Not with the token of the background: nothing is heard any more of what that one ends."""
        forget = closing.on_cancel(cancel.cancel)
        try:
            return work(cancel, partial(self._tell, closing))
        finally:
            forget()

    def _written(
        self, ids: Sequence[int] | None, choice: ExportChoice, cancel: CancelToken, tell: Callable[[Progress], None]
    ) -> _Outcome:
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
        try:
            documents = exporting.export(history, job, cancel, tell)
        except HelperError as error:
            _raise_unless_stopped(error)
            stopped = tr("Stopped. What was finished before is there.")
            return _Outcome(stopped if choice.into_folder else tr("Stopped. Nothing was exported."), stopped=True)
        if choice.into_folder:
            return _Outcome(tr("Documents written to {path}: {count}", count=len(documents), path=choice.target))
        return _Outcome(tr("Exported to {path}.", path=choice.target))

    def _read(self, files: Sequence[Path], cancel: CancelToken, tell: Callable[[Progress], None]) -> _Outcome:
        from desktop_helper.services.importing import files as importing

        outcome, stopped = importing.Outcome(), False
        try:
            importing.import_files(self._services, files, cancel, tell, outcome)
        except HelperError as error:
            _raise_unless_stopped(error)
            stopped = True
        first, more = outcome.told()
        return _Outcome(sentences(tr("Stopped."), first) if stopped else first, sentences(*more), stopped)

    def _tell(self, closing: CancelToken, step: Progress) -> None:
        now = time.monotonic()
        if now - self._told >= _TOLD_S:
            self._told = now
            self._background.tell(closing, partial(self._progress, step.message))

    # --- back here ---

    def _progress(self, said: str) -> None:
        if not self.stopping:
            self.progressed.emit(said)

    def _end(self, outcome: _Outcome) -> None:
        self._cancel = None
        (self.stopped if outcome.stopped else self.done).emit(outcome.said, outcome.more)
        self._begin()

    def _fail(self, error: HelperError) -> None:
        self._cancel = None
        self.failed.emit(error)
        self._begin()


def _raise_unless_stopped(error: HelperError) -> None:
    if error.kind is not ErrorKind.CANCELLED:
        raise error
