"""The picture that an answer is about, small, with the boxes that the answer names."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from desktop_helper.core.grounding import GroundedPicture
from desktop_helper.core.i18n import tr
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.box_painting import paint_boxes
from desktop_helper.ui.box_words import described
from desktop_helper.ui.text_safety import reveal
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.thumbnails import Picture

ROOM = QSize(320, 240)


def framed(grounded: GroundedPicture, source: MediaSource | None) -> AttachmentFrame:
    """It, to be opened and dragged out as what is attached to a question is."""
    frame = AttachmentFrame(grounded.part, BoxPicture(grounded, source), source)
    frame.setAccessibleDescription(described(grounded.boxes))
    return frame


class BoxPicture(Picture):
    """All of it is seen, whatever its shape: a box may be anywhere. Read when it is in sight, off the UI thread."""

    def __init__(self, grounded: GroundedPicture, source: MediaSource | None, parent: QWidget | None = None) -> None:
        super().__init__(grounded.part, ROOM, source, parent, at_once=False)
        self._boxes = grounded.boxes
        self.setAccessibleName(tr("Where it is, in the picture {name}", name=reveal(grounded.part.name)))
        Theme.current().changed.connect(self.update)

    def place(self) -> QRectF:
        """Where the picture is in the widget."""
        room = QSizeF(self.size())
        size = QSizeF(self._part.width, self._part.height).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(
            (room.width() - size.width()) / 2, (room.height() - size.height()) / 2, size.width(), size.height()
        )

    def _paint_picture(self, painter: QPainter, outline: QPainterPath) -> None:
        place = self.place()
        painter.setClipPath(outline)
        painter.drawImage(place, self._image)
        paint_boxes(painter, place, QRectF(self.rect()), self._boxes)
        painter.setClipping(False)
