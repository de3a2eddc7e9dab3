"""The process that owns the model. ggml may end it at any time; the app survives that and says so."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from desktop_helper.backends.local import wire
from desktop_helper.backends.local.gathering import Gathering
from desktop_helper.backends.local.logs import NativeLog
from desktop_helper.backends.local.stop_flag import StopFlag, Stopped
from desktop_helper.core.child_side import Channel, error_header, serve
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Finished, FinishReason, Notice, StreamEvent
from desktop_helper.core.frames import Frame
from desktop_helper.core.gguf.guards import check_files
from desktop_helper.core.i18n import sentences, set_language

if TYPE_CHECKING:
    from desktop_helper.backends.local.engine.engine import Engine

_POLL = 0.1


class Worker:
    """Answers the frames of `wire`."""

    def __init__(self) -> None:
        self._stop = StopFlag()
        self._log: NativeLog | None = None
        self._loaded: tuple[wire.ModelConfig, Engine] | None = None
        self._notice = ""
        self._pictures: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._send: Callable[[dict[str, Any]], None] = lambda _: None

    def urgent(self, frame: Frame) -> bool:
        """Take what cannot wait for the end of an answer, on the reading thread."""
        match frame.type:
            case "cancel":
                self._stop.stop(int(frame.header["turn"]))
            case "answer_now":
                self._stop.hurry(int(frame.header["turn"]))
            case "picture":
                self._pictures.put(frame)
            case _:
                return False
        return True

    def handle(self, frame: Frame, channel: Channel) -> None:
        """Answer one `load`, `prepare`, `answer` or `unload`."""
        turn = int(frame.header["turn"])
        if frame.type == "unload":
            self._unload()
            channel.send({"type": "unloaded", "turn": turn})
            return
        set_language(str(frame.header["language"]))
        self._stop.begin(turn)

        def send(header: dict[str, Any]) -> None:
            channel.send({**header, "turn": turn})

        emit = Gathering(lambda event: send(wire.event_header(event)))
        self._send = send
        try:
            begin = time.monotonic()
            engine = self._engine(wire.ModelConfig(**frame.header["model"]), emit)
            if frame.type == "load":
                send({"type": "loaded", "seconds": time.monotonic() - begin, "vision": engine.reads_pictures})
            elif frame.type == "prepare":
                engine.prepare(wire.unpack(frame), emit)
                send({"type": "prepared"})
            else:
                self._tell_notice(emit)
                engine.answer(wire.unpack(frame), emit)
        except Stopped:
            emit(Finished(FinishReason.CANCELLED))
        except HelperError as error:
            emit.flush()
            send(error_header(error))

    def _engine(self, config: wire.ModelConfig, emit: Callable[[StreamEvent], None]) -> Engine:
        """The engine for `config`: the loaded one, or a new one in its place."""
        self._stop.check()
        if self._loaded is not None and self._loaded[0] == config:
            return self._loaded[1]
        self._unload()
        chosen, reason = checked(config)
        log = self._native_log()
        from desktop_helper.backends.local.engine.engine import Engine

        log.verbose = True
        try:
            engine = Engine(chosen, self._stop, emit, self._picture)
        finally:
            log.verbose = False
        self._loaded = (config, engine)
        self._notice = reason
        return engine

    def _tell_notice(self, emit: Callable[[StreamEvent], None]) -> None:
        """What is to be known about how the model was loaded is told with the first answer."""
        if self._notice:
            emit(Notice(self._notice))
            self._notice = ""

    def _unload(self) -> None:
        if self._loaded is not None:
            self._loaded[1].close()
            self._loaded = None

    def _picture(self, sha256: str) -> bytes:
        """Ask the app for a picture. Raises `Stopped`."""
        self._send({"type": "need", "sha256": sha256})
        while True:
            self._stop.check()
            with contextlib.suppress(queue.Empty):
                frame = self._pictures.get(timeout=_POLL)
                if frame.header["sha256"] == sha256:  # else it is one that a stopped turn did not wait for
                    return frame.payloads[0]

    def _native_log(self) -> NativeLog:
        if self._log is None:
            self._log = NativeLog()
            self._log.install()
        return self._log


def checked(config: wire.ModelConfig) -> tuple[wire.ModelConfig, str]:
    """How to load the model here, and what the user would not expect of it. Raises `HelperError`."""
    from desktop_helper.backends.local.fitting import fitted

    files = check_files(*config.files)
    chosen, plan = fitted(config, files)
    return chosen, sentences(files.doubt, plan.reason)


def main() -> None:
    """Serve until the app closes our input."""
    worker = Worker()
    serve(worker.handle, worker.urgent)


if __name__ == "__main__":
    main()
