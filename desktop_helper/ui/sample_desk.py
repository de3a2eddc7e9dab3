"""A sample that the user chose in the empty chat becomes a question, ready to be sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_helper.ui.composer import Composer

if TYPE_CHECKING:
    from desktop_helper.services.samples import Sample
    from desktop_helper.ui.attachment_chip import AttachmentChip


class SampleDesk(QObject):
    """Puts its picture and question into the field. Another sample takes the place of the one before.

    Args:
        composer: the field; what the user attached stays, and undo brings back what was typed.
        attach: reads files as if they were dropped.
    """

    def __init__(self, composer: Composer, attach: Callable[[list[Path]], None]) -> None:
        super().__init__(composer)
        self._composer, self._attach = composer, attach
        self._chips: tuple[AttachmentChip, ...] = ()

    def take(self, sample: Sample) -> None:
        """Make `sample` the question."""
        for chip in self._chips:
            if self._composer.holds(chip):
                chip.removed.emit()  # as if the user had taken it back: whoever reads it stops
        before = self._composer.chips
        self._attach([sample.path])
        self._chips = tuple(chip for chip in self._composer.chips if chip not in before)
        self._composer.edit.replace_text(sample.question)
        self._composer.edit.setFocus()
