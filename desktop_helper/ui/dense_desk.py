"""Long texts among the attachments: proposes to send them as pictures of pages where that takes fewer tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from desktop_helper.core.dense_text import Proposal
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.qt.intake import Intake
from desktop_helper.services import text_pictures
from desktop_helper.services.file_origins import USUAL_SETTING, Setting
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.chip_deeds import ChipDeed
from desktop_helper.ui.pages_desk import PagesDesk

DEED = "as pictures"


@dataclass(slots=True)
class _Text:
    """What an attachment is as text, how it was read so, and what it would take either way."""

    path: Path
    proposal: Proposal | None = None
    parts: tuple[MediaPart, ...] = ()
    setting: Setting = USUAL_SETTING


class DenseDesk(QObject):
    """Belongs to the chat.

    Args:
        window: the chat's, with its composer.
        intake: knows the model.
        pages: reads files again.
    """

    def __init__(self, window: ChatWindow, intake: Intake, pages: PagesDesk) -> None:
        super().__init__(window)
        self._composer, self._intake, self._pages = window.composer, intake, pages
        self._known: dict[AttachmentChip, _Text] = {}

    def know(self, chip: AttachmentChip, path: Path) -> None:
        """The chip is being read from a file, which may be a long text. `PagesDesk` knows it already."""
        self._known[chip] = _Text(path)
        chip.settled.connect(partial(self._on_settled, chip))
        chip.destroyed.connect(lambda: self._known.pop(chip, None))

    def _on_settled(self, chip: AttachmentChip) -> None:
        text, setting = self._known.get(chip), self._pages.setting(chip)
        if text is None or setting is None:
            return
        if setting.as_pictures:
            label = _as_text(text.proposal) if text.proposal is not None else tr("Send as text")
            chip.offer(DEED, ChipDeed(label, partial(self._back, chip), "print"))
            return
        chip.withdraw(DEED)
        if chip.error is None and chip.parts:
            parts = chip.parts
            self._intake.background.run(
                lambda _cancel: self._worth_it(text.path, parts), partial(self._propose, chip, parts), _ignore
            )

    def _worth_it(self, path: Path, parts: tuple[MediaPart, ...]) -> Proposal | None:
        if path.is_dir():
            return None  # what is said of one of its files would be done to all of them
        profile = self._intake.services.active_profile()
        return next((found for _name, found in text_pictures.proposals(parts, profile)), None)

    def _propose(self, chip: AttachmentChip, parts: tuple[MediaPart, ...], proposal: Proposal | None) -> None:
        if proposal is None or not self._composer.holds(chip) or chip.parts is not parts:
            return
        text = self._known[chip]
        is_new = text.proposal != proposal
        text.proposal = proposal
        chip.offer(DEED, ChipDeed(_as_pictures(proposal), partial(self._draw, chip), "print"))
        if is_new:
            note = tr("{name}: as text {text} tokens, as {count} pictures {drawn}. The button on it changes that.",
                      name=chip.name, **_numbers(proposal))  # fmt: skip
            self._composer.show_note(note)

    def _draw(self, chip: AttachmentChip) -> None:
        """Make it pictures."""
        setting = self._pages.setting(chip)
        if self._composer.holds(chip) and not chip.loading and setting is not None:
            text = self._known[chip]
            text.parts, text.setting = chip.parts, setting
            self._pages.change(chip, replace(setting, as_pictures=True))

    def _back(self, chip: AttachmentChip) -> None:
        """Make it the text that it was."""
        text, setting = self._known[chip], self._pages.setting(chip)
        if not self._composer.holds(chip):
            return
        if text.parts:
            self._pages.restore(chip, text.setting, text.parts)
        elif setting is not None and not chip.loading:  # it was drawn before a restart
            self._pages.change(chip, replace(setting, as_pictures=False))


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
