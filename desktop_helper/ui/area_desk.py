"""What an area of the desktop may be chosen for."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_helper.core.geometry import Rect


class AreaDesk(QObject):
    """Gets an area that the user chose, instead of the next question.

    Attributes:
        purpose: what for, as the overlay says it; see `RegionPicker.open`.
    """

    purpose = "watch"

    def begin(self, area: Rect) -> None:
        """Begin, with this `area` of the desktop."""
        raise NotImplementedError
