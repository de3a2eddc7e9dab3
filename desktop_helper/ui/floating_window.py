"""A frameless window with a hairline and rounded corners that can be moved, resized and pinned."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_helper.qt.compositing import is_composited
from desktop_helper.qt.x11_focus import X11Focus
from desktop_helper.ui.theme import RADIUS_WINDOW, Theme

GRIP = 6  # pixels at the edges that resize


class FloatingWindow(QWidget):
    """Base of the chat window.

    Args:
        on_taskbar: False for a tool window that the taskbar does not list (there is a tray icon to find it again).

    Signals:
        shown: the window comes up.
    """

    shown = Signal()

    def __init__(self, *, on_taskbar: bool) -> None:
        super().__init__()
        self.setWindowFlags(_kind(on_taskbar) | Qt.WindowType.FramelessWindowHint)
        self.in_tray = True  # whether there is an icon that brings the window back
        self._focus = X11Focus()
        self._wants_keyboard = False
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self._translucent = is_composited()  # Qt wants to know it before the window exists, so it stays as it is
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, self._translucent)
        self.setMouseTracking(True)
        self.setContentsMargins(1, 1, 1, 1)
        Theme.current().changed.connect(self.update)

    def set_pinned(self, pinned: bool) -> None:
        """Stay above other windows or not, without being hidden and shown again."""
        if not self.isVisible():  # else it would be hidden
            self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, pinned)
        handle = self.windowHandle()
        if handle is not None:
            handle.setFlag(Qt.WindowType.WindowStaysOnTopHint, pinned)

    def set_on_taskbar(self, on_taskbar: bool) -> None:
        """Become an ordinary window, or a tool window again. Whoever calls it shows the window again: Qt hides it."""
        flags = self.windowFlags() & ~Qt.WindowType.WindowType_Mask | _kind(on_taskbar)
        if flags != self.windowFlags():
            self.hide()
            if self.windowHandle() is not None:
                self.windowHandle().destroy()  # else Qt takes the new one for the one that has the keyboard already
            self.setWindowFlags(flags)

    def present(self) -> None:
        """Show, raise and take the keyboard: the user asked for the window."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        if self.windowHandle().isExposed():
            self._focus.activate(int(self.winId()))
        else:
            self._wants_keyboard = True  # a window manager ignores the wish of a window that it has not seen yet

    def present_quietly(self) -> None:
        """Show without taking the keyboard away from whatever the user is typing in."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, True)
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()

    def put_away(self) -> None:
        """Out of the way, but never out of reach: without a tray icon the taskbar keeps it, or else it stays."""
        if self.in_tray:
            self.hide()
        elif self.windowType() == Qt.WindowType.Window:
            self.showMinimized()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keyboard as soon as the window is on the screen."""
        if watched is self.windowHandle() and event.type() == QEvent.Type.Expose and self._wants_keyboard:
            self._wants_keyboard = False
            self._focus.activate(int(self.winId()))
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on there is a native window to watch."""
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)  # installing it again moves it to the front, no more
        super().showEvent(event)
        self.shown.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window manager's close only hides: the app lives in the tray."""
        event.ignore()
        self.put_away()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The page and its hairline."""
        theme, painter = Theme.current(), QPainter(self)
        if self._fills_screen():
            painter.fillRect(self.rect(), theme.color("background"))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("background"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_WINDOW, RADIUS_WINDOW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Without a compositor the corners are cut off instead of being transparent."""
        super().resizeEvent(event)
        if self._fills_screen():
            self.clearMask()
        elif not self._translucent:
            path = QPainterPath()
            path.addRoundedRect(QRectF(self.rect()), RADIUS_WINDOW, RADIUS_WINDOW)
            self.setMask(QRegion(path.toFillPolygon().toPolygon()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The edges resize."""
        edges, handle = self._edges(event.position().toPoint()), self.windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and edges and handle is not None:
            handle.startSystemResize(edges)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say so with the cursor."""
        self.setCursor(_cursor(self._edges(event.position().toPoint())))

    def leaveEvent(self, event: QEvent) -> None:
        """Back to the arrow."""
        self.unsetCursor()
        super().leaveEvent(event)

    def dispose(self) -> None:
        """Hide it for good and free what it holds; `close` only hides."""
        self.hide()
        self._focus.close()
        self.deleteLater()

    def _fills_screen(self) -> bool:
        return bool(self.windowState() & (Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen))

    def _edges(self, at: QPoint) -> Qt.Edge:
        edges = Qt.Edge(0)
        if self._fills_screen():
            return edges
        if at.x() < GRIP:
            edges |= Qt.Edge.LeftEdge
        if at.x() >= self.width() - GRIP:
            edges |= Qt.Edge.RightEdge
        if at.y() < GRIP:
            edges |= Qt.Edge.TopEdge
        if at.y() >= self.height() - GRIP:
            edges |= Qt.Edge.BottomEdge
        return edges


def _kind(on_taskbar: bool) -> Qt.WindowType:
    return Qt.WindowType.Window if on_taskbar else Qt.WindowType.Tool


def _cursor(edges: Qt.Edge) -> Qt.CursorShape:
    horizontal = bool(edges & (Qt.Edge.LeftEdge | Qt.Edge.RightEdge))
    vertical = bool(edges & (Qt.Edge.TopEdge | Qt.Edge.BottomEdge))
    if horizontal and vertical:
        falling = bool(edges & Qt.Edge.LeftEdge) == bool(edges & Qt.Edge.TopEdge)
        return Qt.CursorShape.SizeFDiagCursor if falling else Qt.CursorShape.SizeBDiagCursor
    if horizontal:
        return Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.SizeVerCursor if vertical else Qt.CursorShape.ArrowCursor
