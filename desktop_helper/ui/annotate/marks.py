"""What was drawn, as data: marks in the order of drawing, with undo and redo. No Qt.

A mark lies on the frozen picture, not in the region: whoever moves the region finds the mark on what it was drawn for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop_helper.core.geometry import Rect

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that was drawn.

    Args:
        tool: the name of the tool that made it: it says how it is painted.
        points: where, in pixels of the frozen picture; how many depends on the tool.
        colour: `#RRGGBB`; empty where the tool has none.
        size: of its line, letters or squares, in picture pixels.
        text: what is written there.
    """

    tool: str
    points: tuple[Point, ...]
    colour: str = ""
    size: int = 1
    text: str = ""

    @property
    def box(self) -> Rect:
        """The smallest rectangle that holds all points."""
        columns, rows = [point[0] for point in self.points], [point[1] for point in self.points]
        left, top = min(columns), min(rows)
        return Rect(left, top, max(columns) - left + 1, max(rows) - top + 1)


@dataclass
class Drawing:
    """The marks that are there, and those that were undone."""

    marks: tuple[Mark, ...] = ()
    _undone: list[Mark] = field(default_factory=list)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone since the last mark."""
        return bool(self._undone)

    def add(self, mark: Mark) -> None:
        """One more. What was undone is gone for good."""
        self.marks = (*self.marks, mark)
        self._undone.clear()

    def undo(self) -> bool:
        """Take the last mark away. Returns whether there was one."""
        if not self.marks:
            return False
        self._undone.append(self.marks[-1])
        self.marks = self.marks[:-1]
        return True

    def redo(self) -> bool:
        """Put back what was undone last. Returns whether there was anything."""
        if not self._undone:
            return False
        self.marks = (*self.marks, self._undone.pop())
        return True
