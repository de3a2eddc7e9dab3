"""Pixels of the screen as Qt's pictures, and on the clipboard."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QImage

from desktop_helper.core.protocols import Frame


def image_of(frame: Frame) -> QImage:
    """A copy of the pixels."""
    return QImage(frame.data, frame.width, frame.height, frame.width * 4, QImage.Format.Format_RGB32).copy()


def to_clipboard(image: QImage) -> None:
    """Put it there in its own size, whatever it is shown in."""
    plain = QImage(image)
    plain.setDevicePixelRatio(1.0)
    QGuiApplication.clipboard().setImage(plain)
