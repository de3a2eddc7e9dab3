"""The frozen picture with what was drawn on it: the only place where marks become pixels.

The overlay shows this picture and every crop is cut from it, so what is asked about, copied, saved or pinned is what
was seen. Where no mark is, its pixels are those of the frozen picture; what lies under squares is in none of them.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QImage, QPainter, QRegion

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.ui.annotate.blocks import Blocks
from desktop_helper.ui.annotate.marks import Mark
from desktop_helper.ui.annotate.shapes import changed, layers
from desktop_helper.ui.overlay_painting import qrect, rects

_MOST_RECTS = 160  # more of them cost more to clip than they save


class Canvas:
    """One frozen picture. Its pixels are copied when something is drawn for the first time."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._source = QImage(frame.data, frame.width, frame.height, frame.width * 4, QImage.Format.Format_RGB32)
        self._drawn = QImage()
        self._marks: tuple[Mark, ...] = ()
        self._blocks = Blocks(frame)

    @property
    def picture(self) -> QImage:
        """The picture as it is seen."""
        return self._drawn if self._marks else self._source

    @property
    def frame(self) -> Frame:
        """The same as pixels. They are not a copy: they change with the next mark."""
        return Frame(self._drawn.constBits(), self._frame.rect) if self._marks else self._frame

    def show(self, marks: tuple[Mark, ...]) -> QRegion:
        """Have exactly these marks on the picture. Returns the pixels that may differ from before."""
        before, count = self._marks, max(len(marks), len(self._marks))
        dirty = QRegion()
        for number in range(count):
            old = before[number] if number < len(before) else None
            new = marks[number] if number < len(marks) else None
            if old is not new:
                dirty += changed(old, new)
        dirty = dirty.intersected(self._source.rect())
        if dirty.rectCount() > _MOST_RECTS:
            dirty = QRegion(dirty.boundingRect())
        self._marks = marks
        if not marks:
            self._drawn = QImage()
        elif self._drawn.isNull():
            self._drawn = self._source.copy()
            self._paint(QRegion(self._source.rect()))
        else:
            self._paint(dirty)
        return dirty

    def _paint(self, dirty: QRegion) -> None:
        with QPainter(self._drawn) as painter:
            painter.setClipRegion(dirty)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            for rect in rects(dirty):
                painter.drawImage(rect.topLeft(), self._source, rect)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            for mark in self._marks:
                if mark.tool == "hide":
                    self._hide(painter, mark, dirty)
                else:
                    self._fill(painter, mark, dirty)

    def _hide(self, painter: QPainter, mark: Mark, dirty: QRegion) -> None:
        hidden = qrect(mark.box)
        for rect in rects(dirty.intersected(hidden)):
            area = Rect(rect.x(), rect.y(), rect.width(), rect.height())
            for square, colour in self._blocks.within(area, mark.size):
                painter.fillRect(qrect(square).intersected(rect), QColor(colour))

    @staticmethod
    def _fill(painter: QPainter, mark: Mark, dirty: QRegion) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for layer in layers(mark):
            if dirty.intersects(layer.bounds):
                painter.fillPath(layer.path, layer.colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
