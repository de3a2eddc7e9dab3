"""What a list of messages scrolls, as the messages on it find it."""

from __future__ import annotations

from weakref import ref

from PySide6.QtWidgets import QScrollArea, QWidget

from desktop_helper.ui.focus_ring import FocusRing


class ScrolledPage(QWidget):
    """Belongs to a list, which scrolls it.

    Attributes:
        ring: goes around the text on it that has the keyboard.
    """

    def __init__(self, scroller: QScrollArea) -> None:
        super().__init__()
        self._scroller = ref(scroller)
        self.ring = FocusRing(self)

    @property
    def scroller(self) -> QScrollArea | None:
        """The list; None when that has gone."""
        return self._scroller()


def page_around(part: QWidget) -> ScrolledPage | None:
    """The page that holds this; None if it is in no list."""
    around: QWidget | None = part
    while around is not None and not around.isWindow() and not isinstance(around, ScrolledPage):
        around = around.parentWidget()
    return around if isinstance(around, ScrolledPage) else None
