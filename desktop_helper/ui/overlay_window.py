"""The overlay of one screen: a frozen picture that takes a region, a window or the whole screen.

It is made once and hidden, since mapping a window that exists is three times as fast as making one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QCursor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QScreen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Frame, WindowInfo
from desktop_helper.ui import overlay_painting as paint
from desktop_helper.ui.annotate.easel import Easel
from desktop_helper.ui.announce import announce
from desktop_helper.ui.ask_here.line import AskLine
from desktop_helper.ui.overlay_bar import OverlayBar
from desktop_helper.ui.overlay_help import OverlayHelp, held_hint, held_words
from desktop_helper.ui.overlay_keys import ARROWS, DEEDS, DELAYS_S, chord, show_grip
from desktop_helper.ui.overlay_marks import Marks, compose
from desktop_helper.ui.overlay_selection import Selection
from desktop_helper.ui.screen_cover import become_cover, picture_scale, show_over_screen
from desktop_helper.ui.text_safety import reveal
from desktop_helper.ui.theme import Theme

_STEP = 16  # logical pixels of one press of an arrow key; the other step is one pixel of the picture
_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_NONE = Qt.KeyboardModifier.NoModifier


class OverlayWindow(QWidget):
    """One screen's overlay.

    Args:
        screen: where it lies.

    Signals:
        taken: a `Rect` of picture pixels, and the `WindowInfo` if it is a window, else None.
        whole_screen: Enter was pressed.
        pressed: the mouse is used here, so the keys are meant for it too.
        holding: a region waits here, to be changed and then taken.
        asked(object, str, bool): a `Rect` and a question about it, to be answered there, or else in the chat.
        deed(str, object): one of `overlay_keys.DEEDS` is wanted, with a `Rect` of picture pixels.
        repeat: show the last region again.
        later(int): freeze the screen again in so many seconds.
        cancelled: Esc or the right button, with nothing to step back from.
        painted: the first picture after `present` is on its way to the screen.
    """

    taken = Signal(object, object)
    whole_screen = Signal()
    pressed = Signal()
    holding = Signal()
    asked = Signal(object, str, bool)
    deed = Signal(str, object)
    repeat = Signal()
    later = Signal(int)
    cancelled = Signal()
    painted = Signal()

    def __init__(self, screen: QScreen) -> None:
        super().__init__()
        become_cover(self, tr("Select a region"))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._frame: Frame | None = None
        self._selection = Selection(1, 1)
        self._marks = Marks()
        self._style = paint.Style.of(Theme.current(), 1.0)
        self._max_tokens = 0
        self._hint = self._note = ""
        self._first_paint = False
        self._mouse_down = self._hold_first = self._by_keys = False
        self._easel = Easel(self, self._on_drawn, self.say)
        self._help = OverlayHelp(self)
        self._keys: dict[str, Callable[[], None]] = {
            "F1": self._help.toggle,
            "Esc": lambda: self._help.close_or(self._step_back),
            "Return": lambda: self._take(keep=self.line.first),
            "Shift+Return": lambda: self._take(keep=not self.line.first),
            "Ctrl+Return": lambda: self._take(keep=True, ask=True),
            "Space": lambda: self._press_or_release(_NONE),
            "Shift+Space": lambda: self._press_or_release(_SHIFT),
            "Ctrl+Space": lambda: self._press_or_release(_CTRL),
            "C": self._copy_colour,
            "R": self.repeat.emit,
        }
        deeds = {name: partial(self._on_deed, name) for name in DEEDS.values()}
        self._keys |= {keys: deeds[name] for keys, name in DEEDS.items()}
        self._keys |= {keys: partial(self.later.emit, seconds) for keys, seconds in DELAYS_S.items()}
        self.bar = OverlayBar(self, deeds | {"take": lambda: self._take(keep=False)}, self._easel)
        lower = partial(self._easel.choose, None)
        self.line = AskLine(self, self._ask, self._help.close_or, self._refresh, self.say, lower)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.winId()  # makes the platform window now

    @property
    def frame(self) -> Frame | None:
        """The frozen pixels, None while the overlay is hidden."""
        return self._frame

    def drawn(self) -> Frame | None:
        """The same with what was drawn on them: what is taken is cut from it at once: the next mark changes it."""
        return self._easel.finished()

    @property
    def selection(self) -> Selection:
        """The state of the selection."""
        return self._selection

    def present(
        self, frame: Frame, *, windows_only: bool, hint: str, max_tokens: int, hold_first: bool = False
    ) -> None:
        """Show a picture. Its pixels are not copied.

        Args:
            frame: what this screen showed a moment ago.
            windows_only: only windows can be taken.
            hint: one line of help, empty for none.
            max_tokens: what the model takes; larger regions are labelled with the size they are sent in. 0: no word.
            hold_first: what is drawn or clicked is held, and Shift takes it at once, instead of the other way round.
        """
        self._frame = frame
        unit = frame.width / max(1, self.width())
        self._style = paint.Style.of(Theme.current(), unit)
        self._easel.begin(frame, unit, usable=not (windows_only or self.bar.area_for))
        self._selection = Selection(frame.width, frame.height, unit, windows_only)
        self._hint, self._note, self._max_tokens = hint, "", max_tokens
        self.line.begin(usable=not (windows_only or self.bar.area_for))
        self._mouse_down, self._hold_first = False, hold_first or self.line.first
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._marks = compose(self._selection, hint, self._style, max_tokens)
        self._first_paint = True
        self.setAccessibleDescription(hint)
        show_over_screen(self)

    def dismiss(self) -> None:
        """Hide and let go of the pixels."""
        self.hide()
        self._help.close()
        self.bar.close()
        self.line.close()
        self._easel.clear()
        self._frame = None
        self._selection = Selection(1, 1)
        self._marks = Marks()

    def set_windows(self, windows: Sequence[WindowInfo]) -> None:
        """The windows on this screen, topmost first, in picture pixels."""
        if self._frame is None:
            return
        self._selection.windows = windows
        local = self.mapFromGlobal(QCursor.pos())
        if self._selection.cursor is None and self.rect().contains(local):
            self._selection.move(*self._pixel(QPointF(local)))
        self._refresh()

    # --- events ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy what is dirty from the frozen picture and draw the marks over it."""
        if self._frame is None:
            return
        scale = picture_scale(self, self._frame.width)
        picture = self._easel.picture
        dirty = paint.scaled(event.region(), scale).intersected(picture.rect())
        highlight = self._marks.highlight
        with QPainter(self) as painter:
            painter.scale(1 / scale, 1 / scale)
            paint.desktop(painter, picture, dirty, paint.qrect(highlight) if highlight else None)
            self._marks.draw(painter, picture, dirty, self._style)
        if self._first_paint:
            self._first_paint = False
            QTimer.singleShot(0, self, self.painted.emit)  # Qt sends the picture when this event is over

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The left button begins a region; the right one steps back."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse_down = True
            if not self._easel.press(self._pixel(event.position())):
                self._selection.press(*self._pixel(event.position()))
            self._refresh()
            self.pressed.emit()
        elif event.button() == Qt.MouseButton.RightButton:
            self._step_back()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Grow the region, change the one that is held, or highlight the window under the mouse."""
        self._selection.move(*self._pixel(event.position()))
        self._note = ""
        self._by_keys = False
        self._easel.follow(self._selection.cursor, straight=bool(event.modifiers() & _SHIFT))
        show_grip(self, self._selection.grip)
        self._refresh()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the region, or the window under a click; with Shift hold it, to be changed first."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._mouse_down = False
            if not self._easel.release():
                self._release(*self._pixel(event.position()), event.modifiers())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The size of the tool in the hand."""
        self._easel.resize(1 if event.angleDelta().y() > 0 else -1)

    def _release(self, x: int, y: int, modifiers: Qt.KeyboardModifier) -> None:
        shift, ctrl = bool(modifiers & _SHIFT), bool(modifiers & _CTRL) and self.line.offered
        keep = ctrl or shift != self._hold_first
        self._selection.move(x, y)
        held = self._selection.held
        self.line.expect(asked=ctrl, new=held is None)
        window = None if self._selection.dragging else self._selection.window
        taken = self._selection.release(x, y, keep=keep)
        if taken is not None:
            self.taken.emit(taken, window)
        elif self._selection.held != held:
            self._on_held()
        self._refresh()

    def leaveEvent(self, event: QEvent) -> None:
        """Put the magnifier away when the mouse goes to another screen."""
        super().leaveEvent(event)
        self._selection.leave()
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """`overlay_keys` says which there are; arrows move the crosshair, or the region that is held."""
        keys = chord(event)
        do = self._easel.keys_now(keys) or self._keys.get(keys)
        if do is not None:
            if not event.isAutoRepeat() or event.key() == Qt.Key.Key_Space:
                do()
        elif event.key() in ARROWS:
            self._arrow(*ARROWS[event.key()], event.modifiers())
        elif self._selection.held is None or not self.line.begin_with(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space was let go: the drag changes the size again."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._selection.carrying = False
        super().keyReleaseEvent(event)

    def focusNextPrevChild(self, next_: bool) -> bool:
        """Tab and Shift+Tab choose a window; beside a region that is held, they go to the question and back."""
        if self._selection.held is not None and self.line.toggle():
            return True
        self._selection.next_window(1 if next_ else -1)
        if self._selection.window is not None:
            announce(self, reveal(self._selection.window.title))
        self._refresh()
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        """Somebody closes the window from outside: that is a cancel."""
        event.ignore()
        self.cancelled.emit()

    # --- parts ---

    def _pixel(self, position: QPointF) -> tuple[int, int]:
        unit = self._style.unit
        return math.floor(position.x() * unit), math.floor(position.y() * unit)

    def _step_back(self) -> None:
        if self._easel.step_back() or self._selection.abort():
            self._refresh()
        else:
            self.cancelled.emit()

    def _arrow(self, dx: int, dy: int, modifiers: Qt.KeyboardModifier) -> None:
        far = round(_STEP * self._style.unit)
        self._selection.arrow(dx, dy, far, other_step=bool(modifiers & _CTRL), edges=bool(modifiers & _SHIFT))
        self._easel.follow(self._selection.cursor)
        self._by_keys = True
        self._refresh()

    def _press_or_release(self, modifiers: Qt.KeyboardModifier) -> None:
        """Space is the mouse button of who has no mouse. While the mouse draws, it moves what is drawn."""
        selection = self._selection
        if self._mouse_down:
            selection.carrying = True
            return
        if selection.drawing:
            selection.nudge(0, 0)
            self._easel.toggle(selection.cursor)
            return
        if selection.held is not None and not selection.pressed:
            return  # Enter takes it
        selection.nudge(0, 0)
        cursor = selection.cursor
        if cursor is None:
            return
        if selection.pressed:
            self._release(*cursor, modifiers)
        else:
            selection.press(*cursor)
            announce(self, tr("A corner is at {x}, {y}.", x=cursor[0], y=cursor[1]))
            self._refresh()

    def _take(self, *, keep: bool, ask: bool = False) -> None:
        """Enter: take what it is meant for; `keep` holds it instead, and with `ask` the question is typed then."""
        area, window = self._selection.target
        if keep and not self._selection.windows_only:
            self.hold(area, ask=ask)
        elif self.line.words:
            self._ask(self.line.words, False)
        elif window is None and area == Rect(0, 0, self._selection.width, self._selection.height):
            self.whole_screen.emit()
        else:
            self._selection.abort()
            self.taken.emit(area, window)

    def _ask(self, words: str, here: bool) -> None:
        self.asked.emit(self._selection.target[0], words, here)

    def hold(self, region: Rect, *, ask: bool = False) -> None:
        """Show `region`, in picture pixels, to be changed or asked about before it is taken."""
        self.line.expect(asked=ask, new=True)
        self._selection.hold(region)
        self._on_held()
        self._refresh()

    def let_go(self) -> None:
        """Hold nothing any more."""
        self._easel.choose(None)
        if self._selection.held is not None:
            self._selection.abort()
            self._refresh()

    def _on_held(self) -> None:
        if self._selection.held is not None:
            show_grip(self, self._selection.grip)
            announce(self, held_words(self._selection.held, asking=self.line.offered))
            self.holding.emit()

    def _copy_colour(self) -> None:
        if self._selection.cursor is not None:
            name = paint.colour_name(self._easel.picture, self._selection.cursor)
            QGuiApplication.clipboard().setText(name)
            self.say(tr("{colour} is copied.", colour=name))

    def _on_deed(self, name: str) -> None:
        self.deed.emit(name, self._selection.target[0])

    def say(self, sentence: str) -> None:
        """In the place of the help, until the mouse moves."""
        self._note = sentence
        announce(self, sentence)
        self._refresh()

    def _on_drawn(self, changed: QRegion) -> None:
        """A mark or the tool is another."""
        drawing = self._easel.tool is not None
        if drawing and not self._selection.drawing and self._selection.held is None:
            self.hold(self._selection.target[0])
        self._selection.drawing = drawing
        self.update(paint.scaled(changed, 1 / picture_scale(self, self._easel.picture.width())))
        show_grip(self, self._selection.grip)
        self._refresh()

    def _words(self) -> str:
        if self._easel.busy:
            return ""
        asking = self.line.offered
        held = held_hint(asking=asking) if self._selection.held is not None else ""
        return self._note or self._easel.hint(asking=asking) or held or self._hint

    def _refresh(self) -> None:
        """Repaint exactly what differs from the picture on the screen."""
        if self._frame is None:
            return
        marks = compose(self._selection, self._words(), self._style, self._max_tokens, by_keys=self._by_keys)
        selection, easel, unit = self._selection, self._easel, self._style.unit
        idle = selection.held is not None and not selection.pressed and not easel.busy
        self.bar.follow(marks, unit, shown=idle, under=self.line.least_width)
        marks = self.line.follow(marks, unit, shown=idle, drawing=selection.drawing, beside=self.bar.place)
        changed = marks.changed(self._marks, unit)
        self._marks = marks
        self.update(paint.scaled(changed, 1 / picture_scale(self, self._frame.width)))
