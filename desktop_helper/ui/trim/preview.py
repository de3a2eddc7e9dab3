"""The picture that is looked at, as large as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import SPACE_4, Theme


class Preview(QWidget):
    """A picture, or a sentence while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._sentence = tr("reading…")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Picture"))
        Theme.current().changed.connect(self.update)

    @property
    def has_picture(self) -> bool:
        """Whether it shows one."""
        return not self._image.isNull()

    def show_picture(self, image: QImage) -> None:
        """Show it, never larger than its pixels."""
        self._image = image
        self.update()

    def say(self, sentence: str) -> None:
        """Instead of a picture."""
        self._image, self._sentence = QImage(), sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def sizeHint(self) -> QSize:
        """Most of the window."""
        return QSize(720, 400)

    def minimumSizeHint(self) -> QSize:
        """A picture that can be recognised."""
        return QSize(240, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """In the middle of a quiet ground."""
        painter, theme = QPainter(self), Theme.current()
        painter.fillRect(self.rect(), theme.color("sunken"))
        area = QRectF(self.rect())
        if self._image.isNull():
            painter.setFont(theme.font())
            painter.setPen(theme.color("dim"))
            room = area.adjusted(SPACE_4, SPACE_4, -SPACE_4, -SPACE_4)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._sentence)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = QSizeF(self._image.size()) / self.devicePixelRatioF()
        if size.width() > area.width() or size.height() > area.height():
            size.scale(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(area.topLeft(), size)
        place.moveCenter(area.center())
        painter.drawImage(place, self._image)
