"""The boxes in one answer: links in its text, and below it the picture with them, as soon as the answer is complete."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout

from desktop_helper.core.box_notation import BoxNotation, as_read
from desktop_helper.core.grounding import GroundedBox, GroundedPicture, grounded, mentions
from desktop_helper.core.messages import ImagePart, is_same
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.ui import box_links
from desktop_helper.ui.answer_text import AnswerText
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.box_picture import framed

Notation = Callable[[], BoxNotation | None]


class AnswerBoxes(QObject):
    """Belongs to the view of the answer. What it is about is only looked for in an answer that has boxes.

    Args:
        text: the answer's.
        layout: has `text` in it; the picture goes below that.

    Signals:
        changed: the picture came or went.
        opened: an address of ours, as if its link was followed.
    """

    changed = Signal()
    opened = Signal(str)

    def __init__(self, text: AnswerText, layout: QVBoxLayout, parent: QObject) -> None:
        super().__init__(parent)
        self._text, self._layout = text, layout
        self._part: ImagePart | None = None
        self._source: MediaSource | None = None
        self._notation: Notation = lambda: None
        self._boxes: tuple[GroundedBox, ...] = ()
        self._frame: AttachmentFrame | None = None
        text.written.connect(self._find)
        text.title_of = self._title

    def show_in(self, part: ImagePart | None, notation: Notation, source: MediaSource | None) -> None:
        """The answer is about this picture, or about none or several: then boxes stay the numbers that they are."""
        if part is self._part or (part is not None and self._part is not None and is_same(part, self._part)):
            return
        self._part, self._notation, self._source = part, notation, source
        if self._boxes:
            self._boxes = ()
            self._show()
            self._text.rewrite()  # without the links; those of another picture are found then
        elif self._text.complete:
            self._find()

    def forget(self) -> None:
        """It is not known any more what the answer is about."""
        self.show_in(None, self._notation, self._source)

    def spot(self, address: str) -> GroundedPicture | None:
        """Where a link leads to; None for a link that is not ours."""
        if self._part is None or not self._boxes or not box_links.is_ours(address):
            return None
        number = box_links.number(address)
        known = number is not None and number < len(self._boxes)
        return GroundedPicture(self._part, self._boxes, number if known else None)

    def _title(self, address: str) -> str:
        number = box_links.number(address) if box_links.is_ours(address) else None
        return box_links.title(self._boxes[number]) if number is not None and number < len(self._boxes) else ""

    def _find(self) -> None:
        """In a text that was just written; links that were there before are gone."""
        found: tuple[GroundedBox, ...] = ()
        source = self._text.markdown
        if self._part is not None and next(mentions(source), None) is not None:
            notation = self._notation()
            if notation is not None:
                found = grounded(source, notation, as_read(self._part))
        if found:
            box_links.link_boxes(self._text.document(), source, found)
            self._text.viewport().update()
        if found != self._boxes:
            self._boxes = found
            self._show()

    def _show(self) -> None:
        old, self._frame = self._frame, None
        if old is not None:
            self._layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        if self._part is not None and self._boxes:
            self._frame = frame = framed(GroundedPicture(self._part, self._boxes), self._source)
            frame.opened.connect(lambda: self.opened.emit(box_links.address(None)))
            place = self._layout.indexOf(self._text) + 1
            item = self._layout.itemAt(place)
            below = None if item is None else item.widget()
            self._layout.insertWidget(place, frame, 0, Qt.AlignmentFlag.AlignLeading)
            if below is not None:
                frame.stackUnder(below)  # Tab goes from child to child: it comes before what is below it
        if old is not None or self._frame is not None:
            self.changed.emit()
