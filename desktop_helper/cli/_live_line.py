"""How far a long piece of work is, in one line that changes, for who looks at a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from desktop_helper.cli._terminal import CLEAR_LINE, is_terminal, one_line

if TYPE_CHECKING:
    from typing import Self

    from desktop_helper.core.events import Progress


class LiveLine:
    """Use as a context: the line is gone at its end."""

    def __init__(self) -> None:
        self._live = is_terminal(sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)

    def show(self, progress: Progress) -> None:
        """Say how far it is."""
        if self._live:
            print(f"{CLEAR_LINE}{one_line(progress.message)}", end="", file=sys.stderr, flush=True)
