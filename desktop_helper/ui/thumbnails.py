"""What was attached to a question: pictures with rounded corners, other files as a chip, to open or drag out."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.qt.media_source import MediaSource, decode
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.flow_layout import FlowLayout
from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import RADIUS_CARD, SPACE_2, Theme, set_role

_ALONE, _AMONG = QSize(246, 160), QSize(116, 84)
_NAME_PX = 180


class Thumbnails(QWidget):
    """All attachments of one message, aligned to the right.

    Signals:
        opened: place of the one that the user wants to look at.
    """

    opened = Signal(int)

    def __init__(
        self, media: tuple[MediaPart, ...], source: MediaSource | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = FlowLayout(self, gap=SPACE_2, right=True)
        room = _ALONE if len(media) == 1 else _AMONG
        for place, part in enumerate(media):
            shown = Picture(part, room, source) if isinstance(part, ImagePart) else _FileChip(part)
            frame = AttachmentFrame(part, shown, source)
            frame.opened.connect(lambda place=place: self.opened.emit(place))
            row.addWidget(frame)


class Picture(QWidget):
    """A picture scaled down into `room`, or cut to it if its shape is extreme."""

    def __init__(
        self, part: ImagePart, room: QSize, source: MediaSource | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._part, self._source = part, source
        self._loading: CancelToken | None = None
        shape = QSize(part.width, part.height).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        if part.width <= room.width() and part.height <= room.height():
            shape = QSize(part.width, part.height)
        self.setFixedSize(shape.expandedTo(QSize(48, 32)).boundedTo(room))
        self._image = decode(part.data, self.size() * 2) if part.data else QImage()
        name = reveal(part.name)
        self.setAccessibleName(tr("Picture: {name}", name=name))
        self.setToolTip(tooltip(f"{name} · {part.width} × {part.height}"))

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
            painter.setClipPath(outline)
            painter.drawImage(QRectF(self.rect()), self._image, centre(self._image, self.size()))
            painter.setClipping(False)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawPath(outline)

    def _load(self) -> None:
        if self._part.data or self._source is None or self._loading is not None:
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
