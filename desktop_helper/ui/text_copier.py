"""Copies the text that can be read in a picture, without a model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.protocols import Frame
from desktop_helper.core.text_layout import layout
from desktop_helper.core.text_lines import TextLine, count_words
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services

SAY_S = 0.1  # between two words about how far it is
Report = Callable[[Progress], None]
Lines = tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class Copied:
    """What was found.

    Args:
        text: what the clipboard holds now; empty if there is none, and then it is left as it was.
        words: how many.
    """

    text: str
    words: int

    @property
    def sentence(self) -> str:
        """For the user."""
        if not self.text:
            return tr("There is no text in it that can be read.")
        return tr("One word is copied.") if self.words == 1 else tr("{count} words are copied.", count=self.words)


class TextCopier(QObject):
    """One picture at a time: another one takes the place of what is being read.

    Signals:
        copied: `Copied`.
        progressed(str): how far it is.
        failed: a `HelperError`; not after `stop`.
    """

    copied = Signal(object)
    progressed = Signal(str)
    failed = Signal(object)

    def __init__(self, services: Services, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._background = services, background
        self._reading: CancelToken | None = None

    @property
    def busy(self) -> bool:
        """Whether a picture is being read."""
        return self._reading is not None

    def warm(self) -> None:
        """A picture will come soon."""
        self._background.run(lambda _cancel: self._services.text_reader.warm(), done=_ignore, failed=_ignore)

    def copy_frame(self, frame: Frame, name: str) -> None:
        """Of a piece of the screen. `name` is untrusted."""
        self._run(lambda cancel, report: [self._services.text_reader.read_pixels(frame, name, cancel, report)])

    def copy_parts(self, parts: Sequence[ImagePart]) -> None:
        """Of the pictures of an attachment, with their bytes: one after the other, as the pages of a document are."""

        def read(cancel: CancelToken, report: Report) -> list[Lines]:
            return [self._services.text_reader.read(part.data, part.name, cancel, report) for part in parts]

        self._run(read)

    def stop(self) -> bool:
        """Copy nothing. Returns whether something was being read."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.cancel()
        return reading is not None

    def _run(self, read: Callable[[CancelToken, Report], list[Lines]]) -> None:
        self.stop()
        report = self._reporter()

        def work(cancel: CancelToken) -> Copied:
            pages = read(cancel, report)
            text = "\n\n".join(filter(None, map(layout, pages)))
            return Copied(text, sum(map(count_words, pages)))

        self._reading = self._background.run(work, self._done, self._failed)

    def _reporter(self) -> Report:
        """For the thread that reads: its words arrive on ours, and not too many of them."""
        said = 0.0

        def report(progress: Progress) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said >= SAY_S:
                said = now
                self.progressed.emit(progress.message)

        return report

    def _done(self, copied: Copied) -> None:
        self._reading = None
        if copied.text:
            QGuiApplication.clipboard().setText(copied.text)
        self.copied.emit(copied)

    def _failed(self, error: HelperError) -> None:
        self._reading = None
        self.failed.emit(error)


def _ignore(_outcome: object) -> None:
    """Who asks for the text is told what is wrong."""
