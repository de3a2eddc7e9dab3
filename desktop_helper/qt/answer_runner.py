"""Runs one answer at a time on a worker thread and delivers its events on the UI thread."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, StreamEvent
from desktop_helper.core.i18n import tr
from desktop_helper.qt.event_bridge import EventBridge

_log = logging.getLogger(__name__)
_POLL_S = 0.05

MakeEvents = Callable[[CancelToken], Iterator[StreamEvent]]


class AnswerRunner(QObject):
    """Starts, stops and outlives answers. All methods belong to the UI thread.

    Signals:
        events: turn id and a list of `StreamEvent`s (see `EventBridge.events`). Every turn that is not replaced by
            another ends in exactly one `Finished` or `Failed`.
        running_changed: whether an answer is being given now.
    """

    events = Signal(int, list)
    running_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = EventBridge(self)
        self._bridge.events.connect(self._on_events)
        self._threads: list[threading.Thread] = []
        self._cancel: CancelToken | None = None
        self._turn = 0
        self._reported = False

    @property
    def running(self) -> bool:
        """Whether an answer is being given now."""
        return self._cancel is not None

    @property
    def settled(self) -> bool:
        """Whether no worker is left: not that of an answer that was stopped, either."""
        return not self.running and not any(thread.is_alive() for thread in self._threads)

    def start(self, make_events: MakeEvents) -> int:
        """Run `make_events(cancel)` to its end on a thread of its own; returns the turn's id.

        An answer that still runs is cancelled, and its worker ends before the new one begins, because a backend
        serves one thread at a time.
        """
        if self._cancel is not None:
            self._cancel.cancel()
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._cancel, self._turn = CancelToken(), self._bridge.begin()
        worker = threading.Thread(
            target=self._work,
            args=(self._turn, make_events, self._cancel, tuple(self._threads)),
            name=f"answer-{self._turn}",
            daemon=True,
        )
        self._threads.append(worker)
        worker.start()
        turn = self._turn
        self._report()
        return turn

    def stop(self) -> None:
        """Cancel the answer. `Finished(CANCELLED)` comes now; whatever the worker still sends is ignored."""
        if self._cancel is None:
            return
        cancel, turn = self._cancel, self._turn
        self._bridge.flush()
        if self._cancel is not cancel:  # it ended by itself in that flush
            return
        self._bridge.end(turn)
        cancel.cancel()
        self._on_events(turn, [Finished(FinishReason.CANCELLED)])

    def close(self, timeout_s: float = 2.0) -> bool:
        """Cancel and wait for the workers. Returns False if one did not end in time."""
        if self._cancel is not None:
            self._bridge.end(self._turn)
            self._cancel.cancel()
            self._cancel = None
            self._report()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return not self._threads

    def _on_events(self, turn_id: int, batch: list[StreamEvent]) -> None:
        if isinstance(batch[-1], Finished | Failed):
            self._cancel = None
        self.events.emit(turn_id, batch)
        self._report()  # after the events: a listener may have started the next answer

    def _report(self) -> None:
        if self.running != self._reported:
            self._reported = self.running
            self.running_changed.emit(self._reported)

    def _work(
        self, turn_id: int, make_events: MakeEvents, cancel: CancelToken, earlier: tuple[threading.Thread, ...]
    ) -> None:
        for thread in earlier:
            while thread.is_alive() and not cancel.cancelled:
                thread.join(_POLL_S)
        stopped = Finished(FinishReason.CANCELLED)
        self._bridge.post(turn_id, stopped if cancel.cancelled else self._run(turn_id, make_events, cancel))

    def _run(self, turn_id: int, make_events: MakeEvents, cancel: CancelToken) -> StreamEvent:
        """Post all events but the terminal one, which is returned."""
        try:
            for event in make_events(cancel):
                if isinstance(event, Finished | Failed):
                    return event
                self._bridge.post(turn_id, event)
        except HelperError as error:
            return Failed(error)
        except Exception as error:  # noqa: BLE001 - the worker's edge: nothing may escape, a thread has no caller
            _log.exception("answer %d", turn_id)
            return Failed(_unexpected(error))
        return Finished(FinishReason.CANCELLED if cancel.cancelled else FinishReason.INTERRUPTED)


def _unexpected(error: Exception) -> HelperError:
    return HelperError(
        ErrorKind.WORKER,
        tr("The answer stopped because of a mistake in this app ({kind}).", kind=type(error).__name__),
        tr("Try again. If it happens again, the log says where."),
        retry=True,
    )
