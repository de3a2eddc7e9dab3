"""Pages of one document for a window: those in sight first, then what the chosen ones cost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.qt.background import Background
from desktop_helper.services.page_looks import PageLook, PageLooks

_AT_ONCE = 8  # pages whose costs are asked for in one go


class PagePlayer(QObject):
    """Asks for one page at a time; what is wanted next replaces what was wanted before and is not there yet.

    Args:
        looks: the document; closed with this.
        background: waits for it.

    Signals:
        opened: a `PagesAbout`.
        shown: number, picture and `PageCost` of a page.
        spoiled: number of a page that cannot be shown, and why, as a `HelperError`.
        measured: a dictionary, from numbers of pages to their `PageCost`.
        failed: a `HelperError`; nothing more comes.
    """

    opened = Signal(object)
    shown = Signal(int, QImage, object)
    spoiled = Signal(int, object)
    measured = Signal(object)
    failed = Signal(object)

    def __init__(self, looks: PageLooks, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks, self._background = looks, background
        self._room = (160, 220)
        self._wanted: deque[int] = deque()
        self._unmeasured: deque[int] = deque()
        self._running: CancelToken | None = None
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nothing more will come."""
        return self._running is None

    def open(self) -> None:
        """Begin: `opened` tells how many pages there are."""
        self._run(lambda _cancel: self._looks.about(), self.opened.emit, self.failed.emit)

    def want(self, numbers: Iterable[int], room: tuple[int, int]) -> None:
        """Pictures of these pages, in this order, no larger than `room` in pixels of the screen."""
        self._wanted, self._room = deque(numbers), room
        self._go_on()

    def measure(self, numbers: Iterable[int]) -> None:
        """What these pages cost is wanted, when nothing is to be shown."""
        self._unmeasured = deque(numbers)
        self._go_on()

    def close(self) -> None:
        """End the process; nothing is told any more."""
        self._closed = True
        self._wanted.clear()
        self._unmeasured.clear()
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self._looks.close()

    def _go_on(self) -> None:
        if self._running is not None or self._closed:
            return
        if self._wanted:
            number, room = self._wanted.popleft(), self._room
            self._run(
                lambda _cancel: _decoded(self._looks.page(number, room)),
                lambda found: self.shown.emit(number, *found),
                lambda error: self.spoiled.emit(number, error),
            )
        elif self._unmeasured:
            numbers = [self._unmeasured.popleft() for _ in range(min(_AT_ONCE, len(self._unmeasured)))]
            self._run(lambda _cancel: self._looks.costs(numbers), self.measured.emit, lambda _error: None)

    def _run(
        self,
        work: Callable[[CancelToken], object],
        tell: Callable[..., object],
        fail: Callable[[HelperError], object],
    ) -> None:
        def then(what: Callable[..., object]) -> Callable[[object], None]:
            def told(found: object) -> None:
                self._running = None
                what(found)
                self._go_on()

            return told

        self._running = self._background.run(work, then(tell), then(fail))


def _decoded(look: PageLook) -> tuple[QImage, object]:
    return QImage.fromData(look.data), look.cost
