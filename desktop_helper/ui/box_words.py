"""Boxes in words, for who cannot see them."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_helper.core.grounding import GroundedBox
from desktop_helper.core.i18n import tr
from desktop_helper.ui.text_safety import reveal

_MOST = 8  # that are told


def described(boxes: Sequence[GroundedBox]) -> str:
    """Where each of them is."""
    told = []
    for number, box in enumerate(boxes[:_MOST], 1):
        left, top, width, height = (share * 100 for share in box.area)
        told.append(
            tr(
                "{name}: {left} to {right} % from the left, {top} to {bottom} % from the top.",
                name=reveal(box.label) or tr("Box {number}", number=number),
                left=f"{left:.0f}",
                right=f"{left + width:.0f}",
                top=f"{top:.0f}",
                bottom=f"{top + height:.0f}",
            )
        )
    return " ".join(told)
