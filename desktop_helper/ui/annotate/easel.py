"""The tool in the hand, its colour and size, and what it draws on one overlay's picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.protocols import Frame
from desktop_helper.ui.annotate import shapes
from desktop_helper.ui.annotate.canvas import Canvas
from desktop_helper.ui.annotate.marks import Drawing, Mark, Point
from desktop_helper.ui.annotate.text_field import TextField
from desktop_helper.ui.annotate.tools import Tool, is_something, tools
from desktop_helper.ui.announce import announce


@dataclass(frozen=True, slots=True)
class Colour:
    """One that marks can have. The picture has it too, so it does not change with the theme."""

    value: str
    label: str


def colours() -> tuple[Colour, ...]:
    """Every colour, in the order of their keys; the first one is used until another is chosen."""
    return (
        Colour("#E5352B", tr("Red")),
        Colour("#FFC21A", tr("Yellow")),
        Colour("#1E9E5A", tr("Green")),
        Colour("#3F57D6", tr("Blue")),
        Colour("#1D1C1A", tr("Black")),
        Colour("#FFFFFF", tr("White")),
    )


class Easel:
    """Keeps nothing of a picture that is gone, but the colour and the sizes.

    Args:
        overlay: shows the picture; words are typed on it.
        dirtied: these pixels of the picture, none or more, have changed, or the tool has.
        say: tells the user something, until the mouse moves; an empty sentence ends that.
    """

    def __init__(self, overlay: QWidget, dirtied: Callable[[QRegion], None], say: Callable[[str], None]) -> None:
        self._overlay, self._dirtied, self._say = overlay, dirtied, say
        self._tools = {tool.name: tool for tool in tools()}
        self._levels = {tool.name: tool.usual for tool in self._tools.values()}
        self._colours = colours()
        self._colour = 0
        self._canvas: Canvas | None = None
        self._drawing = Drawing()
        self._tool: Tool | None = None
        self._mark: Mark | None = None
        self._unit, self._usable = 1.0, False
        self._field = TextField(overlay, self._write, self._show)
        self.keys: dict[str, Callable[[], None]] = {
            tool.key: lambda name=tool.name: self.choose(name) for tool in self._tools.values()
        } | {"Ctrl+Z": self.undo, "Ctrl+Shift+Z": self.redo, "Ctrl+Y": self.redo}
        self.keys_in_hand: dict[str, Callable[[], None]] = {
            "[": lambda: self.resize(-1),
            "]": lambda: self.resize(1),
        } | {str(number + 1): lambda number=number: self.recolour(number) for number in range(len(self._colours))}

    def keys_now(self, chord: str) -> Callable[[], None] | None:
        """What these keys do here, if anything."""
        if not self._usable:
            return None
        return self.keys.get(chord) or (self.keys_in_hand.get(chord) if self._tool is not None else None)

    # --- the picture ---

    def begin(self, frame: Frame, unit: float, *, usable: bool = True) -> None:
        """Draw on this picture, which has `unit` pixels per logical one. If it is not `usable`, no tool is there."""
        self.clear()
        self._canvas, self._unit, self._usable = Canvas(frame), unit, usable

    def clear(self) -> None:
        """Let go of the picture and of all that was drawn."""
        self._field.close()
        self._canvas, self._drawing = None, Drawing()
        self._tool = self._mark = None
        shapes.forget()

    @property
    def picture(self) -> QImage:
        """The picture with what was drawn."""
        return self._canvas.picture if self._canvas is not None else QImage()

    def finished(self) -> Frame | None:
        """The same as pixels; a mark in the making is complete then. Valid until the next mark."""
        self.finish()
        return self._canvas.frame if self._canvas is not None else None

    # --- what is in the hand ---

    @property
    def tool(self) -> Tool | None:
        """What is in the hand."""
        return self._tool

    @property
    def busy(self) -> bool:
        """Whether a mark follows the mouse."""
        return self._mark is not None

    @property
    def colour(self) -> int:
        """Number of the colour, from 0."""
        return self._colour

    @property
    def marks(self) -> tuple[Mark, ...]:
        """What was drawn so far, without what is still in the hand."""
        return self._drawing.marks

    @property
    def can_undo(self) -> bool:
        """Whether there is a mark to take away."""
        return bool(self._drawing.marks)

    @property
    def can_redo(self) -> bool:
        """Whether a mark was taken away that can come back."""
        return self._drawing.can_redo

    def choose(self, name: str | None) -> None:
        """Take up a tool; the one in the hand, or None, puts it down."""
        self.finish()
        self._tool = None if name is None or (self._tool and self._tool.name == name) else self._tools[name]
        self._say("")
        announce(self._overlay, self.hint())
        self._dirtied(QRegion())

    def recolour(self, number: int) -> None:
        """Another colour, also for the words that are being written."""
        self._colour = number
        self._say(self._colours[number].label)
        self._look_again()

    def resize(self, step: int) -> None:
        """The next thicker (1) or thinner (-1) size of the tool in the hand."""
        if self._tool is not None:
            level = self._levels[self._tool.name] + step
            self._levels[self._tool.name] = min(max(level, 0), len(self._tool.sizes) - 1)
            self._say(tr("Size {size}", size=self._tool.sizes[self._levels[self._tool.name]]))
            self._look_again()

    def can_resize(self, step: int) -> bool:
        """Whether there is such a size."""
        return self._tool is not None and 0 <= self._levels[self._tool.name] + step < len(self._tool.sizes)

    def hint(self, *, asking: bool = False) -> str:
        """One line of help for the tool in the hand; `asking`: the question may be typed under the region."""
        if self._tool is None or self._mark is not None:
            return ""
        if self._field.is_open:
            return tr("Enter puts the words there, Esc drops them.")
        tool, away = self._tool.label, tr("Esc puts it away.")
        away = sentences(away, tr("Tab goes to the question.")) if asking else away
        if not self._tool.coloured:
            use = tr("{tool}: drag over what nobody is to read.", tool=tool)
            return sentences(use, tr("[ ] or the wheel: size."), away)
        drag, click = tr("{tool}: drag to draw.", tool=tool), tr("{tool}: click where it goes.", tool=tool)
        use = drag if self._tool.dragged else click
        return sentences(use, tr("1–6: colour, [ ] or the wheel: size."), away)

    # --- drawing ---

    def press(self, point: Point) -> bool:
        """The button went down: a mark begins; while words are written it only ends those. False without a tool."""
        if self._tool is None:
            return False
        if self._field.is_open:
            self.finish()
            return True
        mark = self._tool.begin(point, self._colours[self._colour].value, self._size())
        if self._tool.name == "number":
            mark = replace(mark, text=str(1 + sum(each.tool == "number" for each in self._drawing.marks)))
        self._hold(mark)
        return True

    def follow(self, point: Point | None, *, straight: bool = False) -> None:
        """The mouse, or the crosshair, is elsewhere."""
        if self._tool is not None and self._mark is not None and point is not None:
            self._hold(self._tool.follow(self._mark, point, straight))

    def release(self) -> bool:
        """The button came up: the mark stays, or its words are asked for. False without a tool."""
        mark = self._mark
        if mark is not None and mark.tool == "text":
            self._mark = None
            self._field.open(mark, self._unit)
            self._say("")
            self._show()
        elif mark is not None:
            self.finish()
        return self._tool is not None

    def toggle(self, point: Point | None) -> None:
        """Who has no mouse begins a mark with a key and ends it with the same."""
        if self._mark is None and self._tool is not None and point is not None:
            self.press(point)
            if self._tool.dragged:
                self._say(tr("A corner is at {x}, {y}.", x=point[0], y=point[1]))
                return
        self.release()

    def finish(self) -> None:
        """Whatever is in the making is done."""
        self._field.finish()
        mark, self._mark = self._mark, None
        if mark is not None and is_something(mark):
            self._drawing.add(mark)
        self._show()

    def step_back(self) -> bool:
        """Drop the words or the mark in the making, else put the tool away. Returns whether there was anything."""
        if self._field.is_open:
            self._field.close()
        elif self._mark is not None:
            self._mark = None
        elif self._tool is not None:
            self._tool = None
        else:
            return False
        self._show()
        return True

    def undo(self) -> None:
        """Take the last mark away, or drop the one in the making."""
        if self._field.is_open or self._mark is not None:
            self.step_back()
        elif self._drawing.undo():
            self._say(tr("Undone"))
            self._show()

    def redo(self) -> None:
        """Put back what was undone last."""
        if self._mark is None and self._drawing.redo():
            self._say(tr("Done again"))
            self._show()

    def _size(self) -> int:
        assert self._tool is not None
        return self._tool.pixels(self._levels[self._tool.name], self._unit)

    def _look_again(self) -> None:
        """Another colour or size: what is in the making has it at once."""
        if self._tool is not None and self._mark is not None:
            colour = self._colours[self._colour].value if self._tool.coloured else ""
            self._hold(replace(self._mark, colour=colour, size=self._size()))
        elif self._tool is not None and self._field.is_open:
            self._field.restyle(self._colours[self._colour].value, self._size())
        self._dirtied(QRegion())

    def _hold(self, mark: Mark) -> None:
        self._mark = mark
        self._show()

    def _write(self, mark: Mark) -> None:
        """Words were written."""
        if is_something(mark):
            self._drawing.add(mark)
        self._show()

    def _show(self) -> None:
        """Have the picture show what there is."""
        if self._canvas is not None:
            marks = self._drawing.marks
            self._dirtied(self._canvas.show((*marks, self._mark) if self._mark is not None else marks))
