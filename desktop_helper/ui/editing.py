"""Editing an earlier question: it stands in the composer, and what stood there before comes back afterwards."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop_helper.core.messages import MediaPart
from desktop_helper.services.draft import Draft
from desktop_helper.services.question_saver import Said
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.set_aside import SetAside, joined


class Editing(QObject):
    """At most one question at a time."""

    def __init__(self, window: ChatWindow) -> None:
        super().__init__(window)
        self._window = window
        self._said: Said | None = None
        self._began = Draft()
        self._aside: SetAside | None = None
        window.editing.left.connect(self.leave)

    @property
    def said(self) -> Said | None:
        """The question that is being edited."""
        return self._said

    def begin(self, said: Said, text: str, media: tuple[MediaPart, ...]) -> None:
        """Put a question into the composer; what is sent next takes its place."""
        self.leave()
        composer = self._window.composer
        self._aside = composer.set_aside()
        self._said = said
        composer.restore(text, media)
        self._began = composer.unsent()
        self._window.editing.show()

    def leave(self) -> None:
        """Forget the changes; the question stays as it was."""
        if self._said is not None:
            self._window.composer.set_aside().forget()
            self._end()

    def leave_if(self, gone: Callable[[Said], bool]) -> None:
        """The same, if the question is not there any more."""
        if self._said is not None and gone(self._said):
            self.leave()

    @property
    def unsent(self) -> Draft:
        """What `settle` will leave in the composer."""
        composer = self._window.composer
        if self._aside is None:
            return composer.unsent()
        changed = composer.unsent()
        return joined(self._aside.draft, Draft() if changed == self._began else changed)

    def settle(self) -> None:
        """Something else comes: what stood in the composer before is there again, and what was changed since below."""
        if self._said is None:
            return
        if self._window.composer.unsent() == self._began:
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
        aside, self._aside, self._said = self._aside, None, None
        self._window.editing.hide()
        if aside is not None:
            self._window.composer.bring_back(aside)
