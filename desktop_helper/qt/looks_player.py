"""Pictures of one file for a window that looks at it: one is asked for at a time, and what is wanted may change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.qt.background import Background


class Looks(Protocol):
    """A file that is looked at, from any thread; every call may take its time."""

    def about(self) -> object:
        """What it is."""
        ...

    def close(self) -> None:
        """End the process that looks, also during a call."""
        ...


class LooksPlayer(QObject):
    """What `PagePlayer` and `ClipPlayer` share: the way to the process, of which each says what is wanted next.

    Args:
        looks: the file; closed with this.
        background: waits for it.

    Signals:
        opened: what `Looks.about` told.
        failed: a `HelperError`; nothing more comes.
    """

    opened = Signal(object)
    failed = Signal(object)

    def __init__(self, looks: Looks, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file, self._background = looks, background
        self._running: CancelToken | None = None
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nothing more will come."""
        return self._running is None

    def open(self) -> None:
        """Begin: `opened` tells what it is."""
        self._run(self._file.about, self.opened.emit)

    def close(self) -> None:
        """End the process; nothing is told any more."""
        self._closed = True
        self._want_nothing()
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self._file.close()

    def _go_on(self) -> None:
        """Ask for what is wanted next, unless something is under way."""
        if self._running is None and not self._closed:
            self._ask_next()

    def _ask_next(self) -> None:
        """`_run` what is wanted first, if anything is."""
        raise NotImplementedError

    def _want_nothing(self) -> None:
        """Forget all wishes."""
        raise NotImplementedError

    def _give_up(self, error: HelperError) -> None:
        """The file cannot be looked at."""
        self._want_nothing()
        self.failed.emit(error)

    def _run(
        self,
        work: Callable[[], object],
        tell: Callable[..., object],
        fail: Callable[[HelperError], object] | None = None,
    ) -> None:
        """Have `work` done on another thread and tell what it found. Without `fail`, a failure is the end."""

        def then(what: Callable[..., object]) -> Callable[[object], None]:
            def told(found: object) -> None:
                self._running = None
                what(found)
                self._go_on()

            return told

        self._running = self._background.run(lambda _cancel: work(), then(tell), then(fail or self._give_up))
