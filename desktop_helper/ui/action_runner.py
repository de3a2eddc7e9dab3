"""Does what a quick action says: looks at something, makes the question, and sends it or puts it into the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QClipboard, QGuiApplication

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.clips import name_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.protocols import Frame
from desktop_helper.qt.intake import Done, Failed, Intake
from desktop_helper.services.action_file import QuickAction
from desktop_helper.services.draft import Attachments
from desktop_helper.services.question import Question
from desktop_helper.services.quick_actions import manner, question
from desktop_helper.ui.composer_edit import local_files, picture_in
from desktop_helper.ui.text_safety import reveal

if TYPE_CHECKING:
    from desktop_helper.ui.chat import Chat
    from desktop_helper.ui.composer import Composer

SCREEN_CAPTURES = ("region", "screen", "window")
MAX_TEXT = 100_000  # characters that are taken from the clipboard or a selection

Read = Callable[[Done, Failed], CancelToken]


class ActionRunner(QObject):
    """Belongs to the chat.

    Signals:
        capture_requested: a mode of the region picker and the action; the frame comes to `take_frame`.
    """

    capture_requested = Signal(str, object)

    def __init__(self, chat: Chat, intake: Intake) -> None:
        super().__init__(chat)
        self._chat, self._intake = chat, intake

    @property
    def _composer(self) -> Composer:
        return self._chat.window.composer

    def choose(self, action: QuickAction) -> None:
        """From the list: about what stands in the field, or else about what the action looks at."""
        composer = self._composer
        if not composer.has_content:
            self._look(action, "")
            return
        if action.new_chat:
            self._chat.move_on()
        given = composer.edit.toPlainText().strip()
        composer.edit.replace_text(question(action, given, _clipboard_text))
        composer.manner.set_manner(manner(action, given or name_of(composer.media)))
        if composer.pictures < action.pictures:
            composer.show_note(_more_pictures(action))
        elif action.send:
            composer.submit()

    def run(self, action: QuickAction) -> None:
        """From a hotkey: what stands in the field is not touched by it."""
        selected = _selected_text() if action.capture == "none" and action.wants_input else ""
        self._look(action, selected)

    def take_frame(self, action: QuickAction, frame: Frame, name: str) -> None:
        """The pixels that `capture_requested` asked for."""
        self._chat.open()
        self._gather(action, "", [(name, partial(self._intake.frame, frame, name))])

    def _look(self, action: QuickAction, given: str) -> None:
        if action.capture in SCREEN_CAPTURES:
            self.capture_requested.emit(action.capture, action)
            return
        self._chat.open()
        if action.capture == "clipboard":
            reads = self._in_clipboard()
            self._gather(action, "" if reads else _clipboard_text(), reads)
        else:
            self._finish(action, given, ())

    def _in_clipboard(self) -> list[tuple[str, Read]]:
        """Files and a picture, as reads; text wins over a picture of it."""
        data = _clipboard_data()
        if data is None:
            return []
        files = local_files(data)
        if files:
            return [(path.name, partial(self._intake.file, path)) for path in files]
        if data.hasImage() and not data.hasText():
            name = tr("Pasted picture")
            return [(name, partial(self._intake.pasted, picture_in(data), name))]
        return []

    def _gather(self, action: QuickAction, given: str, reads: list[tuple[str, Read]]) -> None:
        """Read one after the other, so that they keep their order, then ask."""
        found: list[tuple[str, tuple[MediaPart, ...]]] = []

        def next_one() -> None:
            if len(found) == len(reads):
                self._finish(action, given, tuple(found))
                return
            name, read = reads[len(found)]
            self._composer.show_note(tr("Reading {name}…", name=reveal(name)))

            def done(parts: tuple[MediaPart, ...]) -> None:
                found.append((name, parts))
                next_one()

            read(done, failed)

        def failed(error: HelperError) -> None:
            self._put(action, given, tuple(found))
            self._composer.show_error(error)

        next_one()

    def _finish(self, action: QuickAction, given: str, attachments: Attachments) -> None:
        pictures = sum(isinstance(part, ImagePart) for _name, parts in attachments for part in parts)
        note = _more_pictures(action) if pictures < action.pictures else ""
        if action.wants_input and not given.strip() and not attachments:
            note = tr("“{title}” needs a text: type or paste it.", title=action.title)
        if action.new_chat:
            self._chat.new()
        if note or not action.send:
            self._put(action, given, attachments)
        self._composer.show_note(note)
        if not note and action.send:
            media = tuple(part for _name, parts in attachments for part in parts)
            beside = replace(manner(action, given or name_of(media)), beside=True)
            self._composer.ask(Question(question(action, given, _clipboard_text), attachments, beside))

    def _put(self, action: QuickAction, given: str, attachments: Attachments) -> None:
        self._composer.put_back(question(action, given, _clipboard_text), attachments, manner(action))


def _more_pictures(action: QuickAction) -> str:
    return tr("“{title}” needs {count} pictures: attach them, then send.", title=action.title, count=action.pictures)


def _clipboard_data() -> QMimeData | None:
    """None where nobody has put anything there; Qt's stubs do not know that."""
    return QGuiApplication.clipboard().mimeData()


def _clipboard_text() -> str:
    return QGuiApplication.clipboard().text()[:MAX_TEXT]


def _selected_text() -> str:
    """What is selected in any program, where the desktop tells (X11)."""
    clipboard = QGuiApplication.clipboard()
    return clipboard.text(QClipboard.Mode.Selection)[:MAX_TEXT] if clipboard.supportsSelection() else ""
