"""What the view paints itself around and beside the text: boxes of code, bars of quotations, bullets."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from PySide6.QtGui import QTextFrame

from desktop_helper.ui.markdown.table_widths import TableBox

Mark = tuple[int, int, int, int]


@dataclass(slots=True)
class CodeBlock:
    """A code block in the document: the view paints its box and offers to copy `code`."""

    frame: QTextFrame
    code: str


class SignKind(Enum):
    """What is painted beside or in place of a paragraph."""

    RULE = auto()
    DISC = auto()
    CIRCLE = auto()
    OPEN_TASK = auto()
    DONE_TASK = auto()


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark of the paragraph that begins at `position`."""

    position: int
    kind: SignKind


@dataclass(slots=True)
class Quote:
    """A quotation: its paragraphs are indented and the view paints a bar beside them.

    Not a QTextFrame: each one that comes or goes makes Qt count all frames of the document anew.

    Args:
        first, last: positions in its first and last paragraph.
        left: pixels from the text's edge to the bar.
        level: 0 for one that is not inside another.
        ends_in_box: the last paragraph is inside a code block or table.
    """

    first: int
    last: int
    left: int
    level: int
    ends_in_box: bool = False


@dataclass(slots=True)
class Ornaments:
    """What the view paints itself, in document order."""

    codes: list[CodeBlock] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    tables: list[TableBox] = field(default_factory=list)

    def mark(self) -> Mark:
        """The present extent, for `cut`."""
        return len(self.codes), len(self.quotes), len(self.signs), len(self.tables)

    def cut(self, mark: Mark) -> None:
        """Forget what came after `mark`: its frames no longer exist."""
        del self.codes[mark[0] :], self.quotes[mark[1] :], self.signs[mark[2] :], self.tables[mark[3] :]
