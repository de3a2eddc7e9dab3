"""A picture that stays on the screen, above other windows, to look at while one works."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.frame_image import to_clipboard
from desktop_helper.ui.menu import add_to, make_menu
from desktop_helper.ui.overlay_keys import ARROWS, chord
from desktop_helper.ui.theme import Theme

EDGE = 1  # around the picture
ZOOMS = (0.1, 8.0)
_STEP = 1.1  # of one notch of the wheel
_LEAST, _MOST = 24, 16_000  # pixels of a side


class PinnedPicture(QWidget):
    """Drag it, turn the wheel over it, Esc closes it. It shows itself without taking the keyboard.

    Args:
        image: the pixels, with their ratio to logical ones.
        place: where its first pixel lies on the desktop, logical.

    Signals:
        save_requested: Ctrl+S.
        text_requested: Ctrl+Shift+C.
        asked: it is wanted for a question.
        closed: it is gone.
    """

    save_requested = Signal()
    text_requested = Signal()
    asked = Signal()
    closed = Signal()

    def __init__(self, image: QImage, place: QPoint) -> None:
        flags = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.Tool
        super().__init__(None, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setWindowTitle(tr("Pinned picture"))
        self.setAccessibleName(tr("Pinned picture"))
        self.setAccessibleDescription(f"{image.width()} × {image.height()}")
        self.setToolTip(tr("Drag to move, wheel for the size, Esc closes"))
        self.image = image
        self.zoom = 1.0
        self._held: QPointF | None = None
        self._keys: dict[str, Callable[[], object]] = {
            "Esc": self.close,
            "Ctrl+W": self.close,
            "Ctrl+C": self.copy,
            "Ctrl+Shift+C": self.text_requested.emit,
            "Ctrl+S": self.save_requested.emit,
            "Return": self.asked.emit,
            "+": lambda: self.zoom_to(self.zoom * _STEP),
            "Shift++": lambda: self.zoom_to(self.zoom * _STEP),
            "=": lambda: self.zoom_to(self.zoom * _STEP),  # the same key where “+” needs Shift
            "-": lambda: self.zoom_to(self.zoom / _STEP),
            "0": lambda: self.zoom_to(1.0),
        }
        self.setGeometry(QRect(place - QPoint(EDGE, EDGE), self._needed()))
        Theme.current().changed.connect(self.update)

    def copy(self) -> None:
        """Put the picture, in its own size, on the clipboard."""
        to_clipboard(self.image)

    def zoom_to(self, zoom: float, fixed: QPointF | None = None) -> None:
        """Show it larger or smaller; the point `fixed` of the window stays where it is, else its middle does."""
        shorter = min(self.image.width(), self.image.height()) / self.image.devicePixelRatio()
        longer = max(self.image.width(), self.image.height()) / self.image.devicePixelRatio()
        zoom = min(max(zoom, ZOOMS[0], min(1.0, _LEAST / shorter)), ZOOMS[1], max(1.0, _MOST / longer))
        at = fixed if fixed is not None else QPointF(self.rect().center())
        shift = (at - QPointF(EDGE, EDGE)) * (1 - zoom / self.zoom)
        self.zoom = zoom
        self.setGeometry(QRect(self.pos() + shift.toPoint(), self._needed()))
        self.update()

    # --- events ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, in the size it was taken in pixel by pixel, and a thin line around it."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), Theme.current().color("accent" if self.hasFocus() else "line"))
            if self.zoom == 1.0:
                scale = self.devicePixelRatioF()
                painter.scale(1 / scale, 1 / scale)
                edge = round(EDGE * scale)
                painter.drawImage(QRect(edge, edge, self.image.width(), self.image.height()), self.image)
            else:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < 2)
                painter.drawImage(QRectF(self.rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE), self.image)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._held is not None:
            self.move((event.globalPosition() - self._held).toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        self._held = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Larger and smaller, around the mouse."""
        self.zoom_to(self.zoom * _STEP ** (event.angleDelta().y() / 120), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the sheet behind F1; arrows move it."""
        do = self._keys.get(chord(event))
        if do is not None:
            do()
        elif event.key() in ARROWS:
            self.move(self.pos() + QPoint(*ARROWS[event.key()]))
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """It goes away for good."""
        super().closeEvent(event)
        self.closed.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with it."""
        menu = make_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_to(menu, tr("Ask about it"), "Return", self.asked.emit)
        add_to(menu, tr("Copy"), "Ctrl+C", self.copy)
        add_to(menu, tr("Copy the text in it"), "Ctrl+Shift+C", self.text_requested.emit)
        add_to(menu, tr("Save as…"), "Ctrl+S", self.save_requested.emit)
        add_to(menu, tr("True size"), "0", lambda: self.zoom_to(1.0))
        menu.addSeparator()
        add_to(menu, tr("Close"), "Esc", self.close)
        menu.popup(event.globalPos())

    def _needed(self) -> QSize:
        size = self.image.deviceIndependentSize() * self.zoom
        return QSize(max(1, round(size.width())) + 2 * EDGE, max(1, round(size.height())) + 2 * EDGE)
