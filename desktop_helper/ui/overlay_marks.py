"""The marks over the frozen desktop for one moment: frame and handles, size label, magnifier, one line of help.

`Marks` is plain data; two of them say which pixels have to be painted again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import fit, image_tokens
from desktop_helper.ui import overlay_layout as layout
from desktop_helper.ui import overlay_painting as paint
from desktop_helper.ui.overlay_selection import Selection

HINT_MARGIN = 40
_ANTIALIASED = 3  # pixels that a soft edge may reach beyond its rectangle


@dataclass(frozen=True)
class Marks:
    """Where everything is. A part that is not shown is None or empty."""

    highlight: Rect | None = None
    handles: bool = False
    label: Rect | None = None
    text: str = ""
    glass: Rect | None = None
    cursor: layout.Point | None = None
    hint: Rect | None = None
    hint_text: str = ""

    def changed(self, before: Marks, unit: float) -> QRegion:
        """The pixels that differ from `before`."""
        bright = paint.frame_changes(before._frame, self._frame, unit)
        mine, theirs = dict(self._parts(unit)), dict(before._parts(unit))
        for key in mine.keys() ^ theirs.keys():
            bright += mine.get(key) or theirs[key]
        return bright

    def draw(self, painter: QPainter, picture: QImage, dirty: QRegion, style: paint.Style) -> None:
        """Draw over the desktop; what is not `dirty` need not be drawn."""
        if self.highlight is not None:
            paint.frame(painter, self.highlight, picture.rect(), dirty, style, with_handles=self.handles)
        if self.hint is not None:
            paint.pill(painter, self.hint, self.hint_text, style)
        if self.label is not None:
            paint.pill(painter, self.label, self.text, style)
        if self.glass is not None and self.cursor is not None:
            paint.magnifier(painter, self.glass, picture, self.cursor, style)

    @property
    def _frame(self) -> paint.Frame:
        return self.highlight, self.handles

    def _parts(self, unit: float) -> Iterator[tuple[object, QRegion]]:
        for name, area, detail in (
            ("label", self.label, self.text),
            ("glass", self.glass, self.cursor),
            ("hint", self.hint, self.hint_text),
        ):
            if area is not None:
                soft = _qrect(area).adjusted(-_ANTIALIASED, -_ANTIALIASED, _ANTIALIASED, _ANTIALIASED)
                yield (name, area, detail), QRegion(soft)


def compose(selection: Selection, hint: str, style: paint.Style, max_tokens: int, *, by_keys: bool = False) -> Marks:
    """The marks for the present state of `selection`. A crosshair moved `by_keys` is seen only in the magnifier."""
    screen = (selection.width, selection.height)
    highlight = selection.highlight
    text = size_text(highlight, max_tokens) if highlight else ""
    label = layout.label(highlight, paint.pill_size(text, style), screen, style.unit) if highlight else None
    glass = None
    # A region that is held needs the room around it for what can be done with it, except while an edge is pulled.
    aiming = selection.held is None or selection.dragging or selection.pulling or (selection.drawing and by_keys)
    if aiming and selection.cursor is not None and not selection.has_chosen:
        glass = layout.magnifier(selection.cursor, selection.growth, screen, style.unit, label)
    return Marks(
        highlight=highlight,
        handles=selection.dragging or (selection.held is not None and not selection.drawing),
        label=label,
        text=text,
        glass=glass,
        cursor=selection.cursor,
        hint=_hint_area(hint, style, screen) if hint and not selection.pressed else None,
        hint_text=hint,
    )


def size_text(region: Rect, max_tokens: int) -> str:
    """`520 × 230 · 152 tokens`; for what the model cannot take whole, also the size that is sent.

    Without `max_tokens`, no word of them.
    """
    width, height = region.width, region.height
    if not max_tokens:
        return f"{width} × {height}"
    tokens = image_tokens(width, height)
    if tokens <= max_tokens:
        return tr("{width} × {height} · {tokens} tokens", width=width, height=height, tokens=tokens)
    sent = fit(width, height, max_tokens)
    return tr(
        "{width} × {height}, sent as {sent_width} × {sent_height} · {tokens} tokens",
        width=width,
        height=height,
        sent_width=sent[0],
        sent_height=sent[1],
        tokens=image_tokens(*sent),
    )


def _hint_area(hint: str, style: paint.Style, screen: layout.Size) -> Rect:
    margin = round(HINT_MARGIN * style.unit)
    width, height = paint.pill_size(hint, style, screen[0] - 2 * margin)
    bottom = screen[1] - margin
    return Rect((screen[0] - width) // 2, bottom - height, width, height)


def _qrect(rect: Rect | None) -> QRect:
    return paint.qrect(rect) if rect is not None else QRect()
