"""Editing an earlier question: it stands in the composer, and what stood there before comes back afterwards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop_helper.core.messages import MediaPart
from desktop_helper.services.draft import Draft
from desktop_helper.services.question_saver import Said
from desktop_helper.ui.chat_window import ChatWindow


class Editing(QObject):
    """At most one question at a time."""

    def __init__(self, window: ChatWindow) -> None:
        super().__init__(window)
        self._window = window
        self._said: Said | None = None
        self._text = ""
        self._aside = Draft()
        window.editing.left.connect(self.leave)

    @property
    def said(self) -> Said | None:
        """The question that is being edited."""
        return self._said

    def begin(self, said: Said, text: str, media: tuple[MediaPart, ...]) -> None:
        """Put a question into the composer; what is sent next takes its place."""
        self.leave()
        composer = self._window.composer
        self._aside = composer.take()
        self._said, self._text = said, text
        composer.restore(text, media)
        self._window.editing.show()

    def leave(self) -> None:
        """Forget the changes; the question stays as it was."""
        if self._said is not None:
            self._window.composer.take()
            self._end()

    def leave_if(self, gone: Callable[[Said], bool]) -> None:
        """The same, if the question is not there any more."""
        if self._said is not None and gone(self._said):
            self.leave()

    def settle(self) -> None:
        """The app is left: the draft keeps what stood in the composer before, and what was changed since."""
        if self._said is None:
            return
        if self._window.composer.edit.toPlainText() == self._text:
            self.leave()
        else:
            self._end()

    def take(self) -> Said | None:
        """The question that the one which was just sent replaces; the editing is over."""
        said = self._said
        if said is not None:
            self._end()
        return said

    def _end(self) -> None:
        aside, self._aside, self._said = self._aside, Draft(), None
        self._window.editing.hide()
        if aside != Draft():
            self._window.composer.put_back(aside.text, aside.attachments)
