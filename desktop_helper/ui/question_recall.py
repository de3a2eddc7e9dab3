"""Earlier questions in the text field: Up goes back through those of all conversations, Down returns to one's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

from desktop_helper.ui.composer_edit import ComposerEdit

Fetch = Callable[[Callable[[list[str]], None]], None]
"""Gets the earlier questions, the newest first, and hands them to the function that it is given, now or later."""


@dataclass(slots=True)
class _Walk:
    """From one's own text back through the earlier ones."""

    own: str
    own_cursor: int
    texts: list[str] | None = None  # None until they have come
    at: int = -1  # -1 is one's own text
    wanted: int = 0  # steps that were asked for before they came
    place: int = -1  # where we put the cursor: as long as it stays there, the next Up or Down goes on


class QuestionRecall(QObject):
    """Listens to a text field.

    Args:
        edit: the field.
        fetch: where the questions come from; must not block.
    """

    def __init__(self, edit: ComposerEdit, fetch: Fetch) -> None:
        super().__init__(edit)
        self._edit, self._fetch = edit, fetch
        self._walk: _Walk | None = None
        self._showing = False
        edit.add_key_handler(self._on_key)
        edit.textChanged.connect(self._on_text_changed)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() == Qt.Key.Key_Up and self._may_leave(QTextCursor.MoveOperation.Up):
            return self._step(1)
        if event.key() == Qt.Key.Key_Down and self._may_leave(QTextCursor.MoveOperation.Down):
            return self._step(-1)
        return False

    def _may_leave(self, direction: QTextCursor.MoveOperation) -> bool:
        """On the first or last line, and anywhere in a question that was fetched and not touched since."""
        cursor = self._edit.textCursor()
        if self._walk is not None and cursor.position() == self._walk.place:
            return True
        return not cursor.hasSelection() and not cursor.movePosition(direction)

    def _step(self, by: int) -> bool:
        walk = self._walk
        if walk is None:
            if by < 0:
                return False
            walk = self._walk = _Walk(self._edit.toPlainText(), self._edit.textCursor().position(), wanted=by)
            self._fetch(lambda texts: self._on_fetched(walk, texts))
            return True
        if walk.texts is None:
            walk.wanted = max(0, walk.wanted + by)
            return True
        return self._go(walk, walk.at + by)

    def _on_fetched(self, walk: _Walk, texts: list[str]) -> None:
        if self._walk is not walk:
            return  # the user has typed on meanwhile
        walk.texts = [text for text in texts if text.strip() != walk.own.strip()]
        if not walk.texts or not walk.wanted:
            self._walk = None
            return
        self._go(walk, walk.wanted - 1)

    def _go(self, walk: _Walk, to: int) -> bool:
        texts = walk.texts or []
        walk.at = max(-1, min(to, len(texts) - 1))
        self._show(walk.own if walk.at < 0 else texts[walk.at])
        if walk.at < 0:
            cursor = self._edit.textCursor()
            cursor.setPosition(min(walk.own_cursor, len(walk.own)))
            self._edit.setTextCursor(cursor)
            self._walk = None
        else:
            walk.place = self._edit.textCursor().position()
        return True

    def _show(self, text: str) -> None:
        self._showing = True
        try:
            self._edit.replace_text(text)
        finally:
            self._showing = False

    def _on_text_changed(self) -> None:
        if not self._showing:
            self._walk = None
