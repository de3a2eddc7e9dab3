"""The documents that the messages on the page are about, and the answers that speak of places in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop_helper.core.document_places import NOTHING, Outline, has_outline, outline_of
from desktop_helper.core.grounding import GroundedPicture
from desktop_helper.core.library import Library, Spot
from desktop_helper.core.messages import FilePart, MediaPart, Role, is_same
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.user_message_view import UserMessageView

_MOST_OUTLINES = 500  # that are remembered

Told = AnswerView | UserMessageView | StoredMessage  # above the views may be messages that have none


class Citing(QObject):
    """Belongs to the list of messages, which says when there are other ones.

    Args:
        source: reads what of the texts is not in memory; None before there is a window.

    Signals:
        changed: more is known about what was sent; `link` should be called again.
        opened: parts of a message, the place of one of them, and the `Spot` or the boxes that are to be seen in it.
    """

    changed = Signal()
    opened = Signal(object, int, object)

    def __init__(self, source: Callable[[], MediaSource | None], parent: QObject) -> None:
        super().__init__(parent)
        self._source = source
        self._outlines: dict[str, Outline] = {}

    def link(self, told: Sequence[Told]) -> None:
        """Make links in the answers. An answer speaks of what was sent before it, or brought by tools meanwhile."""
        library = Library()
        for one in told:
            asked, brought = _asked(one), _brought(one)
            if asked or brought:
                self._learn((*asked, *brought))
                library = library.copy()
                library.add(asked, self._outlines)
                library.bring(brought, self._outlines)
            if isinstance(one, AnswerView):
                one.link_places(library)

    def follow(self, spot: Spot | GroundedPicture, told: Sequence[Told]) -> None:
        """Show a place: among the parts that came with it, if that message is still there."""
        for one in reversed(told):
            media = (*_asked(one), *_brought(one))
            place = next((place for place, part in enumerate(media) if is_same(part, spot.part)), None)
            if place is not None:
                self.opened.emit(media, place, spot)
                return
        self.opened.emit((spot.part,), 0, spot)

    def _learn(self, media: tuple[MediaPart, ...]) -> None:
        for part in media:
            if not isinstance(part, FilePart) or not has_outline(part) or part.sha256 in self._outlines:
                continue
            if len(self._outlines) >= _MOST_OUTLINES:
                self._outlines.clear()
            source = self._source()
            if source is None:
                self._outlines[part.sha256] = outline_of(part)
            else:
                self._outlines[part.sha256] = NOTHING  # until it is known
                source.outline(part, partial(self._know, part.sha256))

    def _know(self, key: str, outline: Outline) -> None:
        self._outlines[key] = outline
        if outline != NOTHING:
            self.changed.emit()


def _asked(one: Told) -> tuple[MediaPart, ...]:
    """What came with a question."""
    return () if isinstance(one, AnswerView) or one.message.role is not Role.USER else one.message.media


def _brought(one: Told) -> tuple[MediaPart, ...]:
    """What tools brought for an answer."""
    return () if isinstance(one, UserMessageView) else one.brought
