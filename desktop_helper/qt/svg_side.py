"""Draws SVG in a process of its own: Qt knows gradients and styles, and the program that reads files has no Qt.

One frame from the parent (`attachments.svg`): `draw` with `max_tokens` and the drawing, cleaned of all that leads
elsewhere. Back comes `done` with a PNG, or an error.
"""

from __future__ import annotations

import os

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.image_tokens import MAX_SIDE, fit, image_tokens

LONG_SIDE = 1024  # of a drawing that says it is smaller: it loses nothing by being drawn larger


def handle(frame: Frame, channel: Channel) -> None:
    """Draw what the frame holds."""
    channel.send({"type": "done"}, _drawn(frame.payloads[0], int(frame.header["max_tokens"])))


def _drawn(data: bytes, max_tokens: int) -> bytes:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    renderer = QSvgRenderer(QByteArray(data))
    natural = renderer.defaultSize()
    if not renderer.isValid() or natural.isEmpty():
        raise HelperError(ErrorKind.SOURCE, "not drawn")  # the parent has the words for it
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    picture = QImage(*_size(natural.width(), natural.height(), max_tokens), QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6's stub wants bytes, Qt takes a C string
    del application
    return bytes(buffer.data().data())


def _size(width: int, height: int, max_tokens: int) -> tuple[int, int]:
    long = max(width, height)
    scale = min(max(1.0, LONG_SIDE / long), MAX_SIDE / long)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    return (wide, high) if image_tokens(wide, high) <= max_tokens else fit(wide, high, max_tokens)


if __name__ == "__main__":
    serve(handle)
