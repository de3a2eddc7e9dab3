"""Around an attachment of a message: a click or Enter opens it, dragging takes it out as a file."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import MediaPart
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.ui.theme import RADIUS_CARD, Theme

_RING = 2
_DRAGGED_PX = 160


class AttachmentFrame(QWidget):
    """What is shown, and the ring of the focus over it.

    Args:
        part: what is shown.
        shown: the widget that shows it; it names itself.
        source: where its bytes are; without one it cannot be dragged out.

    Signals:
        opened: the user wants to look at it.
    """

    opened = Signal()

    def __init__(
        self, part: MediaPart, shown: QWidget, source: MediaSource | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._part, self._shown, self._source = part, shown, source
        self._pressed: QPoint | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(shown.accessibleName())
        shown.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setToolTip(shown.toolTip())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(shown)
        self._ring = _Ring(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space open it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The begin of a click or of a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough with the button held, it is a drag."""
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            drag_out(self, self._part, self._source)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click opens it."""
        if self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = None
            if self.rect().contains(event.position().toPoint()):
                self.opened.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self._ring.raise_()
        self._ring.show()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it."""
        super().focusOutEvent(event)
        self._ring.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The ring is as large as the rest."""
        super().resizeEvent(event)
        self._ring.setGeometry(self.rect())


class _Ring(QWidget):
    """Drawn over a picture, which fills its place to the edges."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Theme.current().color("accent"), _RING))
        inset = _RING / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), RADIUS_CARD, RADIUS_CARD)


def drag_out(widget: QWidget, part: MediaPart, source: MediaSource | None) -> None:
    """Let the user drag it to another program, as a file. Returns when it was dropped; one that is gone stays."""
    if source is None:
        return
    try:
        path = source.file_for(part)
    except HelperError:
        return
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drag = QDrag(widget)
    drag.setMimeData(data)
    picture = widget.grab()
    if picture.width() > _DRAGGED_PX * picture.devicePixelRatio():
        picture = picture.scaledToWidth(_DRAGGED_PX, Qt.TransformationMode.SmoothTransformation)
    drag.setPixmap(picture)
    drag.exec(Qt.DropAction.CopyAction)
