"""Where llama.cpp's own messages go: to the worker's log, never between frames, and never with the user's words.

libmtmd logs the prompt piece by piece. While it reads a question only warnings and errors are kept, and of those none
that may quote it.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_INFO, _WARNING, _ERROR, _CONTINUED = 2, 3, 4, 5  # ggml.h; the comment in llama-cpp-python is out of date
_QUOTING = (b"add_text", b"lazy callback")  # libmtmd's functions that print what they are given


class NativeLog:
    """Receives the messages of llama.cpp, ggml and libmtmd. Keep it as long as the libraries are in use."""

    def __init__(self) -> None:
        # llama-cpp-python points descriptor 2 elsewhere now and then: we keep our own.
        self._descriptor = os.dup(2)
        self._keeps = False
        self.verbose = True  # messages of level INFO too: for loading, when there is no question yet
        self._callback: Any = None

    def install(self) -> None:
        """Take the messages of all libraries from now on. Imports llama_cpp."""
        import llama_cpp
        import llama_cpp.mtmd_cpp as mtmd

        self._callback = llama_cpp.llama_log_callback(self.write)
        for setter in (llama_cpp.llama_log_set, mtmd.mtmd_log_set, mtmd.mtmd_helper_log_set):
            setter(self._callback, ctypes.c_void_p(0))

    def write(self, level: int, text: bytes, _: object = None) -> None:
        """Keep or drop one message; a continued one shares the fate of the one it continues."""
        if level != _CONTINUED:
            wanted = level in (_WARNING, _ERROR) or (level == _INFO and self.verbose)
            self._keeps = wanted and not any(name in text for name in _QUOTING)
        if self._keeps:
            os.write(self._descriptor, text)


@contextmanager
def unheard() -> Iterator[None]:
    """Drop what is printed meanwhile: some functions of llama.cpp quote what they are given past its log."""
    kept = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nothing)
        os.close(kept)
