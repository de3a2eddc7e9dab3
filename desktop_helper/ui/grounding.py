"""Which picture the boxes of an answer are in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from desktop_helper.core.box_notation import USUAL, BoxNotation
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.user_message_view import UserMessageView

NotationCalled = Callable[[str], BoxNotation | None]


def usual(_title: str) -> BoxNotation:
    """Of a model of which nothing is known."""
    return USUAL


def show_boxes(
    shown: Sequence[AnswerView | UserMessageView], notation: NotationCalled, source: MediaSource | None
) -> None:
    """Tell each answer its picture: that of the newest question with pictures, if no other was brought since.

    With two of them nothing says which one is meant, and a box in the wrong picture is worse than none.

    Args:
        shown: the messages, from top to bottom.
        notation: of the model that the history calls so; None if that is not certain.
        source: where the bytes are.
    """
    pictures: list[ImagePart] = []
    for view in shown:
        if isinstance(view, UserMessageView):
            pictures = _pictures(view.message.media) or pictures
            continue
        pictures = [*pictures, *_pictures(view.brought)]
        certain = len(pictures) == 1 and pictures[0].moment is None and view.brought_known
        only = pictures[0] if certain else None
        view.show_boxes(only, partial(notation, view.model_title), source)


def _pictures(media: Sequence[MediaPart]) -> list[ImagePart]:
    return [part for part in media if isinstance(part, ImagePart)]
