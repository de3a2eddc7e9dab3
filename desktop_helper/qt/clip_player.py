"""Pictures of one video for a window: what is looked at first, then the small ones for the whole length."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_helper.qt.background import Background
from desktop_helper.qt.looks_player import LooksPlayer
from desktop_helper.services.clip_looks import ClipLooks, Look

_Shown = tuple[Look, QImage]


class ClipPlayer(LooksPlayer):
    """Of several places that are wanted meanwhile only the last one is shown. `opened` tells a `ClipAbout`.

    Signals:
        shown: a `Look` and its picture, of the place that is looked at.
        thumbnail: number and picture of one of the small ones.
    """

    shown = Signal(object, QImage)
    thumbnail = Signal(int, QImage)

    def __init__(self, looks: ClipLooks, background: Background, parent: QObject | None = None) -> None:
        super().__init__(looks, background, parent)
        self._looks = looks
        self._room, self.thumbnail_room = (1280, 960), (160, 120)
        self._wanted: float | None = None
        self._waiting: deque[tuple[int, float]] = deque()
        self._within, self._batch = 0.0, 0

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

    def _ask_next(self) -> None:
        if self._wanted is not None:
            at, room, self._wanted = self._wanted, self._room, None
            self._run(lambda: _decoded(self._looks.exact(at, room)), lambda found: self.shown.emit(*found))
        elif self._waiting:
            number, at = self._waiting.popleft()
            within, room, batch = self._within, self.thumbnail_room, self._batch
            self._run(
                lambda: _decoded(self._looks.near(at, within, room)),
                lambda found: self._tell_thumbnail(batch, number, found[1]),
            )

    def _want_nothing(self) -> None:
        self._wanted = None
        self._waiting.clear()

    def _tell_thumbnail(self, batch: int, number: int, image: QImage) -> None:
        if batch == self._batch:
            self.thumbnail.emit(number, image)


def _decoded(look: Look) -> _Shown:
    return look, QImage.fromData(look.data)
