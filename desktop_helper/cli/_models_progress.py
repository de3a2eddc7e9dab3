"""The progress of a download on standard error: one line that changes on a terminal, few lines anywhere else."""

from __future__ import annotations

import sys
import time

from desktop_helper.cli._live_line import LiveLine
from desktop_helper.cli._terminal import one_line
from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.progress import DownloadProgress, Phase
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.services.model_store.words import progress_text

_EVERY_S = 10.0  # without a terminal: a log, which nobody wants flooded


class ProgressLine(LiveLine):
    """Says it now and then in lines of their own where nobody looks at a terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._last = float("-inf")
        self._phase: Phase | None = None

    def show(self, progress: DownloadProgress) -> None:
        """Say how far it is."""
        if progress.phase not in (Phase.ASKING, Phase.WAITING) and not progress.total:
            return
        complete = progress.phase is Phase.DOWNLOADING and progress.done >= progress.total
        self._tell(progress_text(progress), now=progress.phase is not self._phase or complete)
        self._phase = progress.phase

    def copying(self, done: int, total: int) -> None:
        """Say how much of the user's own files is copied."""
        self._tell(tr("Copying: {done} of {total}", done=size_text(done), total=size_text(total)), now=done >= total)

    def _tell(self, text: str, *, now: bool) -> None:
        if self.live:
            self.say(text)
        elif now or time.monotonic() - self._last >= _EVERY_S:
            self._last = time.monotonic()
            print(one_line(text), file=sys.stderr, flush=True)
