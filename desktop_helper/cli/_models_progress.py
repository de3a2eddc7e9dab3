"""The progress of a download on standard error: one line that changes on a terminal, few lines anywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

from desktop_helper.cli._terminal import CLEAR_LINE, is_terminal, one_line
from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.progress import DownloadProgress, Phase
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.services.model_store.words import progress_text

if TYPE_CHECKING:
    from typing import Self

_EVERY_S = 10.0  # without a terminal: a log, which nobody wants flooded


class ProgressLine:
    """Use as a context: the line is gone at its end."""

    def __init__(self) -> None:
        self._live = is_terminal(sys.stderr)
        self._last = float("-inf")
        self._phase: Phase | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)

    def show(self, progress: DownloadProgress) -> None:
        """Say how far it is."""
        if progress.phase is not Phase.ASKING and not progress.total:
            return
        complete = progress.phase is Phase.DOWNLOADING and progress.done >= progress.total
        self._say(progress_text(progress), now=progress.phase is not self._phase or complete)
        self._phase = progress.phase

    def copying(self, done: int, total: int) -> None:
        """Say how much of the user's own files is copied."""
        self._say(tr("Copying: {done} of {total}", done=size_text(done), total=size_text(total)), now=done >= total)

    def _say(self, text: str, *, now: bool) -> None:
        if self._live:
            print(f"{CLEAR_LINE}{one_line(text)}", end="", file=sys.stderr, flush=True)
        elif now or time.monotonic() - self._last >= _EVERY_S:
            self._last = time.monotonic()
            print(one_line(text), file=sys.stderr, flush=True)
