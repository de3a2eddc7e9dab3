"""What the numbers of a box mean, for who reads an answer in a terminal, where nothing can be drawn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from desktop_helper.cli._terminal import is_terminal
from desktop_helper.core.grounding import mentions
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart
from desktop_helper.services.box_notations import notation_of

if TYPE_CHECKING:
    from desktop_helper.core.messages import ChatRequest
    from desktop_helper.core.protocols import ModelProfile


def explained(answer: str, request: ChatRequest, profile: ModelProfile, *, as_json: bool) -> str:
    """One sentence if the answer has a box, the question a picture, and somebody looks; else nothing."""
    if as_json or not is_terminal(sys.stdout) or next(mentions(answer), None) is None:
        return ""
    if not any(isinstance(part, ImagePart) for message in request.messages for part in message.parts):
        return ""
    return {
        "thousandths": tr("Boxes are left, top, right, bottom in thousandths of the picture."),
        "percent": tr("Boxes are left, top, right, bottom in hundredths of the picture."),
        "shares": tr("Boxes are left, top, right, bottom as shares of the picture."),
        "pixels": tr("Boxes are left, top, right, bottom in pixels of the picture as it was sent."),
    }.get(notation_of(profile).name, "")
