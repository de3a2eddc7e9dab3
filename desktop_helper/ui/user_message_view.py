"""One question: a soft bubble at the right, its attachments above it."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QGuiApplication, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_helper.core.documents import is_about_choice
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart, Message
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.ui.document_view import DocumentView
from desktop_helper.ui.markdown.styles import Styles
from desktop_helper.ui.message_view import MessageView
from desktop_helper.ui.text_safety import reveal_overrides, wrappable
from desktop_helper.ui.theme import SPACE_1, SPACE_2, Theme, set_role
from desktop_helper.ui.thumbnails import Thumbnails

_WIDTH_SHARE = 0.84  # of the row; the rest shows whose turn it was
_PADDING = (16, 10, 16, 11)
_MEASURED_CHARS = 2_000  # a longer text is as wide as it may be


class UserMessageView(MessageView):
    """What the user asked. The text is shown as it was typed, never as Markdown.

    Signals:
        media_opened: place of an attachment that the user wants to look at.
        media_changed: other parts are attached than before.
    """

    media_opened = Signal(int)
    media_changed = Signal()

    def __init__(self, message: Message, source: MediaSource | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message = message
        self._bubble, self._text = QFrame(), DocumentView()
        set_role(self._bubble, "bubble")
        self._text.setAccessibleName(tr("Question"))
        self.setAccessibleName(tr("Question"))
        inner = QHBoxLayout(self._bubble)
        inner.setContentsMargins(*_PADDING)
        inner.addWidget(self._text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._source, self._thumbnails = source, self._made_thumbnails(source)
        self._pages = QLabel(
            self, alignment=Qt.AlignmentFlag.AlignRight, wordWrap=True, textFormat=Qt.TextFormat.PlainText
        )
        if self._thumbnails is not None:
            layout.addWidget(self._thumbnails)
            layout.addWidget(self._pages)
            layout.addSpacing(SPACE_2)
        self._pages.setContentsMargins(0, SPACE_1, 0, 0)
        set_role(self._pages, "meta")
        self._tell_pages()
        layout.addWidget(self._bubble, 0, Qt.AlignmentFlag.AlignRight)
        layout.addSpacing(SPACE_1)
        layout.addLayout(self._build_actions())
        self._text.menu_requested.connect(self.menu_requested)
        self._bubble.setVisible(bool(message.text))
        Theme.current().changed.connect(self._write)
        self._write()

    @property
    def text_view(self) -> DocumentView:
        """Where the words are."""
        return self._text

    def copy(self) -> None:
        """Put its words on the clipboard."""
        QGuiApplication.clipboard().setText(self._message.text)

    @property
    def message(self) -> Message:
        """What is shown."""
        return self._message

    def show_media_of(self, message: Message) -> None:
        """What is attached has changed on its way to the model."""
        self._message = message
        self.media_changed.emit()
        old, self._thumbnails = self._thumbnails, self._made_thumbnails(self._source)
        layout = self.layout()
        if self._thumbnails is None or not isinstance(layout, QVBoxLayout):
            return
        layout.insertWidget(0, self._thumbnails)
        if old is None:
            layout.insertWidget(1, self._pages)
            layout.insertSpacing(2, SPACE_2)
        else:
            layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._tell_pages()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the bubble as wide as its text, within bounds."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._shape()

    def _tell_pages(self) -> None:
        """Which pages of a large document were chosen for the question."""
        notes = [part.text for part in self._message.media if isinstance(part, FilePart) and is_about_choice(part)]
        self._pages.setText(wrappable(reveal_overrides(sentences(*notes))))
        self._pages.setVisible(bool(notes))

    def _made_thumbnails(self, source: MediaSource | None) -> Thumbnails | None:
        if not self._message.media:
            return None
        thumbnails = Thumbnails(self._message.media, source)
        thumbnails.opened.connect(self.media_opened)
        return thumbnails

    def _build_actions(self) -> QHBoxLayout:
        self._action("copy", tr("Copy the question")).clicked.connect(self.copy)
        self._action("pencil", tr("Edit and ask again (F2)")).clicked.connect(self.edit_requested)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addStretch(1)
        self._place_actions(row)
        row.addWidget(self.versions)
        return row

    def _write(self) -> None:
        theme, document = Theme.current(), self._text.document()
        document.clear()
        document.setDefaultFont(theme.font())
        cursor, style = QTextCursor(document), QTextCharFormat()
        style.setForeground(QBrush(theme.color("text")))
        cursor.setBlockFormat(Styles(theme).block())
        cursor.insertText(wrappable(reveal_overrides(self._message.text)), style)
        self._shape()

    def _shape(self) -> None:
        left, _, right, _ = _PADDING
        self._bubble.ensurePolished()
        right += self._bubble.width() - self._bubble.contentsRect().width()  # its line, with high contrast
        room = int(self.width() * _WIDTH_SHARE) - left - right
        width = room
        if len(self._message.text) <= _MEASURED_CHARS:
            document = self._text.document()
            document.setTextWidth(-1)
            width = min(room, ceil(document.idealWidth()) + 1)
        self._bubble.setFixedWidth(max(width, 24) + left + right)
        self._text.document().setTextWidth(max(width, 24))
        self._text.fit()
