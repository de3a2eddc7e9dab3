"""The bar beside a region that is held: what can be done with it, for the mouse. The keys do the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui import overlay_layout as layout
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.overlay_marks import Marks
from desktop_helper.ui.theme import SPACE_1, SPACE_2, set_role

Deeds = Mapping[str, Callable[[], None]]


class OverlayBar:
    """Made when a region is held for the first time, and again each time: a hidden overlay keeps nothing.

    Args:
        overlay: where it lies.
        deeds: what its buttons do, by name.

    Attributes:
        recording: what is held is to be recorded. For the next region that is held.
    """

    def __init__(self, overlay: QWidget, deeds: Deeds) -> None:
        self._overlay = overlay
        self._deeds = deeds
        self._card: QFrame | None = None
        self.recording = False

    def follow(self, marks: Marks, unit: float, *, shown: bool) -> None:
        """Lie beside the region of `marks`, or be away."""
        if not shown or marks.highlight is None:
            if self._card is not None:
                self._card.hide()
            return
        if self._card is None:
            self._card = self._make()
        size = self._card.sizeHint()
        needed = (round(size.width() * unit), round(size.height() * unit))
        screen = (round(self._overlay.width() * unit), round(self._overlay.height() * unit))
        place = layout.bar(marks.highlight, needed, screen, unit, marks.label)
        self._card.setGeometry(round(place.x / unit), round(place.y / unit), size.width(), size.height())
        self._card.show()

    def close(self) -> None:
        """Take it away, if it is there."""
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None

    def _make(self) -> QFrame:
        card = QFrame(self._overlay)
        set_role(card, "card")
        card.setCursor(Qt.CursorShape.ArrowCursor)
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE_1, SPACE_1, SPACE_1, SPACE_1)
        column.setSpacing(SPACE_1)
        for name, icon, label in _entries(recording=self.recording):
            if not name:
                column.addWidget(_line())
                continue
            button = IconButton(icon, label, card, role="on_accent" if name == "take" else "dim")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the overlay keeps the keys
            button.clicked.connect(lambda _checked=False, name=name: self._deeds[name]())
            column.addWidget(button)
        return card


def _entries(*, recording: bool) -> tuple[tuple[str, str, str], ...]:
    """Name, icon and words of each button; nothing for a line between them."""
    if recording:
        return (("take", "record", tr("Record it (Enter)")),)
    return (
        ("copy", "copy", tr("Copy the picture (Ctrl+C)")),
        ("save", "save", tr("Save the picture (Ctrl+S)")),
        ("pin", "pin", tr("Pin the picture to the screen (P)")),
        ("", "", ""),
        ("take", "send", tr("Ask about it (Enter)")),
    )


def _line() -> QWidget:
    line = QFrame()
    set_role(line, "hairline")
    line.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
    return line
