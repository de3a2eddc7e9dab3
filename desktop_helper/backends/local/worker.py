"""The process that owns the model. ggml may end it at any time; the app survives that and says so."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from desktop_helper.backends.local import guards, wire
from desktop_helper.backends.local.logs import NativeLog
from desktop_helper.backends.local.stop_flag import StopFlag, Stopped
from desktop_helper.core.child_side import Channel, error_header, serve
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Finished, FinishReason, StreamEvent
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import set_language

if TYPE_CHECKING:
    from desktop_helper.backends.local.engine import Engine


class Worker:
    """Answers the frames of `wire`."""

    def __init__(self) -> None:
        self._stop = StopFlag()
        self._log: NativeLog | None = None
        self._loaded: tuple[wire.ModelConfig, Engine] | None = None

    def urgent(self, frame: Frame) -> bool:
        """Take `cancel` on the reading thread."""
        if frame.type != "cancel":
            return False
        self._stop.stop(int(frame.header["turn"]))
        return True

    def handle(self, frame: Frame, channel: Channel) -> None:
        """Answer one `load` or `answer`."""
        turn = int(frame.header["turn"])
        set_language(str(frame.header["language"]))
        self._stop.begin(turn)

        def send(header: dict[str, Any]) -> None:
            channel.send({**header, "turn": turn})

        def emit(event: StreamEvent) -> None:
            send(wire.event_header(event))

        try:
            begin = time.monotonic()
            engine = self._engine(wire.ModelConfig(**frame.header["model"]), emit)
            if frame.type == "load":
                send({"type": "loaded", "seconds": time.monotonic() - begin, "vision": engine.reads_pictures})
            else:
                engine.answer(wire.unpack(frame), emit)
        except Stopped:
            emit(Finished(FinishReason.CANCELLED))
        except HelperError as error:
            send(error_header(error))

    def _engine(self, config: wire.ModelConfig, emit: Callable[[StreamEvent], None]) -> Engine:
        """The engine for `config`: the loaded one, or a new one in its place."""
        self._stop.check()
        if self._loaded is not None and self._loaded[0] == config:
            return self._loaded[1]
        if self._loaded is not None:
            self._loaded[1].close()
            self._loaded = None
        guards.check_files(*config.files)
        log = self._native_log()
        from desktop_helper.backends.local.engine import Engine

        log.verbose = True
        try:
            engine = Engine(config, self._stop, emit)
        finally:
            log.verbose = False
        self._loaded = (config, engine)
        return engine

    def _native_log(self) -> NativeLog:
        if self._log is None:
            self._log = NativeLog()
            self._log.install()
        return self._log


def main() -> None:
    """Serve until the app closes our input."""
    worker = Worker()
    serve(worker.handle, worker.urgent)


if __name__ == "__main__":
    main()
