"""Says how the question in the field will be answered, if not like the others: it must be seen where it goes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Thinking
from desktop_helper.services.question import USUAL, Manner
from desktop_helper.ui.composer_line import ComposerLine


class MannerLine(ComposerLine):
    """Hidden for a question like any other; its cross makes it one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("chip", close_label=tr("Answer it like the others"), parent=parent)
        self.manner = USUAL
        self.closed.connect(lambda: self.set_manner(USUAL))

    def set_manner(self, manner: Manner) -> None:
        """Remember and show it."""
        self.manner = replace(manner, beside=False)  # whatever it was: it is typed now
        self.say(" · ".join(_described(manner)))

    def take(self) -> Manner:
        """The manner, and back to the usual one."""
        manner = self.manner
        self.set_manner(USUAL)
        return manner


def _described(manner: Manner) -> list[str]:
    told = [tr("This question goes to “{profile}”", profile=manner.profile)] if manner.profile else []
    if manner.thinking is Thinking.OFF:
        told.append(tr("answered without thinking"))
    elif manner.thinking is Thinking.ON:
        told.append(tr("answered after thinking"))
    return told
