"""Our mark: a frame that looks and speaks. As the app's icon, and for the tray."""

from __future__ import annotations

import sys

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_helper.core.resources import resource

SIZES = (16, 22, 24, 32, 44, 48, 64, 128, 256)
AMBER = "#F0A020"  # what is kept in memory
_LIGHT, _RING = "#E5392F", "#FFFFFF"  # on panels of any colour


def app_icon() -> QIcon:
    """White on the accent, with its own ground: it reads on light and on dark."""
    return _render("app", "")


def tray_icon() -> QIcon:
    """For the tray. macOS tints a plain mask as its menu bar needs; elsewhere nobody tells us the panel's colour."""
    if sys.platform == "darwin":
        return _mask()
    drawn = QGuiApplication.windowIcon()
    return app_icon() if drawn.isNull() else drawn


def recording_icon() -> QIcon:
    """For the tray while the screen is recorded: the same with a red light, which no panel tints."""
    return _with_light(_LIGHT)


def keeping_icon() -> QIcon:
    """For the tray while the last seconds of the screen are kept in memory: the light is amber."""
    return _with_light(AMBER)


def _with_light(colour: str) -> QIcon:
    icon, plain = QIcon(), tray_icon()
    for size in SIZES:
        drawn = plain.pixmap(QSize(size, size), 1.0)
        light = QRectF(0.46, 0.46, 0.54, 0.54)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_RING))
        painter.drawEllipse(light)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(light.adjusted(0.07, 0.07, -0.07, -0.07))
        painter.end()
        icon.addPixmap(drawn)
    return icon


def _mask() -> QIcon:
    icon = _render("mark", "#000000")
    icon.setIsMask(True)
    return icon


def _render(name: str, colour: str) -> QIcon:
    source = resource("icons", f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    renderer = QSvgRenderer(source.encode())
    icon = QIcon()
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        icon.addPixmap(QPixmap.fromImage(image))
    return icon
