"""What was attached to a question: pictures with rounded corners, other files as a chip, to open or drag out."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.clips import extent, grouped
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.qt.media_source import MediaSource, decode
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.flow_layout import FlowLayout
from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import RADIUS_BOX, RADIUS_CARD, SPACE_2, Theme, set_role

_ALONE, _AMONG = QSize(246, 160), QSize(116, 84)
_NAME_PX = 180


class Thumbnails(QWidget):
    """All attachments of one message, aligned to the right; a video is its first picture and its length.

    Signals:
        opened: place of the one that the user wants to look at.
    """

    opened = Signal(int)

    def __init__(
        self, media: tuple[MediaPart, ...], source: MediaSource | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = FlowLayout(self, gap=SPACE_2, right=True)
        groups, place = grouped(media), 0
        room = _ALONE if len(groups) == 1 else _AMONG
        for group in groups:
            part = group[0]
            shown = Picture(part, room, source) if isinstance(part, ImagePart) else _FileChip(part)
            frame = AttachmentFrame(part, shown, source)
            frame.opened.connect(lambda place=place: self.opened.emit(place))
            row.addWidget(frame)
            place += len(group)


class Picture(QWidget):
    """A picture scaled down into `room`, or cut to it if its shape is extreme.

    `at_once` is whether it is decoded here and now if its bytes are in memory.
    """

    def __init__(
        self,
        part: ImagePart,
        room: QSize,
        source: MediaSource | None = None,
        parent: QWidget | None = None,
        *,
        at_once: bool = True,
    ) -> None:
        super().__init__(parent)
        self._part, self._source = part, source
        self._loading: CancelToken | None = None
        shape = QSize(part.width, part.height).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if part.width <= room.width() and part.height <= room.height():
            shape = QSize(part.width, part.height)
        self.setFixedSize(shape.expandedTo(QSize(48, 32)).boundedTo(room))
        at_once = at_once or source is None
        self._image = decode(part.data, self.size() * 2) if part.data and at_once else QImage()
        self._awaited = not at_once or not part.data
        self._length = extent(part.moment) if part.moment is not None else ""
        name = reveal(part.name if part.moment is None else part.moment.clip)
        said = tr("Video: {name}, {time}", name=name, time=self._length) if self._length else ""
        self.setAccessibleName(said or tr("Picture: {name}", name=name))
        self.setToolTip(tooltip(f"{name} · {self._length or f'{part.width} × {part.height}'}"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it with rounded corners and a hairline. What was not read yet is, as soon as it is in sight."""
        self._load()
        painter, theme = QPainter(self), Theme.current()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)
        painter.fillPath(outline, theme.color("sunken"))
        if self._image.isNull():
            painter.drawPixmap(self.rect().center() - QPoint(8, 8), pixmap("file", scale=self.devicePixelRatioF()))
        else:
            self._paint_picture(painter, outline)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawPath(outline)
        if self._length:
            self._paint_length(painter)

    def _paint_picture(self, painter: QPainter, outline: QPainterPath) -> None:
        painter.setClipPath(outline)
        painter.drawImage(QRectF(self.rect()), self._image, centre(self._image, self.size()))
        painter.setClipping(False)

    def _paint_length(self, painter: QPainter) -> None:
        """A triangle and the video's length, at the lower left on a dark ground that every picture leaves readable."""
        painter.setFont(Theme.current().font("meta"))
        metrics = painter.fontMetrics()
        side = metrics.capHeight()
        ground = QRectF(0, 0, metrics.horizontalAdvance(self._length) + side + 18, metrics.height() + 4)
        ground.moveBottomLeft(QPointF(6, self.height() - 6))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 176))
        painter.drawRoundedRect(ground, RADIUS_BOX, RADIUS_BOX)
        painter.setBrush(Qt.GlobalColor.white)
        left, middle = ground.left() + 7, ground.center().y()
        corners = (left, middle - side / 2), (left, middle + side / 2), (left + side * 0.85, middle)
        painter.drawPolygon([QPointF(*corner) for corner in corners])
        painter.setPen(Qt.GlobalColor.white)
        aligned = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(ground.adjusted(0, 0, -6, 0), aligned, self._length)

    def _load(self) -> None:
        if not self._awaited or self._source is None or self._loading is not None:
            return
        self._loading = self._source.thumbnail(self._part, self.size() * 2, self._show)
        self.destroyed.connect(self._loading.cancel)

    def _show(self, image: QImage) -> None:
        self._image = image
        self.update()


class _FileChip(QFrame):
    """Name of a file that is text to the model."""

    def __init__(self, part: FilePart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        name, sign = reveal(part.name), QLabel()
        sign.setPixmap(pixmap("file", "dim", 16, self.devicePixelRatioF()))
        self.setToolTip(tooltip(name))
        self.setAccessibleName(tr("File: {name}", name=name))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_2, 12, SPACE_2)
        layout.setSpacing(SPACE_2)
        layout.addWidget(sign)
        layout.addWidget(ElidedLabel(name, _NAME_PX))


def centre(image: QImage | QPixmap, shape: QSize) -> QRectF:
    """The middle part of `image` that has the proportions of `shape`."""
    cut = QSize(shape).scaled(image.size(), Qt.AspectRatioMode.KeepAspectRatio)
    return QRectF((image.width() - cut.width()) / 2, (image.height() - cut.height()) / 2, cut.width(), cut.height())
