"""What is said above the text field about the attachments: why some are refused, and what was left out of others."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_helper.core.i18n import tr
from desktop_helper.ui.attachment_chip import AttachmentChip

MAX_NOTICES = 4  # lines before the rest is only counted


def notices(chips: Sequence[AttachmentChip]) -> list[str]:
    """Each line once; a user must not think that the model saw all of what was left out."""
    refused = [str(chip.error) for chip in chips if chip.error is not None]
    lines = list(dict.fromkeys(refused + notes(chips)))
    if len(lines) > MAX_NOTICES:
        more = len(lines) - MAX_NOTICES + 1
        lines[MAX_NOTICES - 1 :] = [tr("And {count} more: point at an attachment to read why.", count=more)]
    return lines


def notes(chips: Sequence[AttachmentChip]) -> list[str]:
    """What was left out of them, a sentence each. Several videos share one: their chips tell their frames."""
    told = [chip.note for chip in chips if chip.note and not chip.is_clip]
    clips = [chip.note for chip in chips if chip.note and chip.is_clip]
    if len(clips) > 1:
        return [*told, tr("Of {count} videos some frames each are attached, with their times.", count=len(clips))]
    return [*told, *clips]
