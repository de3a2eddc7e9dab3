"""The text field of the composer: grows with its text, Enter sends, pictures and files can be pasted."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import ceil
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QImage, QInputMethodEvent, QKeyEvent, QResizeEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from desktop_helper.qt.intake import Picture
from desktop_helper.ui.theme import set_role

MAX_LINES = 8
PAGE_KEYS = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
SLASHES = "/／、"  # what the key gives, with Chinese input methods too

_TAG = re.compile(r"<!--.*?-->|<(style|title)\b.*?</\1>|<[^>]*>|&nbsp;", re.DOTALL | re.IGNORECASE)

KeyHandler = Callable[[QKeyEvent], bool]
"""Takes a key, and says whether nobody else may have it."""


class ComposerEdit(QPlainTextEdit):
    """Plain text only.

    Signals:
        submitted: Enter was pressed.
        files_pasted: local files, as a list of `Path`.
        picture_pasted: a `Picture` from the clipboard.
        picture_offered: the same, where text was pasted and a picture of it is in the clipboard too.
        slash_typed: one of `SLASHES` is the first character in an empty field. What is being composed is not typed yet.
    """

    submitted = Signal()
    files_pasted = Signal(list)
    picture_pasted = Signal(object)
    picture_offered = Signal(object)
    slash_typed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self._handlers: list[KeyHandler] = []
        self._hint = ""
        set_role(self, "bare")
        self.setTabChangesFocus(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.document().setDocumentMargin(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(False)  # the whole window takes drops
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)

    def set_hint(self, text: str) -> None:
        """What stands there while there is no text; shortened where it does not fit into its one line."""
        self._hint = text
        self._fit_hint()

    @property
    def composing(self) -> bool:
        """Whether an input method is in the middle of a word."""
        return self._composing

    def add_key_handler(self, handler: KeyHandler) -> None:
        """Ask `handler` first, before those that were added earlier; never while an input method is composing."""
        self._handlers.insert(0, handler)

    def replace_text(self, text: str) -> None:
        """Put `text` into the field, with the cursor behind it. Undo brings back what was there."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        self.setTextCursor(cursor)

    def take_text(self) -> str:
        """Empty the field. One undo brings the text back; what was done before that is forgotten."""
        text = self.toPlainText()
        self.document().clearUndoRedoStacks(QTextDocument.Stacks.UndoAndRedoStacks)
        self.replace_text("")
        return text

    def sizeHint(self) -> QSize:
        """As high as the text, from one line to `MAX_LINES`."""
        return QSize(200, max(self.fontMetrics().lineSpacing(), self._lines_height()) + 4)

    def minimumSizeHint(self) -> QSize:
        """No higher than the text needs; Qt's own wish is three lines."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrower field needs more lines for the same text."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
            self._fit_hint()

    def changeEvent(self, event: QEvent) -> None:
        """Larger letters need more room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_hint()

    def _mark_page(self, event: QKeyEvent) -> None:
        """As far as a page goes, and to the end of the text where no page is left; Qt would stop in the last line."""
        at = self.textCursor().position()
        super().keyPressEvent(event)
        cursor = self.textCursor()
        if cursor.position() == at:
            move = QTextCursor.MoveOperation
            to = move.Start if event.key() == Qt.Key.Key_PageUp else move.End
            cursor.movePosition(to, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)
        event.accept()

    def _lines_height(self) -> int:
        """Of the first lines, as they are laid out: those of Chinese, from a font beside ours, are higher than ours."""
        heights: list[float] = []
        block = self.document().firstBlock()
        while block.isValid() and len(heights) < MAX_LINES:
            self.blockBoundingRect(block)  # lays it out
            lines = block.layout()
            heights += (lines.lineAt(number).height() for number in range(min(lines.lineCount(), MAX_LINES)))
            block = block.next()
        return ceil(sum(heights[:MAX_LINES]))

    def _fit_hint(self) -> None:
        room = self.viewport().width() - 2 * round(self.document().documentMargin())
        self.setPlaceholderText(self.fontMetrics().elidedText(self._hint, Qt.TextElideMode.ElideRight, room))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends, but not what an input method is still composing; Shift+Enter breaks the line."""
        if not self._composing and any(handler(event) for handler in self._handlers):
            return
        if event.key() in PAGE_KEYS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._mark_page(event)
            return
        if event.key() in PAGE_KEYS and not self.verticalScrollBar().maximum():
            event.ignore()  # all of the question is in sight: they scroll the conversation
            return
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if not self._composing:
                self.submitted.emit()
            return
        empty = self.document().isEmpty()
        super().keyPressEvent(event)
        self._notice_slash(empty)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether a word is being composed: then Enter belongs to the input method."""
        self._composing = bool(event.preeditString())
        empty = self.document().isEmpty()
        super().inputMethodEvent(event)
        self._notice_slash(empty)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Pictures and files too, not only text."""
        return source.hasImage() or source.hasUrls() or source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Text goes into the field, pictures and files become attachments."""
        files = local_files(source)
        if files:
            self.files_pasted.emit(files)
        elif source.hasImage() and (not source.hasText() or is_only_a_picture(source)):
            self.picture_pasted.emit(picture_in(source))
        elif source.hasText():
            self.textCursor().insertText(source.text())
            if source.hasImage():
                self.picture_offered.emit(picture_in(source))

    def _notice_slash(self, was_empty: bool) -> None:
        text = self.toPlainText() if was_empty else ""
        if text and text in SLASHES:
            self.slash_typed.emit()


def local_files(source: QMimeData) -> list[Path]:
    """The files of this machine that a drag or the clipboard names."""
    return [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]


def is_only_a_picture(source: QMimeData) -> bool:
    """Whether the text beside a picture is only its address: some browsers add that when a picture is copied."""
    html = source.html()
    return "<img" in html.lower() and not _TAG.sub("", html).strip() and " " not in source.text().strip()


def picture_in(source: QMimeData) -> Picture:
    """The picture that a drag or the clipboard holds, not yet encoded; empty if there is none."""
    if source.hasFormat("image/png"):
        return bytes(source.data("image/png").data())
    image = source.imageData()
    return image if isinstance(image, QImage) else b""
