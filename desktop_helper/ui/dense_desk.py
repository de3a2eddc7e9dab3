"""Long texts among the attachments: proposes to send them as pictures of pages where that takes fewer tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.dense_text import Proposal
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.qt.intake import Intake
from desktop_helper.services import text_pictures
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.chip_deeds import ChipDeed

DEED = "as pictures"


@dataclass(slots=True)
class _Text:
    """What an attachment was made of, and what it would take either way; `reading` while it is made anew."""

    path: Path
    proposal: Proposal | None = None
    parts: tuple[MediaPart, ...] = ()
    drawn: tuple[MediaPart, ...] = ()
    reading: CancelToken | None = None


class DenseDesk(QObject):
    """Belongs to the chat.

    Args:
        window: the chat's, with its composer.
        intake: reads files again, and knows the model.
    """

    def __init__(self, window: ChatWindow, intake: Intake) -> None:
        super().__init__(window)
        self._composer, self._intake = window.composer, intake
        self._known: dict[AttachmentChip, _Text] = {}

    def know(self, chip: AttachmentChip, path: Path) -> None:
        """The chip is being read from a file, which may be a long text."""
        self._known[chip] = _Text(path)
        chip.settled.connect(partial(self._on_settled, chip))
        chip.removed.connect(partial(self._stop, chip))
        chip.destroyed.connect(lambda: self._known.pop(chip, None))

    def _on_settled(self, chip: AttachmentChip) -> None:
        text = self._known.get(chip)
        if text is None or (chip.parts and chip.parts is text.drawn):
            return
        chip.withdraw(DEED)
        if chip.error is None and chip.parts:
            parts = chip.parts
            self._intake.background.run(
                lambda _cancel: self._worth_it(parts), partial(self._propose, chip, parts), _ignore
            )

    def _worth_it(self, parts: tuple[MediaPart, ...]) -> Proposal | None:
        profile = self._intake.services.active_profile()
        return next((found for _name, found in text_pictures.proposals(parts, profile)), None)

    def _propose(self, chip: AttachmentChip, parts: tuple[MediaPart, ...], proposal: Proposal | None) -> None:
        if proposal is None or not self._composer.holds(chip) or chip.parts is not parts:
            return
        text = self._known[chip]
        is_new = text.proposal != proposal
        text.proposal, text.parts = proposal, parts
        chip.offer(DEED, ChipDeed(_as_pictures(proposal), partial(self._draw, chip), "print"))
        if is_new:
            note = tr("{name}: as text {text} tokens, as {count} pictures {drawn}. The button on it changes that.",
                      name=chip.name, **_numbers(proposal))  # fmt: skip
            self._composer.show_note(note)

    def _draw(self, chip: AttachmentChip) -> None:
        """Make it pictures."""
        text = self._known[chip]
        if not self._composer.holds(chip) or chip.loading:
            return
        options = replace(self._intake.options(), as_pictures=True)
        services = self._intake.services
        chip.set_loading()
        text.reading = self._intake.background.run(
            lambda cancel: services.converter.convert_file(text.path, options, cancel),
            partial(self._on_drawn, chip),
            partial(self._on_failed, chip),
        )

    def _on_drawn(self, chip: AttachmentChip, parts: tuple[MediaPart, ...]) -> None:
        text = self._known.get(chip)
        if text is None or not self._composer.holds(chip):
            return
        text.drawn, text.reading = parts, None
        chip.set_ready(parts)
        if text.proposal is not None:
            chip.offer(DEED, ChipDeed(_as_text(text.proposal), partial(self._back, chip), "print"))

    def _on_failed(self, chip: AttachmentChip, error: HelperError) -> None:
        """It stays the text that it was."""
        if self._composer.holds(chip):
            text = self._known[chip]
            text.reading = None
            chip.set_ready(text.parts)
            self._composer.show_error(error)

    def _back(self, chip: AttachmentChip) -> None:
        """Make it the text again."""
        text = self._known[chip]
        if self._composer.holds(chip) and text.proposal is not None:
            chip.set_ready(text.parts)

    def _stop(self, chip: AttachmentChip) -> None:
        text = self._known.get(chip)
        if text is not None and text.reading is not None:
            text.reading.cancel()


def _as_pictures(proposal: Proposal) -> str:
    return tr("Send as {count} pictures: {drawn} tokens instead of {text}", **_numbers(proposal))


def _as_text(proposal: Proposal) -> str:
    return tr("Send as text: {text} tokens instead of {drawn}", **_numbers(proposal))


def _numbers(proposal: Proposal) -> dict[str, object]:
    return {
        "text": f"{proposal.as_text:,}",
        "drawn": f"{proposal.as_pictures:,}",
        "count": proposal.pictures,
    }


def _ignore(_error: HelperError) -> None:
    """There is nobody to answer yet, so nothing is proposed."""
