"""A folder for what LibreOffice makes of documents, so that it prints none of them twice while it is being asked about.

It lies in the system's temporary folder, for this user alone, and goes when nothing was read for a while, or the app
ends. Of an app that is killed it goes with its converter process; if that has none just then, it goes when the next
app needs such a folder.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from desktop_helper.core.errors import HelperError
from desktop_helper.services.alive import AliveMark, is_alive

PREFIX = "desktop-helper-printed-"
KEEP_S = 600.0
_YOUNG_S = 60.0  # one whose owner may not have marked it yet

_log = logging.getLogger(__name__)


class PrintedFolder:
    """Made when it is asked for. May be used from any thread.

    What is in it is the converter processes' business (`attachments._printed_before`).

    Args:
        keep_s: how long it stays when nobody asks for it.
    """

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self._keep_s = keep_s
        self._lock = threading.Lock()  # guards what follows
        self._folder: Path | None = None
        self._mark: AliveMark | None = None
        self._idle: threading.Timer | None = None
        self._closed = False

    def path(self) -> str:
        """Where it is, for a piece of work that begins now; empty if there cannot be one."""
        with self._lock:
            self._forget_idle()
            if self._closed:
                return ""
            if self._folder is None:
                self._make()
            self._remove_later()
            return str(self._folder or "")

    def close(self) -> None:
        """Remove it. May be called twice."""
        with self._lock:
            self._closed = True
            idle = self._forget_idle()
            self._remove()
        if idle is not None and idle is not threading.current_thread():
            idle.join()

    def _make(self) -> None:
        import tempfile  # brings OpenSSL, which the idle app does not need

        try:
            _sweep(Path(tempfile.gettempdir()))
            self._folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            self._mark = AliveMark(self._folder)
        except (OSError, HelperError) as error:  # documents are printed again each time: slow, but no reason to fail
            _log.info("What LibreOffice makes is not kept: %s", type(error).__name__)
            self._remove()

    def _remove(self) -> None:
        if self._mark is not None:
            self._mark.close()
            self._mark = None
        if self._folder is not None:
            import shutil

            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _remove_later(self) -> None:
        if self._folder is not None:
            self._idle = threading.Timer(self._keep_s, self._expire)
            self._idle.name, self._idle.daemon = "printed-idle", True
            self._idle.start()

    def _expire(self) -> None:
        with self._lock:
            if self._idle is threading.current_thread():  # else it was asked for meanwhile
                self._remove()

    def _forget_idle(self) -> threading.Timer | None:
        idle, self._idle = self._idle, None
        if idle is not None:
            idle.cancel()
        return idle


def _sweep(place: Path) -> None:
    """Remove those whose owners are gone."""
    import shutil

    for folder in place.glob(f"{PREFIX}*"):
        try:
            young = time.time() - folder.lstat().st_mtime < _YOUNG_S
            marks = [one.name for one in folder.iterdir() if not one.suffix]
        except OSError:  # somebody else's, or gone meanwhile
            continue
        if not young and not any(is_alive(folder, name) for name in marks):
            shutil.rmtree(folder, ignore_errors=True)
