"""The length of a video as a strip of small pictures, with two handles, the place that is looked at, and the frames."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from desktop_helper.core.clip_span import Ends
from desktop_helper.core.clips import fine_clock
from desktop_helper.core.i18n import tr
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.trim import strip_painting
from desktop_helper.ui.trim.strip_painting import HANDLE, Strip

STRIP_PX = 56
MARKS_PX = 30
SECOND, TEN_SECONDS = 1.0, 10.0
_REACH = 7  # pixels beside a handle or a mark where the mouse still means it
_SAME_S = 0.0005


class Timeline(QSlider):
    """Times are the video's own. What is done here is told, and shown when `set_ends` says so.

    For screen readers it is a slider of milliseconds, and they may move it; all else is painted and handled here.

    Signals:
        looked: a time in the video was pointed at.
        start_dragged, end_dragged: a handle was pulled to a time.
        stepped: by -1 or 1 picture.
        slots_changed: another number of small pictures is wanted.
    """

    looked = Signal(float)
    start_dragged = Signal(float)
    end_dragged = Signal(float)
    stepped = Signal(int)
    slots_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.ends = Ends(0.0)
        self.marks: tuple[float, ...] = ()
        self.marks_valid = True
        self._shape = 16 / 9
        self._pictures: list[QImage] = []
        self._held: SignalInstance = self.looked
        self._holding = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Timeline"))
        self.valueChanged.connect(lambda value: self.looked.emit(value / 1000))
        Theme.current().changed.connect(self._restyle)

    @property
    def slots(self) -> int:
        """How many small pictures there is room for."""
        return max(1, round(self._strip().width() / (self._strip().height() * self._shape)))

    def slot_times(self) -> list[float]:
        """The middle of each."""
        return [self.ends.duration * (number + 0.5) / self.slots for number in range(self.slots)]

    def set_shape(self, width: int, height: int) -> None:
        """Of the video's pictures."""
        self._shape = min(max(width / height, 0.4), 3.0)
        self._begin_anew()

    def set_ends(self, ends: Ends) -> None:
        """Show the handles and the place that is looked at."""
        self.ends = ends
        at, start, end = map(fine_clock, (ends.at, ends.start, ends.end))
        told = tr("At {at}. The part goes from {start} to {end}.", at=at, start=start, end=end)
        self.setAccessibleDescription(told)
        with QSignalBlocker(self):
            self.setRange(0, round(ends.duration * 1000))
            self.setValue(round(ends.at * 1000))
        self.update()

    def set_marks(self, marks: Sequence[float], *, valid: bool) -> None:
        """Show where the chosen frames are; paler if others are being chosen."""
        self.marks, self.marks_valid = tuple(marks), valid
        self.update()

    def set_picture(self, number: int, image: QImage) -> None:
        """One of the small pictures has come."""
        if number < len(self._pictures):
            self._pictures[number] = image
            self.update()

    def neighbour(self, by: int) -> float | None:
        """The chosen frame before or behind the place that is looked at."""
        if by < 0:
            place = bisect_left(self.marks, self.ends.at - _SAME_S) - 1
        else:
            place = bisect_right(self.marks, self.ends.at + _SAME_S)
        return self.marks[place] if 0 <= place < len(self.marks) else None

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        theme = Theme.current()
        return QSize(480, theme.px(STRIP_PX) + theme.px(MARKS_PX))

    def minimumSizeHint(self) -> QSize:
        """At least a few pictures wide."""
        return QSize(240, self.sizeHint().height())

    # --- events ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go by pictures, with Shift by seconds, with Ctrl by ten; Home and End go to the handles."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        towards = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        far = {Qt.KeyboardModifier.ShiftModifier: SECOND, Qt.KeyboardModifier.ControlModifier: TEN_SECONDS}
        if towards and held in far:
            self.looked.emit(self.ends.at + towards * far[held])
        elif towards and not held:
            self.stepped.emit(towards)
        elif event.key() == Qt.Key.Key_Home:
            self.looked.emit(self.ends.start)
        elif event.key() == Qt.Key.Key_End:
            self.looked.emit(self.ends.end)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nothing: a touch of it would lose the place."""
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a handle, go to a frame, or to a place."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        self._held, self._holding = self._handle_at(at) or self.looked, True
        mark = self._mark_at(at)
        if mark is not None:
            self._holding = False
            self.looked.emit(mark)
        elif self._held is self.looked:
            self.looked.emit(self._time(at.x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull what is held."""
        at = event.position()
        if self._holding:
            self._held.emit(self._time(at.x()))
        elif self._mark_at(at) is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        elif self._handle_at(at) is not None:
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._holding = False

    def event(self, event: QEvent) -> bool:
        """The time under the pointer is its tooltip."""
        if isinstance(event, QHelpEvent):
            mark = self._mark_at(QPointF(event.pos()))
            at = fine_clock(self._time(event.pos().x()) if mark is None else mark)
            QToolTip.showText(event.globalPos(), at if mark is None else tr("Frame at {at}", at=at), self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There may be room for more pictures, or fewer."""
        super().resizeEvent(event)
        if self.slots != len(self._pictures):
            self._begin_anew()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Pictures, handles, marks."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        strip = self._shown()
        strip_painting.pictures(painter, strip, self._pictures)
        if not self.isEnabled():
            return  # its length is not known
        strip_painting.handles(painter, strip, self.ends)
        strip_painting.marks(painter, strip, self.marks, self.ends, valid=self.marks_valid)
        strip_painting.place(painter, strip, self.ends.at, focused=self.hasFocus())

    # --- places ---

    def _strip(self) -> QRectF:
        inset = HANDLE + 2
        return QRectF(inset, 4, max(1, self.width() - 2 * inset), Theme.current().px(STRIP_PX) - 8)

    def _shown(self) -> Strip:
        return Strip(self._strip(), QRectF(self.rect()), self.ends.duration)

    def _time(self, x: float) -> float:
        strip = self._strip()
        return min(max((x - strip.left()) / strip.width(), 0.0), 1.0) * self.ends.duration

    def _handle_at(self, at: QPointF) -> SignalInstance | None:
        """The signal of the handle there; None if there is none."""
        strip = self._shown()
        if at.y() > strip.area.bottom() + _REACH:
            return None
        start, end = strip.x(self.ends.start), strip.x(self.ends.end)
        if start - HANDLE - _REACH <= at.x() <= start + 2:
            return self.start_dragged
        if end - 2 <= at.x() <= end + HANDLE + _REACH:
            return self.end_dragged
        return None

    def _mark_at(self, at: QPointF) -> float | None:
        strip = self._shown()
        if at.y() <= strip.area.bottom() or not self.marks:
            return None
        near = min(self.marks, key=lambda mark: abs(strip.x(mark) - at.x()))
        return near if abs(strip.x(near) - at.x()) <= _REACH else None

    def _begin_anew(self) -> None:
        self._pictures = [QImage() for _ in range(self.slots)]
        self.slots_changed.emit()
        self.update()

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
