"""The small picture on an attachment."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.theme import Theme

THUMBNAIL = QSize(36, 28)
_GROWTH = 2  # of the thumbnail with the largest text: its picture is kept that sharp


class Thumbnail(QWidget):
    """A small picture with rounded corners, or an icon."""

    def __init__(self) -> None:
        super().__init__()
        self._data = b""
        self._image: QPixmap | None = None
        self._icon = ("file", "dim")
        Theme.current().changed.connect(self._fit)
        self._fit()

    def set_picture(self, data: bytes) -> None:
        """Show a PNG or JPEG: our own, already checked and bounded by whoever made the part."""
        if data is self._data:
            return  # it came ahead of the others
        self._data = data
        image = QImage.fromData(data)
        size = THUMBNAIL * _GROWTH * self.devicePixelRatioF()
        scaled = image.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        self._image = QPixmap.fromImage(scaled)
        self.update()

    def set_icon(self, name: str, role: str) -> None:
        """Show one of ours instead."""
        self._icon = (name, role)
        self._data, self._image = b"", None
        self.update()

    def _fit(self) -> None:
        theme = Theme.current()
        self.setFixedSize(theme.icon_px(THUMBNAIL.width()), theme.icon_px(THUMBNAIL.height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Filled, whatever the shape of the picture."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._image is None:
            painter.fillPath(path, Theme.current().color("sunken"))
            side = Theme.current().icon_px(16)
            drawn = pixmap(*self._icon, side, self.devicePixelRatioF())
            painter.drawPixmap((self.width() - side) // 2, (self.height() - side) // 2, drawn)
            return
        painter.setClipPath(path)
        source = QRectF(self._image.rect())
        share = min(source.width() / self.width(), source.height() / self.height())
        middle = source.center()
        source.setSize(QSizeF(self.width() * share, self.height() * share))
        source.moveCenter(middle)
        painter.drawPixmap(QRectF(self.rect()), self._image, source)
        painter.setClipping(False)
        painter.setPen(QPen(Theme.current().color("line"), 1))  # else a white page has no edge
        painter.drawPath(path)
