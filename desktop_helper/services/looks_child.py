"""The converter process of a window that looks at one file, while the other one reads files for questions."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop_helper.core import i18n
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import tr


class LooksChild:
    """Answers about one file. Used from any thread, one call at a time; `close` ends a call that is under way.

    Args:
        argv: the command of the converter process.
        log_dir: where that process's standard error goes.
        path: of the file.
        name: what the user calls it; its file's name if that is not given.
        time_limit_s: for one answer.
    """

    def __init__(self, argv: Sequence[str], log_dir: Path, path: Path, name: str = "", *, time_limit_s: float) -> None:
        self._argv, self._log_file = tuple(argv), log_dir / "looks.log"
        self._path, self._name, self._time_limit_s = path, name or path.name, time_limit_s
        self._busy = threading.Lock()  # held while something is looked for
        self._guard = threading.Lock()  # of the two below
        self._child: ChildProcess | None = None
        self._closed = False

    def ask(self, request: dict[str, Any], expected: str, time_limit_s: float | None = None) -> Frame:
        """The answer of type `expected`, for which there may be another time limit than for the others.

        Raises `HelperError`: what the process says, SOURCE, or CANCELLED.
        """
        name = self._name
        header = {"path": str(self._path.absolute()), "name": name, "language": i18n.language()}
        with self._busy:
            try:
                child = self._ready_child()
                child.send(header | request)
                frame = child.receive(time_limit_s or self._time_limit_s)
            except ChildTimeout:
                self._end_child()
                raise _unreadable(name, tr("it took too long")) from None
            except ChildDied as death:
                self._end_child()
                self._raise_if_closed()
                raise _unreadable(name, death.reason) from death
        if (error := error_of(frame)) is not None:
            raise error
        if frame.type != expected:
            self._end_child()
            raise _unreadable(name, tr("it sent something unreadable"))
        return frame

    @contextmanager
    def no_trust(self) -> Iterator[None]:
        """A process that a file has taken over may send anything, and is asked nothing any more."""
        try:
            yield
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            self._end_child()
            raise _unreadable(self._name, tr("it sent something unreadable")) from error

    def close(self) -> None:
        """End the process. May be called twice, from any thread."""
        with self._guard:
            self._closed = True
            child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.close()

    def _ready_child(self) -> ChildProcess:
        with self._guard:
            self._raise_if_closed()
            if self._child is None:
                from desktop_helper.services.converter import MEMORY_LIMIT  # its limits hold here, too

                self._child = ChildProcess(self._argv, log_file=self._log_file, memory_limit=MEMORY_LIMIT)
            return self._child

    def _end_child(self) -> None:
        with self._guard:
            child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.close()

    def _raise_if_closed(self) -> None:
        if self._closed:
            raise HelperError(ErrorKind.CANCELLED, tr("Stopped."))


def _unreadable(name: str, reason: str) -> HelperError:
    return HelperError(
        ErrorKind.SOURCE,
        tr("{name} cannot be shown, since the program that reads files stopped: {reason}.", name=name, reason=reason),
        tr("The file may be damaged or made to do harm."),
    )
