"""Small pictures of conversations: read and decoded on another thread, a few hundred of them kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage, QPixmap

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.qt.background import Background
from desktop_helper.qt.media_source import decode

KEPT = 300
BATCH = 24  # read one after the other on one thread before the list sees them
ROOM = QSize(96, 72)  # twice what is shown, for screens with two pixels per unit


class Pictures(QObject):
    """Asked for what is in sight while it is painted; what scrolls by meanwhile is read last.

    Signals:
        arrived: some are there; paint again.
    """

    arrived = Signal()

    def __init__(self, read: Callable[[str], bytes | None], background: Background) -> None:
        super().__init__()
        self._read, self._background = read, background
        self._kept: OrderedDict[str, QPixmap] = OrderedDict()
        self._wanted: OrderedDict[str, None] = OrderedDict()
        self._reading: CancelToken | None = None

    def get(self, name: str) -> QPixmap | None:
        """The picture; None if it is still to come. One that cannot be read is empty."""
        found = self._kept.get(name)
        if found is not None:
            self._kept.move_to_end(name)
            return found
        self._wanted[name] = None
        self._wanted.move_to_end(name)
        self._begin()
        return None

    def close(self) -> None:
        """Nothing arrives any more."""
        self._wanted.clear()
        if self._reading is not None:
            self._reading.cancel()

    def _begin(self) -> None:
        if self._reading is not None or not self._wanted:
            return
        names = [self._wanted.popitem()[0] for _ in range(min(BATCH, len(self._wanted)))]
        self._wanted.clear()  # those that are still in sight are asked for again with the next painting
        self._reading = self._background.run(lambda cancel: self._decode(names, cancel), self._keep, self._give_up)

    def _decode(self, names: list[str], cancel: CancelToken) -> dict[str, QImage]:
        decoded = {}
        for name in names:
            if cancel.cancelled:
                break
            data = self._read(name)
            decoded[name] = decode(data, ROOM) if data else QImage()
        return decoded

    def _keep(self, decoded: dict[str, QImage]) -> None:
        self._reading = None
        for name, image in decoded.items():
            self._kept[name] = QPixmap.fromImage(image)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit()
        self._begin()

    def _give_up(self, _error: HelperError) -> None:
        """The history cannot be read, which the list itself says."""
        self._reading = None
