"""A button that begins something which takes a while, and ends it, with a line that says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.ui.settings.page import StatusLine, bring_into_sight
from desktop_helper.ui.theme import SPACE_2

T = TypeVar("T")


class Trial(QWidget):
    """Base of what is tried in the settings. Nothing is asked before the button is pressed.

    Args:
        background: does the work.
        label: of the button, while nothing runs.
    """

    def __init__(self, background: Background, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background, self._label = background, label
        self._running: CancelToken | None = None
        self.button = QPushButton(label)
        self.button.clicked.connect(self._on_clicked)
        self.status = StatusLine()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE_2)
        self.column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.status)

    def begin(self) -> None:
        """Calls `run`, if there is something to try."""
        raise NotImplementedError

    def run(self, busy: str, work: Callable[[CancelToken], T], done: Callable[[T], None]) -> None:
        """Say `busy` until it is done on another thread; a second press of the button ends it."""
        self.button.setText(tr("Stop"))
        self.status.show_busy(busy)

        def finished(outcome: T) -> None:
            self._idle()
            bring_into_sight(self.status)  # first, since `done` may show more below
            done(outcome)

        self._running = self._background.run(work, finished, self._on_failed)

    def cancel(self) -> None:
        """End what runs; its result is not shown any more."""
        if self._running is not None:
            self._running.cancel()
            self._idle()
            self.status.clear()

    def _on_clicked(self) -> None:
        if self._running is not None:
            self.cancel()
        else:
            self.begin()
            bring_into_sight(self.status)

    def _on_failed(self, error: HelperError) -> None:
        self._idle()
        self.status.show_problem(error.message, error.fix)
        bring_into_sight(self.status)

    def _idle(self) -> None:
        self._running = None
        self.button.setText(self._label)
