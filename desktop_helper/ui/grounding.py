"""Which picture the boxes of an answer are in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from desktop_helper.core.box_notation import USUAL, BoxNotation
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.user_message_view import UserMessageView

NotationCalled = Callable[[str], BoxNotation | None]
Pictures = list[ImagePart] | None  # that a message may be about; None if nobody knows


def usual(_title: str) -> BoxNotation:
    """Of a model of which nothing is known."""
    return USUAL


def pictures_below(above: Sequence[StoredMessage], *, whole: bool) -> Pictures:
    """What the message below these may be about; they are the `whole` begin of a conversation, or a later part."""
    pictures: Pictures = [] if whole else None
    for stored in above:
        pictures = _with(pictures, stored.message.media, stored.brought)
    return pictures


def show_boxes(
    shown: Sequence[AnswerView | UserMessageView],
    pictures: Pictures,
    notation: NotationCalled,
    source: MediaSource | None,
) -> None:
    """Tell each answer its picture: that of the newest question with pictures, if no other was brought since.

    With two of them nothing says which one is meant, and a box in the wrong picture is worse than none.

    Args:
        shown: the messages, from top to bottom.
        pictures: what the first of them may be about, because of messages above that are not on the page.
        notation: of the model that the history calls so; None if that is not certain.
        source: where the bytes are.
    """
    for view in shown:
        if isinstance(view, UserMessageView):
            pictures = _with(pictures, view.message.media, ())
            continue
        pictures = _with(pictures, (), view.brought)
        one = pictures is not None and len(pictures) == 1 and view.brought_known
        only = pictures[0] if pictures and one and pictures[0].moment is None else None
        view.show_boxes(only, partial(notation, view.model_title), source)


def _with(pictures: Pictures, asked: Sequence[MediaPart], brought: Sequence[MediaPart]) -> Pictures:
    """Those of a question are instead of the others, those that a tool brought are besides."""
    if new := _pictures(asked):
        return new
    return None if pictures is None else [*pictures, *_pictures(brought)]


def _pictures(media: Sequence[MediaPart]) -> list[ImagePart]:
    return [part for part in media if isinstance(part, ImagePart)]
