"""Pictures of one video for a window: what is looked at first, then the small ones for the whole length."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.qt.background import Background
from desktop_helper.services.clip_looks import ClipLooks, Look

_Shown = tuple[Look, QImage]


class ClipPlayer(QObject):
    """Asks for one picture at a time; of several places that are wanted meanwhile only the last one is shown.

    Args:
        looks: the video; closed with this.
        background: waits for it.

    Signals:
        opened: a `ClipAbout`.
        shown: a `Look` and its picture, of the place that is looked at.
        thumbnail: number and picture of one of the small ones.
        failed: a `HelperError`; nothing more comes.
    """

    opened = Signal(object)
    shown = Signal(object, QImage)
    thumbnail = Signal(int, QImage)
    failed = Signal(object)

    def __init__(self, looks: ClipLooks, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks, self._background = looks, background
        self._room, self.thumbnail_room = (1280, 960), (160, 120)
        self._wanted: float | None = None
        self._waiting: deque[tuple[int, float]] = deque()
        self._within, self._batch = 0.0, 0
        self._running: CancelToken | None = None
        self._closed = False

    @property
    def idle(self) -> bool:
        """Whether nothing more will come."""
        return self._running is None

    def open(self) -> None:
        """Begin: `opened` tells length and shape."""
        self._run(lambda _cancel: self._looks.about(), self.opened.emit)

    def set_rooms(self, room: tuple[int, int], thumbnail: tuple[int, int]) -> None:
        """How large pictures are wanted, in pixels of the screen."""
        self._room, self.thumbnail_room = room, thumbnail

    def look(self, at: float) -> None:
        """Show what is seen at a time."""
        self._wanted = at
        self._go_on()

    def want_thumbnails(self, times: Sequence[float], within: float) -> None:
        """Small pictures of these times; about there, `within` so many seconds, is good enough."""
        self._waiting, self._within = deque(enumerate(times)), within
        self._batch += 1  # numbers of an earlier list mean nothing any more
        self._go_on()

    def close(self) -> None:
        """End the process; nothing is told any more."""
        self._closed = True
        self._waiting.clear()
        if self._running is not None:
            self._running.cancel()
            self._running = None
        self._looks.close()

    def _go_on(self) -> None:
        if self._running is not None or self._closed:
            return
        if self._wanted is not None:
            at, room, self._wanted = self._wanted, self._room, None
            self._run(lambda _cancel: _decoded(self._looks.exact(at, room)), lambda found: self.shown.emit(*found))
        elif self._waiting:
            number, at = self._waiting.popleft()
            within, room, batch = self._within, self.thumbnail_room, self._batch
            self._run(
                lambda _cancel: _decoded(self._looks.near(at, within, room)),
                lambda found: self._tell_thumbnail(batch, number, found[1]),
            )

    def _tell_thumbnail(self, batch: int, number: int, image: QImage) -> None:
        if batch == self._batch:
            self.thumbnail.emit(number, image)

    def _run(self, work: Callable[[CancelToken], object], tell: Callable[..., object]) -> None:
        def done(found: object) -> None:
            self._running = None
            tell(found)
            self._go_on()

        def failed(error: HelperError) -> None:
            self._running, self._wanted = None, None
            self._waiting.clear()
            self.failed.emit(error)

        self._running = self._background.run(work, done, failed)


def _decoded(look: Look) -> _Shown:
    return look, QImage.fromData(look.data)
