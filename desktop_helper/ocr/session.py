"""The engine that computes the networks."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.processors import processor_count
from desktop_helper.ocr import models

MOST_THREADS = 8
_QUIET = 3  # the engine's own level of errors


class Session:
    """One network. May be used from several threads at once.

    Args:
        name: its file.
        threads: how many processors one picture may keep busy.
        keeps_memory: for the next picture, as much as the largest one took.

    Raises:
        HelperError: WORKER, it is not installed or cannot be loaded.
    """

    def __init__(self, name: str, threads: int, *, keeps_memory: bool) -> None:
        file = models.model_file(name)
        if file is None:
            state = models.availability()
            raise HelperError(ErrorKind.WORKER, state.reason, state.fix)
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # Windows would be told what is run here
        onnxruntime.set_default_logger_severity(_QUIET)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = keeps_memory
        # Threads that wait in circles for each other come to a standstill beside anything else that computes.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    @property
    def notes(self) -> dict[str, str]:
        """What whoever made the network has written into it."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, values: NDArray[Any]) -> NDArray[Any]:
        """What the network makes of `values`."""
        made: NDArray[Any] = self._session.run(None, {self._input: values})[0]
        return made


def processors() -> int:
    """How many threads to use when somebody waits."""
    return min(MOST_THREADS, processor_count())
