"""The text of one answer: streamed Markdown, refreshed no more often than it can be laid out."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.core.library import Library, Spot
from desktop_helper.ui import clip_links, place_links
from desktop_helper.ui.document_view import DocumentView
from desktop_helper.ui.markdown.document import MarkdownDocument
from desktop_helper.ui.theme import Theme

CHEAP_S = 0.004  # a refresh up to this long may happen with every chunk
_REST = 4  # after a longer one, so many times its length belongs to the rest of the window


class AnswerText(DocumentView):
    """A `DocumentView` that Markdown is appended to.

    `title_of` says where links of others lead to, or nothing of those that it does not know.

    Signals:
        written: all of it stands there, for the first time or anew; links that were made in it before are gone.
    """

    written = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Answer"))
        self._writer = MarkdownDocument(self.document(), Theme.current())
        self._not_before = self._clip_seconds = 0.0
        self._library, self._spots = Library(), list[Spot]()
        self.title_of: Callable[[str], str] = lambda _address: ""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._refresh)
        Theme.current().changed.connect(self.rewrite)

    @property
    def markdown(self) -> str:
        """The Markdown so far, as it came."""
        return self._writer.source

    @property
    def complete(self) -> bool:
        """Whether all of it stands there."""
        return self._writer.complete

    def append_markdown(self, text: str) -> None:
        """Add Markdown; it shows at once, or a moment later if the last layout was expensive."""
        self._writer.append(text)
        wait_s = self._not_before - time.perf_counter()
        if wait_s <= 0:
            self._refresh()
        elif not self._timer.isActive():
            self._timer.start(int(wait_s * 1000) + 1)

    def close_text(self) -> None:
        """The answer is over: write it as the full text reads."""
        self._writer.close()
        self._refresh()

    def rewrite(self) -> None:
        """Write it anew, in the look of now and without links of ours."""
        self._writer.restyle()
        self._refresh()

    def link_times(self, clip_seconds: float) -> None:
        """It is about a video of that length: the moments that it speaks of become links when it is complete."""
        self._clip_seconds = clip_seconds
        if clip_seconds and self._writer.complete:
            clip_links.link_times(self.document(), clip_seconds)
            self.viewport().update()

    def link_places(self, library: Library) -> None:
        """The places in documents that it speaks of become links when it is complete, as far as they were sent."""
        if library == self._library:
            return
        self._library = library
        if self._spots:
            self.rewrite()  # what was certain may be so no longer
        elif self._writer.complete:
            self._mark_places()

    def spot(self, address: str) -> Spot | None:
        """The place that a link of ours leads to."""
        number = place_links.number(address)
        return self._spots[number] if number is not None and number < len(self._spots) else None

    def link_title(self, address: str) -> str:
        """A place in a document or in a picture is told by its name."""
        if said := self.title_of(address):
            return said
        spot = self.spot(address)
        return super().link_title(address) if spot is None else place_links.title(spot)

    def _mark_places(self) -> None:
        self._spots = place_links.link_places(self.document(), self._library) if self._library else []
        self.viewport().update()

    def _refresh(self) -> None:
        begin = time.thread_time()
        cursor = self.textCursor()
        selected = (cursor.anchor(), cursor.position()) if cursor.hasSelection() else None
        more = self._writer.refresh()
        if selected:
            self._select(*selected)
        self.set_ornaments(self._writer.ornaments, self._writer.changed_from)
        spent = time.thread_time() - begin
        self._not_before = time.perf_counter() + spent * _REST if spent > CHEAP_S else 0.0
        if more:
            self._timer.start(0)
        elif self._writer.complete:
            self._timer.stop()
            self.link_times(self._clip_seconds)
            self._mark_places()
            self.written.emit()

    def _select(self, anchor: int, position: int) -> None:
        """Keep what the reader has marked, also in the part that was written again."""
        cursor = self.textCursor()
        last = self.document().characterCount() - 1
        cursor.setPosition(min(anchor, last))
        cursor.setPosition(min(position, last), cursor.MoveMode.KeepAnchor)
        if (cursor.anchor(), cursor.position()) != (self.textCursor().anchor(), self.textCursor().position()):
            self.setTextCursor(cursor)
