"""What is said above the text field about the attachments: why some are refused, and what was left out of others."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_helper.core.copies import once_each
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.ui.attachment_chip import AttachmentChip, lines_of
from desktop_helper.ui.notices import Line, Weight


def notices(chips: Sequence[AttachmentChip]) -> list[Line]:
    """A user must not think that the model saw all of what was left out."""
    refused = [(str(chip.error), Weight.BAD) for chip in chips if chip.error is not None]
    return [*refused, *_notes(chips)]


def _notes(chips: Sequence[AttachmentChip]) -> list[Line]:
    """What is to be said about them, a line each. Several videos share one: their chips tell their frames."""
    going = once_each([(chip.name, chip.parts) for chip in chips])
    lines = [(chip.is_clip, _lines(lines_of(parts))) for chip, (_name, parts) in zip(chips, going, strict=True)]
    told = [line for is_clip, own in lines if not is_clip for line in own]
    clips = [line for is_clip, own in lines if is_clip for line in own]
    if len(clips) < 2:
        return [*told, *clips]
    gravest = min((weight for _line, weight in clips), key=lambda weight: weight.rank)
    shared = tr("Of {count} videos some frames each are attached, with their times.", count=len(clips))
    return [*told, (shared, gravest)]


def _lines(of_one: Sequence[Line]) -> list[Line]:
    """What is missing in a line, and how it goes in another one."""
    by_weight = {weight: [line for line, own in of_one if own is weight] for weight in Weight}
    return [(sentences(*lines), weight) for weight, lines in by_weight.items() if lines]
