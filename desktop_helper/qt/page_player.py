"""Pages of one document for a window: those in sight first, then what the chosen ones cost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_helper.qt.background import Background
from desktop_helper.qt.looks_player import LooksPlayer
from desktop_helper.services.page_looks import PageLook, PageLooks

_AT_ONCE = 8  # pages whose costs are asked for in one go


class PagePlayer(LooksPlayer):
    """What is wanted next replaces what was wanted before and is not there yet. `opened` tells a `PagesAbout`.

    Signals:
        shown: number, picture and `PageCost` of a page.
        spoiled: number of a page that cannot be shown, and why, as a `HelperError`.
        measured: a dictionary, from numbers of pages to their `PageCost`.
    """

    shown = Signal(int, QImage, object)
    spoiled = Signal(int, object)
    measured = Signal(object)

    def __init__(self, looks: PageLooks, background: Background, parent: QObject | None = None) -> None:
        super().__init__(looks, background, parent)
        self._looks = looks
        self._room = (160, 220)
        self._wanted: deque[int] = deque()
        self._unmeasured: deque[int] = deque()

    def want(self, numbers: Iterable[int], room: tuple[int, int]) -> None:
        """Pictures of these pages, in this order, no larger than `room` in pixels of the screen."""
        self._wanted, self._room = deque(numbers), room
        self._go_on()

    def measure(self, numbers: Iterable[int]) -> None:
        """What these pages cost is wanted, when nothing is to be shown."""
        self._unmeasured = deque(numbers)
        self._go_on()

    def _ask_next(self) -> None:
        if self._wanted:
            number, room = self._wanted.popleft(), self._room
            self._run(
                lambda: _decoded(self._looks.page(number, room)),
                lambda found: self.shown.emit(number, *found),
                lambda error: self.spoiled.emit(number, error),
            )
        elif self._unmeasured:
            numbers = [self._unmeasured.popleft() for _ in range(min(_AT_ONCE, len(self._unmeasured)))]
            self._run(lambda: self._looks.costs(numbers), self.measured.emit, lambda _error: None)

    def _want_nothing(self) -> None:
        self._wanted.clear()
        self._unmeasured.clear()


def _decoded(look: PageLook) -> tuple[QImage, object]:
    return QImage.fromData(look.data), look.cost
