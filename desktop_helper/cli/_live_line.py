"""How far a long piece of work is, in one line that changes, for who looks at a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from desktop_helper.cli._terminal import CLEAR_LINE, is_terminal, one_line

if TYPE_CHECKING:
    from typing import Self


class LiveLine:
    """Use as a context: the line is gone at its end.

    Attributes:
        live: whether there is a terminal; nothing is said elsewhere.
    """

    def __init__(self) -> None:
        self.live = is_terminal(sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live:
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Say how far it is."""
        if self.live:
            print(f"{CLEAR_LINE}{one_line(text)}", end="", file=sys.stderr, flush=True)
