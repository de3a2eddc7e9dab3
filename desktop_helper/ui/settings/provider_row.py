"""Who answers, and where questions go then: beside each other, or one below the other where there is no room."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QWidget

from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.theme import SPACE_2, SPACE_3, SPACE_6

_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class ProviderRow(QWidget):
    """Call `fit` when the place has become another one."""

    def __init__(self, provider: QComboBox, place: ElidedLabel) -> None:
        super().__init__()
        self._provider, self._place = provider, place
        self._line = QBoxLayout(_BESIDE, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(SPACE_3)
        self._line.addWidget(provider, 1)
        self._line.addWidget(place, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setFocusProxy(provider)
        self.fit()

    def fit(self) -> None:
        """Both are whole if they can be."""
        provider = self._provider.fontMetrics().horizontalAdvance(self._provider.currentText())
        needed = provider + SPACE_6 + SPACE_3 + self._place.sizeHint().width()  # with its padding and its arrow
        direction = _BESIDE if needed <= self.width() else _BELOW
        if direction != self._line.direction():
            self._line.setDirection(direction)
            self._line.setSpacing(SPACE_3 if direction == _BESIDE else SPACE_2)
            self.updateGeometry()  # it is higher or lower now
        self._line.activate()  # else the place would be shortened to the room of the one before until Qt comes to it

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Large text may have no room for both."""
        super().resizeEvent(event)
        self.fit()
