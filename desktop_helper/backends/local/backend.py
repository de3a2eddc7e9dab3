"""The app's side of a local model: keeps a worker process warm and turns its frames into events."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from desktop_helper.backends.local import wire
from desktop_helper.backends.local.warm_worker import WarmWorker
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import language, tr
from desktop_helper.core.messages import ChatRequest
from desktop_helper.core.protocols import ModelProfile

CANCEL_GRACE = 0.6  # seconds; encoding a picture or loading cannot be stopped otherwise than by a kill
KEEP_WARM_S = 600.0
_POLL = 0.1
_ENDS = ("finished", "error", "loaded", "prepared")


class LocalBackend:
    """A `core.protocols.Backend` over a GGUF on this machine."""

    def __init__(self, profile: ModelProfile, log_dir: Path, cache_dir: Path) -> None:
        self._config = wire.ModelConfig.of(profile, cache_dir)
        keep_warm_s = float(profile.quirks.get("keep_warm_s", KEEP_WARM_S))
        self._worker = WarmWorker(log_dir / "local-model.log", keep_warm_s, saves=bool(self._config.states))
        self._turns = itertools.count(1)
        self._busy = threading.Lock()  # the worker does one thing at a time
        self._progress: Progress | None = None
        self._answering: tuple[ChildProcess, int] | None = None

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Generator[StreamEvent, None, None]:
        """Answer; see `core.protocols.Backend.stream`."""
        header, pictures = wire.pack(request)
        asked = time.monotonic()
        first: float | None = None
        try:
            yield from self._wait_for_turn(cancel)
            # Closed before the turn is given on: a caller that goes away must not end the next one's exchange.
            with (
                self._turn_taken(),
                contextlib.closing(
                    self._exchange({"type": "answer", **header}, pictures, cancel, request.timeout_s)
                ) as frames,
            ):
                for frame in frames:
                    event = wire.event_of(frame)
                    if isinstance(event, TextDelta | ThinkingDelta):
                        if cancel.cancelled:
                            continue
                        first = first or time.monotonic()
                    elif isinstance(event, UsageReported) and first is not None:
                        event = replace(event, ttft_s=first - asked)  # as the user felt it, loading included
                    elif isinstance(event, Finished | Failed) and cancel.cancelled:
                        event = Finished(FinishReason.CANCELLED)
                    if event is not None:
                        yield event
        except HelperError as error:
            yield Finished(FinishReason.CANCELLED) if error.kind is ErrorKind.CANCELLED else Failed(error)

    def prepare(self, request: ChatRequest | None, cancel: CancelToken) -> None:
        """Load the model and read the pictures; see `core.protocols.Backend.prepare`.

        A question that comes meanwhile waits for it, and tells how far it is: it reads what the question needs.
        """
        header: dict[str, Any] = {"type": "load"}
        pictures: dict[str, bytes] = {}
        if request is not None:
            packed, pictures = wire.pack(request)
            header = {"type": "prepare", **packed}
        with contextlib.suppress(HelperError):
            for _ in self._wait_for_turn(cancel):
                pass
            with self._turn_taken():
                for frame in self._exchange(header, pictures, cancel, None):
                    event = wire.event_of(frame)
                    if isinstance(event, Progress):
                        self._progress = event

    def answer_now(self) -> bool:
        """See `core.protocols.Backend.answer_now`."""
        answering = self._answering
        if answering is None:
            return False
        child, turn = answering
        child.send({"type": "answer_now", "turn": turn})
        return True

    def probe(self, cancel: CancelToken) -> str:
        """Load the model; see `core.protocols.Backend.probe`."""
        for _ in self._wait_for_turn(cancel):
            pass
        with self._turn_taken():
            for frame in self._exchange({"type": "load"}, {}, cancel, None):
                error = error_of(frame)
                if error is not None:
                    raise error
                if frame.type == "loaded":
                    return _loaded(frame)
        cancel.raise_if_cancelled()
        raise HelperError(ErrorKind.WORKER, tr("The local model gave no reply."), tr("Try again."))

    def close(self) -> None:
        """End the worker."""
        self._worker.close()

    def _wait_for_turn(self, cancel: CancelToken) -> Iterator[Progress]:
        """Wait until the worker is free, and tell what it is busy with. Follow it with `_turn_taken`."""
        told: Progress | None = None
        while not self._busy.acquire(timeout=_POLL / 2):
            cancel.raise_if_cancelled()
            progress = self._progress
            if progress is not None and progress is not told:
                told = progress
                yield progress

    @contextmanager
    def _turn_taken(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._progress = None
            self._busy.release()

    def _exchange(
        self, header: dict[str, Any], pictures: dict[str, bytes], cancel: CancelToken, silence: float | None
    ) -> Generator[Frame, None, None]:
        """Send one request and yield the frames of its turn. Raises HelperError.

        Args:
            header: the request.
            pictures: what it may ask for, by SHA-256.
            cancel: asks the worker to stop; it is killed if it does not soon.
            silence: seconds without a frame after which the worker counts as hung.
        """
        cancel.raise_if_cancelled()
        request = {**header, "turn": next(self._turns), "language": language(), "model": asdict(self._config)}
        for attempt in (1, 2):
            heard = False
            try:
                for frame in self._turn(request, pictures, cancel, silence):
                    heard = True
                    yield frame
                return
            except ChildDied as died:
                # One that died between two questions, e.g. for lack of memory, was only noticed now.
                if heard or attempt == 2 or cancel.cancelled or self._worker.closed:
                    raise self._obituary(died, cancel) from died

    def _turn(
        self, request: dict[str, Any], pictures: dict[str, bytes], cancel: CancelToken, silence: float | None
    ) -> Iterator[Frame]:
        turn = request["turn"]
        with self._worker.lease() as child:
            child.send(request)
            forget = cancel.on_cancel(lambda: child.send({"type": "cancel", "turn": turn}))
            self._answering = (child, turn) if request["type"] == "answer" else None
            ended = False
            try:
                for frame in self._frames(child, cancel, silence):
                    if frame.header.get("turn") != turn:
                        continue
                    if frame.type == "need":
                        name = frame.header["sha256"]
                        child.send({"type": "picture", "sha256": name}, pictures[name])
                        continue
                    ended = frame.type in _ENDS
                    yield frame
                    if ended:
                        return
            finally:
                forget()
                self._answering = None
                if not ended:  # the caller went away
                    _stop(child, turn)

    def _frames(self, child: ChildProcess, cancel: CancelToken, silence: float | None) -> Iterator[Frame]:
        heard = time.monotonic()
        cancelled_at: float | None = None
        while True:
            now = time.monotonic()
            if cancel.cancelled and cancelled_at is None:
                cancelled_at = now
            if cancelled_at is not None and now - cancelled_at > CANCEL_GRACE:
                child.close(grace=0)
                raise HelperError(ErrorKind.CANCELLED, tr("Stopped."))
            if silence is not None and now - heard > silence:
                child.close(grace=0)
                message = tr("The local model was silent for {seconds} seconds.", seconds=f"{silence:g}")
                raise HelperError(ErrorKind.TIMEOUT, message, tr("Allow it more time, or use a smaller model."))
            try:
                frame = child.receive(_POLL)
            except ChildTimeout:
                continue
            yield frame
            heard = time.monotonic()  # now: whoever takes the frames may be slow, like a pager that nobody turns

    def _obituary(self, died: ChildDied, cancel: CancelToken) -> HelperError:
        if cancel.cancelled:
            return HelperError(ErrorKind.CANCELLED, tr("Stopped."))
        if self._worker.closed:
            return HelperError(ErrorKind.INTERRUPTED, tr("The model was closed."), tr("Ask again."))
        return _stopped(died)


def _stop(child: ChildProcess, turn: int) -> None:
    """End a turn that nobody follows any more; kill what cannot end soon, or the next question would wait for it."""
    child.send({"type": "cancel", "turn": turn})
    deadline = time.monotonic() + CANCEL_GRACE
    with contextlib.suppress(ChildDied):
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(ChildTimeout):
                frame = child.receive(left)
                if frame.header.get("turn") == turn and frame.type in _ENDS:
                    return
        child.close(grace=0)


def _loaded(frame: Frame) -> str:
    seconds = f"{float(frame.header['seconds']):.1f}"
    if frame.header["vision"]:
        return tr("Loaded in {seconds} s, reads pictures.", seconds=seconds)
    return tr("Loaded in {seconds} s, reads text only: pictures need its mmproj file.", seconds=seconds)


def _stopped(died: ChildDied) -> HelperError:
    message = tr("The local model stopped: {reason}.", reason=died.reason)
    return HelperError(ErrorKind.WORKER, message, tr("Ask again: it starts anew."), retry=True)
