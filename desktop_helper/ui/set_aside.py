"""What stood in the text field when another conversation came, or an earlier question was to be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop_helper.services.draft import Draft
from desktop_helper.services.question import USUAL, Manner
from desktop_helper.ui.attachment_chip import AttachmentChip


@dataclass(slots=True)
class SetAside:
    """The attachments are those that they were: what is still being read goes on, and what can be done with them stays.

    `above` was not in the field yet and stands above it when it is brought back, to be answered in its own manner.
    """

    text: str = ""
    chips: Sequence[AttachmentChip] = ()
    manner: Manner = USUAL
    above: Draft = field(default_factory=Draft)
    above_manner: Manner = USUAL

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.chips) or self.above != Draft()

    @property
    def draft(self) -> Draft:
        """All that would be lost."""
        own = Draft(self.text, tuple((chip.name, chip.parts) for chip in self.chips if chip.parts))
        return joined(self.above, own)

    def forget(self) -> None:
        """Nobody wants it any more."""
        for chip in self.chips:
            chip.removed.emit()


def joined(*drafts: Draft) -> Draft:
    """One above the other."""
    text = "\n".join(draft.text for draft in drafts if draft.text.strip())
    return Draft(text, tuple(pair for draft in drafts for pair in draft.attachments))
