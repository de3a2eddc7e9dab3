"""What the user wants done with single messages: other versions, editing, deleting, quoting, looking at attachments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.clips import clock
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart, Message, Thinking
from desktop_helper.core.quoting import quoted
from desktop_helper.qt.background import Background
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.services.box_notations import notation_called
from desktop_helper.services.container import Services
from desktop_helper.services.history_records import Deleted, StoredMessage
from desktop_helper.services.question_saver import Said, Talk
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.conversation import Conversation
from desktop_helper.ui.media_viewer import MediaViewer
from desktop_helper.ui.message_keys import MessageKeys
from desktop_helper.ui.message_view import MessageView
from desktop_helper.ui.text_copier import TextCopier
from desktop_helper.ui.transcript import View

Rest = list[StoredMessage]


class MessageDeeds(QObject):
    """Everything that takes time happens on another thread; the page changes when it is done.

    Signals:
        viewer_made: the `MediaViewer`, when it is needed for the first time.
    """

    viewer_made = Signal(object)

    def __init__(
        self, services: Services, background: Background, window: ChatWindow, conversation: Conversation
    ) -> None:
        super().__init__(window)
        self._services, self._background = services, background
        self._window, self._conversation = window, conversation
        self._transcript = conversation.transcript
        self.source = MediaSource(background, self._blob)
        self._viewer: MediaViewer | None = None
        self._viewer_copier = TextCopier(services, background, self)
        self._copy_text_of_chips(TextCopier(services, background, self))
        window.messages.media_source = self.source
        window.messages.notation = partial(notation_called, services)
        window.messages.media_opened.connect(self._look_at)
        window.messages.place_opened.connect(lambda media, place, spot: self.viewer().open(media, place, spot))
        window.messages.moment_missed.connect(self._tell_moment)
        window.messages.quoted.connect(self.quote)
        MessageKeys(window.messages, window).quoted.connect(self.quote)
        self._transcript.drawn.connect(self._connect)

    def close(self) -> None:
        """Nothing can be undone any more, and nothing is dragged."""
        self._window.undo.settle()
        self.source.close()

    def quote(self, text: str) -> None:
        """Put lines of an answer into the composer; the question about them comes below."""
        edit = self._window.composer.edit
        cursor = edit.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        above = edit.toPlainText()
        gap = "" if not above or above.endswith("\n\n") else "\n" if above.endswith("\n") else "\n\n"
        cursor.insertText(f"{gap}{quoted(text)}\n\n")
        edit.setTextCursor(cursor)
        edit.setFocus()

    def edit(self, said: Said, message: Message) -> None:
        """Put a question into the composer, to be asked again in its place."""
        if all(part.data for part in message.media):
            self._conversation.editing.begin(said, message.text, message.media)
            return
        talk = self._transcript.talk
        self._background.run(
            lambda _cancel: tuple(self.source.loaded(part) for part in message.media),
            done=lambda media: self._begin_editing(talk, said, message.text, media),
            failed=self._window.composer.show_error,
        )

    def choose(self, view: View, said: Said, number: int) -> None:
        """Show another version of a message, and what follows it."""
        towards = -1 if said.number is not None and number < said.number else 1
        place = self._window.messages.place
        top, by_keyboard = place.top_of(view.versions), view.versions.isAncestorOf(view.focusWidget())
        self._conversation.stop_if_running_in(said)
        history = self._services.history

        def work(_cancel: CancelToken) -> Rest:
            history.choose(number)
            return self._rest(said)

        def done(rest: Rest) -> None:
            last = not rest or rest[-1].id == number
            self._go_on(said.talk, said.before, rest)
            shown = self._transcript.view(Said(said.talk, None, number))
            if shown is None:
                return
            if not (last and place.following):
                place.go_to(shown.versions, top)
            if by_keyboard:
                QTimer.singleShot(0, shown, lambda: shown.versions.take_focus(towards))

        self._background.run(work, done, self._window.composer.show_error)

    def delete(self, said: Said) -> None:
        """Delete a message with what follows it, and offer to undo that."""
        self._conversation.stop_if_running_in(said)
        history = self._services.history

        def work(cancel: CancelToken) -> tuple[Deleted | None, Rest]:
            numbers = said.wait(cancel)
            deleted = None if numbers is None else history.delete_message(numbers[1])
            return deleted, self._rest(said)

        self._background.run(work, partial(self._deleted, said), self._window.composer.show_error)

    def _blob(self, sha256: str) -> bytes | None:
        return self._services.history.blob(sha256)

    def _connect(self, view: View, said: Said) -> None:
        view.version_requested.connect(partial(self.choose, view, said))
        view.delete_requested.connect(partial(self.delete, said))
        view.retry_requested.connect(partial(self._conversation.again, said))
        view.retry_with_requested.connect(partial(self._conversation.again, said))
        if isinstance(view, AnswerView):
            view.edit_requested.connect(partial(self._edit_question_of, said))
            view.continue_requested.connect(partial(self._continue, said))
            view.allowed.connect(partial(self._conversation.again, said, over_limit=True))
            view.unthinking_requested.connect(partial(self._conversation.again, said, thinking=Thinking.OFF))
        else:
            view.edit_requested.connect(lambda: self.edit(said, view.message))

    def _edit_question_of(self, answer: Said) -> None:
        view = self._transcript.view(answer.before)
        if isinstance(view, MessageView):
            view.edit_requested.emit()

    def _continue(self, answer: Said) -> None:
        """Ask the model to go on with an answer that is not whole; what follows it stays as another version."""
        after = self._transcript.after(answer)
        if after is not None:
            self._conversation.stop_if_running_in(after)
            self._transcript.cut(after)
        self._conversation.send(tr("Go on exactly where you stopped, without repeating anything."), ())

    def _begin_editing(self, talk: Talk, said: Said, text: str, media: tuple[MediaPart, ...]) -> None:
        if talk is self._transcript.talk:
            self._conversation.editing.begin(said, text, media)

    def _rest(self, said: Said) -> Rest:
        """What is shown now in the place of a message and below it. On any thread."""
        talk = said.talk
        if talk.number is None:
            return []
        return self._services.history.messages(talk.number, after=said.follows, media=False)

    def _go_on(self, talk: Talk, after: Said | None, rest: Rest) -> None:
        """Show it, if the user has not gone elsewhere meanwhile."""
        if talk is not self._transcript.talk or talk.number is None:
            return
        self._window.messages.place.keep()
        if not self._transcript.go_on(after, rest):
            self._conversation.load(talk.number)
        self._conversation.editing.leave_if(lambda said: not self._transcript.holds(said))
        self._window.show_messages(bool(self._window.messages.messages()) or bool(rest))

    def _deleted(self, said: Said, outcome: tuple[Deleted | None, Rest]) -> None:
        deleted, rest = outcome
        self._go_on(said.talk, said.before, rest)
        if deleted is None:
            return
        history = self._services.history
        self._window.undo.offer(
            undo=partial(self._undo, said, deleted),
            over=lambda: self._in_background(lambda: history.purge(deleted)),
        )

    def _undo(self, said: Said, deleted: Deleted) -> None:
        self._conversation.stop()
        history = self._services.history

        def work(_cancel: CancelToken) -> Rest:
            history.undo_delete(deleted)
            return self._rest(said)

        self._background.run(
            work, lambda rest: self._go_on(said.talk, said.before, rest), self._window.composer.show_error
        )

    def viewer(self) -> MediaViewer:
        """The one for attachments, of messages and of the question."""
        if self._viewer is None:
            self._viewer = MediaViewer(self.source, self._window, self._viewer_copier)
            self._viewer.asked.connect(self._ask_about)
            self.viewer_made.emit(self._viewer)
        return self._viewer

    def _look_at(self, message: Message, place: int) -> None:
        self.viewer().open(message.media, place)

    def _tell_moment(self, asked: float, shown: float) -> None:
        moments = {"asked": clock(asked), "shown": clock(shown)}
        self.viewer().tell(tr("No frame of {asked} was sent; this is the next one to it, {shown}.", **moments))

    def _copy_text_of_chips(self, copier: TextCopier) -> None:
        composer = self._window.composer
        composer.text_requested.connect(copier.copy_parts)
        copier.progressed.connect(composer.show_note)
        copier.copied.connect(lambda copied: composer.show_note(copied.sentence))
        copier.failed.connect(composer.show_error)

    def _ask_about(self, part: MediaPart) -> None:
        if not any(one is part for chip in self._window.composer.chips for one in chip.parts):
            self._window.composer.put_back("", ((part.name, (part,)),))
        self._window.ask()

    def _in_background(self, work: Callable[[], object]) -> None:
        self._background.run(lambda _cancel: work(), _ignore, _ignore)


def _ignore(_outcome: object | HelperError) -> None:
    """What stays is removed at the next start."""
