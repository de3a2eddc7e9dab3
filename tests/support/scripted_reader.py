"""Stands for the process that reads text: says what the test wants, when the test wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.core.text_lines import TextLine, Word

Report = Callable[[Progress], None]


def _ignore(progress: Progress) -> None:
    """Nobody wants to know."""


class ScriptedReader:
    """As `services.text_reader.TextReader`.

    Attributes:
        text: what each picture says.
        error: raised instead.
        read_names: of the pictures that it was given.
        go_on: while it is not set, a picture is being read.
    """

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.error: HelperError | None = None
        self.read_names: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.warmed = 0

    def warm(self) -> None:
        """Count it."""
        self.warmed += 1

    def read(
        self, data: bytes, name: str, cancel: CancelToken | None = None, on_progress: Report = _ignore
    ) -> tuple[TextLine, ...]:
        """A line for each line of `text`."""
        self.read_names.append(name)
        on_progress(Progress("Reading line 1 of 2", 0.5))
        token = cancel or CancelToken()
        while not self.go_on.wait(0.01):
            token.raise_if_cancelled()
        token.raise_if_cancelled()
        if self.error is not None:
            raise self.error
        return tuple(lines_of(self.text))

    def read_pixels(
        self, picture: Frame, name: str, cancel: CancelToken | None = None, on_progress: Report = _ignore
    ) -> tuple[TextLine, ...]:
        """The same."""
        return self.read(b"", name, cancel, on_progress)

    def close(self) -> None:
        """Nothing runs."""


def lines_of(text: str) -> list[TextLine]:
    """`text` as a reader finds it, one line below the other."""
    return [
        TextLine(
            line,
            Rect(0, 30 * row, 10 * len(line), 20),
            0.9,
            tuple(Word(word, Rect(0, 30 * row, 10 * len(word), 20)) for word in line.split()),
        )
        for row, line in enumerate(text.splitlines())
    ]
