"""Loads a model with llama-cpp-python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import llama_cpp
import llama_cpp.llama_cpp as bindings

from desktop_helper.backends.local.stop_flag import StopFlag
from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

BATCH = 512  # tokens at once: between two batches progress is told and a stop obeyed


def load(config: ModelConfig, stop: StopFlag, on_progress: Callable[[float], None]) -> Any:
    """The model as a `llama_cpp.Llama`. Raises `HelperError`, or `Stopped`."""
    try:
        with _progress_told(stop, on_progress):
            llama = llama_cpp.Llama(
                config.gguf,
                n_ctx=config.context,
                n_batch=BATCH,
                n_gpu_layers=config.gpu_layers,
                flash_attn=True,
                verbose=False,  # True prints the chat template and, later, prompts
            )
    except ValueError as error:
        stop.check()
        raise _load_error(config, str(error)) from error
    llama_cpp.llama_set_abort_callback(llama.ctx, *stop.callback(bindings.ggml_abort_callback))
    return llama


def _load_error(config: ModelConfig, said: str) -> HelperError:
    """llama-cpp-python says either that the file or that the context could not be made."""
    if "context" in said:
        return HelperError(
            ErrorKind.MODEL,
            tr(
                "There is not enough memory for {name} with {context} tokens.", name=config.name, context=config.context
            ),
            tr("Close other programs, or choose a smaller model."),
        )
    return HelperError(
        ErrorKind.MODEL,
        tr(
            "llama.cpp could not load {name}: it is damaged or of a kind that this version does not know.",
            name=config.name,
        ),
        tr("Download it again, or choose another model."),
    )


@contextmanager
def _progress_told(stop: StopFlag, on_progress: Callable[[float], None]) -> Iterator[None]:
    """Let llama.cpp report how much it has loaded; `Llama` has no argument for that, so its defaults are changed."""

    def report(fraction: float, _: object) -> bool:
        on_progress(fraction)
        return not stop.is_set

    callback = bindings.llama_progress_callback(report)
    defaults = bindings.llama_model_default_params

    def with_callback() -> Any:
        parameters = defaults()
        parameters.progress_callback = callback
        return parameters

    bindings.llama_model_default_params = with_callback
    try:
        yield
    finally:
        bindings.llama_model_default_params = defaults
