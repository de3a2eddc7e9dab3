"""Shows a place in a long text: marks it and brings it into sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from desktop_helper.core.document_places import Span, cells_in
from desktop_helper.core.library import Spot
from desktop_helper.core.messages import FilePart
from desktop_helper.ui.text_safety import reveal_overrides, wrappable
from desktop_helper.ui.theme import Theme

_MOST_ROWS = 2_000  # that are marked; Qt slows down with each one


def spans_of(spot: Spot, text: str) -> list[Span]:
    """Characters of the part's text that are the place."""
    if spot.sheet is not None and spot.area is not None:
        return cells_in(text, spot.sheet, spot.area)[:_MOST_ROWS]
    return [] if spot.lines is None else list(_line_by_line(text, spot.lines))[:_MOST_ROWS]


def _line_by_line(text: str, span: Span) -> Iterator[Span]:
    """A mark over several lines would not fill the last one."""
    at = span[0]
    while at < span[1]:
        end = text.find("\n", at, span[1])
        end = span[1] if end < 0 else end
        if end > at:
            yield at, end
        at = end + 1


def show_passage(edit: QPlainTextEdit, part: FilePart, spot: Spot | None) -> None:
    """Mark `spot` if it is in `part`, whose text `edit` shows as `wrappable(reveal_overrides(text))`."""
    here = spot is not None and spot.part.sha256 == part.sha256
    spans = spans_of(spot, part.text) if spot is not None and here else []
    marks = []
    for begin, end in _as_shown(part.text, spans):
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(edit.document())
        last = edit.document().characterCount() - 1
        mark.cursor.setPosition(min(begin, last))
        mark.cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        style = QTextCharFormat()
        style.setBackground(Theme.current().color("accent_soft"))
        if spot is not None and spot.lines is not None:
            style.setProperty(QTextFormat.Property.FullWidthSelection, True)
        mark.format = style
        marks.append(mark)
    edit.setExtraSelections(marks)
    if marks:
        cursor = QTextCursor(marks[0].cursor)
        cursor.setPosition(cursor.selectionStart())
        edit.setTextCursor(cursor)
        edit.centerCursor()


def recolour(edit: QPlainTextEdit) -> None:
    """The theme has changed."""
    marks = edit.extraSelections()
    for mark in marks:
        mark.format.setBackground(Theme.current().color("accent_soft"))
    edit.setExtraSelections(marks)


def _as_shown(text: str, spans: Sequence[Span]) -> list[Span]:
    """The same places in what is shown, as Qt counts."""
    shown, at, place = [], 0, 0
    for begin, end in spans:
        place += _length(text[at:begin])
        width = _length(text[begin:end])
        shown.append((place, place + width))
        place, at = place + width, end
    return shown


def _length(piece: str) -> int:
    return len(wrappable(reveal_overrides(piece)).encode("utf-16-le", "surrogatepass")) // 2
