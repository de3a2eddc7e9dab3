"""The bar beside a region that is held: what to draw with and what can be done with it, for the mouse.

The keys do the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui import overlay_layout as layout
from desktop_helper.ui import overlay_painting as paint
from desktop_helper.ui.annotate.easel import Easel
from desktop_helper.ui.annotate.palette import Palette
from desktop_helper.ui.annotate.tools import tools
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.overlay_marks import HINT_MARGIN, Marks
from desktop_helper.ui.theme import SPACE_1, Theme, set_role

_HIGHEST = 0.8  # share of the screen: the help below is to be read
_HINT = 40  # pixels with text of the usual size: a line of that help
Deeds = Mapping[str, Callable[[], None]]


class OverlayBar:
    """Made when a region is held for the first time, and again each time: a hidden overlay keeps nothing.

    Args:
        overlay: where it lies.
        deeds: what its buttons do, by name.
        easel: what draws; the palette of the tool in the hand lies beside the bar.

    Attributes:
        area_for: what is done with what is held, see `RegionPicker.open`. For the next region that is held.
        chat_keys: there is a line for the question beside it, so asking in the chat is another thing, with these keys.
    """

    def __init__(self, overlay: QWidget, deeds: Deeds, easel: Easel) -> None:
        self._overlay = overlay
        self._deeds = deeds
        self._easel = easel
        self._card: QFrame | None = None
        self._buttons: dict[str, IconButton] = {}
        self._palette = Palette(overlay, easel)
        self.area_for = self.chat_keys = ""

    def follow(self, marks: Marks, unit: float, *, shown: bool, under: int) -> None:
        """Lie beside the region of `marks`, and of what lies `under` it and is at least so wide, or be away."""
        if not shown or marks.highlight is None:
            if self._card is not None:
                self._card.hide()
            self._palette.hide()
            return
        if self._card is None:
            self._card = self._make()
        self._show_state()
        size = self._card.sizeHint()
        needed = (round(size.width() * unit), round(size.height() * unit))
        screen = (round(self._overlay.width() * unit), round(self._overlay.height() * unit))
        lane = round((HINT_MARGIN + Theme.current().px(_HINT)) * unit)
        place = layout.bar(marks.highlight, needed, screen, unit, marks.label, under=round(under * unit), lane=lane)
        self._card.setGeometry(round(place.x / unit), round(place.y / unit), size.width(), size.height())
        self._card.show()
        region = paint.scaled(QRegion(paint.qrect(marks.highlight)), 1 / unit).boundingRect()
        self._palette.follow(self._card.geometry(), region)

    @property
    def place(self) -> QRect | None:
        """Where it lies, if it is there."""
        return None if self._card is None or self._card.isHidden() else self._card.geometry()

    def close(self) -> None:
        """Take it away, if it is there."""
        self._palette.close()
        if self._card is not None:
            self._card.hide()
            self._card.deleteLater()
            self._card = None
            self._buttons.clear()

    def _show_state(self) -> None:
        tool = self._easel.tool
        for name, button in self._buttons.items():
            if button.isCheckable():
                button.setChecked(tool is not None and tool.name == name)
        for name, possible in (("undo", self._easel.can_undo), ("redo", self._easel.can_redo)):
            if name in self._buttons:  # nothing is drawn where only the place matters
                self._buttons[name].setEnabled(possible)

    def _make(self) -> QFrame:
        card = QFrame(self._overlay)
        set_role(card, "card")
        card.setCursor(Qt.CursorShape.ArrowCursor)
        # Large buttons on a low screen: what draws beside what is done then, else below each other.
        halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, card)
        halves.setContentsMargins(SPACE_1, SPACE_1, SPACE_1, SPACE_1)
        halves.setSpacing(SPACE_1)
        line = QFrame(card)
        set_role(line, "hairline")
        if self.area_for:
            line.hide()
        else:
            halves.addLayout(self._column(card, self._drawing()))
            halves.addWidget(line)
        halves.addLayout(self._column(card, self._doing()))
        if card.sizeHint().height() > self._overlay.height() * _HIGHEST:
            halves.setDirection(QBoxLayout.Direction.LeftToRight)
            line.hide()
        return card

    def _column(self, card: QFrame, entries: list[tuple[str, str, str, Callable[[], None]]]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_1)
        names = {tool.name for tool in tools()}
        for name, icon, label, do in entries:
            role = "on_accent" if name == "take" and not self.chat_keys else "dim"  # Enter means that, or the line
            button = self._buttons[name] = IconButton(icon, label, card, role=role, checkable=name in names)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the overlay keeps the keys
            button.clicked.connect(lambda _checked=False, do=do: do())
            column.addWidget(button)
        column.addStretch(1)
        return column

    def _drawing(self) -> list[tuple[str, str, str, Callable[[], None]]]:
        """Name, icon, words and deed of each button that has to do with drawing."""
        easel = self._easel
        entries: list[tuple[str, str, str, Callable[[], None]]] = [
            (
                tool.name,
                f"draw-{tool.name}",
                tr("{name} ({keys})", name=tool.label, keys=tool.key),
                lambda name=tool.name: easel.choose(name),  # type: ignore[misc]
            )
            for tool in tools()
        ]
        return [
            *entries,
            ("undo", "undo", tr("Undo (Ctrl+Z)"), easel.undo),
            ("redo", "redo", tr("Redo (Ctrl+Shift+Z)"), easel.redo),
        ]

    def _doing(self) -> list[tuple[str, str, str, Callable[[], None]]]:
        """The same of each button that does something with the region."""
        if self.area_for == "record":
            return [("take", "record", tr("Record it (Enter)"), self._deeds["take"])]
        if self.area_for == "text":
            return [("take", "read-text", tr("Copy the text in it (Enter)"), self._deeds["take"])]
        if self.area_for:
            return [("take", "eye", tr("Watch it (Enter)"), self._deeds["take"])]
        return [
            ("copy", "copy", tr("Copy the picture (Ctrl+C)"), self._deeds["copy"]),
            ("read", "read-text", tr("Copy the text in it (Ctrl+Shift+C)"), self._deeds["read"]),
            ("save", "save", tr("Save the picture (Ctrl+S)"), self._deeds["save"]),
            ("pin", "pin", tr("Pin the picture to the screen (P)"), self._deeds["pin"]),
            ("take", "chat", tr("Put it into the chat ({keys})", keys=self.chat_keys), self._deeds["take"])
            if self.chat_keys
            else ("take", "send", tr("Ask about it (Enter)"), self._deeds["take"]),
        ]
