"""The history pane at work: between the window, the conversation and the history on the disk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer

from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Finished, FinishReason
from desktop_helper.qt.background import Background
from desktop_helper.qt.running_answers import RunningAnswer
from desktop_helper.services.container import Services
from desktop_helper.services.question_saver import Talk
from desktop_helper.ui.archive.porter import Porter
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.conversation import Conversation
from desktop_helper.ui.draft_keeper import DraftKeeper
from desktop_helper.ui.history.entries import HistorySource
from desktop_helper.ui.history.export_bar import ExportBar
from desktop_helper.ui.history.pane import HistoryPane

SAVED_MS = 400  # until the worker of a stopped answer has written how it ended

_NOWHERE: tuple[int, int | None, str] = (0, None, "")


def _nothing() -> None:
    """There is nothing else to do."""


class HistoryDesk(QObject):
    """Made when the history is shown for the first time."""

    def __init__(
        self,
        services: Services,
        background: Background,
        window: ChatWindow,
        conversation: Conversation,
        drafts: DraftKeeper,
    ) -> None:
        super().__init__(window)
        self._services, self._background = services, background
        self._window, self._conversation, self._drafts = window, conversation, drafts
        self._wanted = _NOWHERE
        self._shown_before: int | None = None
        self.pane = HistoryPane(HistorySource(lambda: services.history), background)
        self._porter = Porter(services, background, self)
        for over in (self._porter.done, self._porter.stopped):
            over.connect(lambda said, _more: window.composer.show_note(said))
        self._porter.failed.connect(window.composer.show_error)
        self.pane.set_foot(ExportBar(self._porter, self.pane.list))
        self._later = QTimer(self, singleShot=True, interval=SAVED_MS)
        self._later.timeout.connect(self.refresh)
        window.set_side(self.pane)
        self._connect()
        self._mark_drafts()
        self.refresh()

    def refresh(self) -> None:
        """Another conversation is shown, or one has changed."""
        self.pane.model.set_current(self._here)
        self._mark_answered()
        if self.pane.isVisible():
            self.pane.reload()

    def close(self) -> None:
        """Nothing arrives any more."""
        self._later.stop()
        self.pane.close_all()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """What `desktop-helper ask` did meanwhile is seen when the window comes to the front."""
        if event.type() in (QEvent.Type.WindowActivate, QEvent.Type.Show):
            self.refresh()
        return False

    def _connect(self) -> None:
        pane = self.pane
        pane.opened.connect(self._open)
        pane.new_requested.connect(self._window.header.new_chat_requested)
        pane.left.connect(self._window.composer.edit.setFocus)
        pane.renamed.connect(lambda number, title: self._change(lambda: self._services.history.rename(number, title)))
        pane.pinned.connect(lambda number, pin: self._change(lambda: self._services.history.set_pinned(number, pin)))
        pane.exported.connect(self._export)
        pane.deleted.connect(self._delete)
        pane.restored.connect(self._restore)
        pane.search_ended.connect(self._window.messages.unmark)
        answers = self._conversation.answers
        answers.began.connect(self.refresh)  # its question is saved, and its conversation the newest
        answers.ended.connect(self._on_ended)
        answers.changed.connect(self._mark_answered)
        self._conversation.moved.connect(self._on_moved)
        self._drafts.changed.connect(self._mark_drafts)
        self._window.installEventFilter(self)
        self._window.layout_changed.connect(self.refresh)

    @property
    def _here(self) -> int:
        """The row of what is shown; that of a draft if nothing has been asked yet; 0 for none."""
        talk = self._conversation.transcript.talk
        return talk.number or talk.draft

    def _open(self, number: int, message_id: int | None, words: str) -> None:
        """An answer that is being written goes on, and its row says so."""
        self._wanted = (number, message_id, words)
        self._window.composer.edit.setFocus()
        here = number == self._here
        if here and (message_id is None or self._window.messages.show_message(message_id, words)):
            self._wanted = _NOWHERE
            self.refresh()
        elif number < 0:
            self._conversation.new(Talk(draft=number))
        else:  # it may be far above, or in another branch
            self._conversation.load(number, message_id)

    def _on_moved(self) -> None:
        """A conversation is shown: go to what was found in it, if it is the one."""
        (number, message_id, words), self._wanted = self._wanted, _NOWHERE
        if message_id is not None and number == self._conversation.number:
            self._window.messages.show_message(message_id, words)
        self.refresh()

    def _export(self, number: int, title: str) -> None:
        """What came of it is told above the question."""
        from desktop_helper.services.exporting import file_name
        from desktop_helper.ui.archive.export_window import ExportWindow

        window = ExportWindow(file_name(number, title), title, self._window)
        window.chosen.connect(lambda choice: self._porter.export([number], choice))
        window.open()

    def _delete(self, number: int) -> None:
        """An answer in it is stopped first: what comes back with undo is over."""
        answers = self._conversation.answers
        if answer := answers.find(number):
            answers.stop(answer.talk)
        if number == self._here:
            self._shown_before = number
            self._conversation.new()
        if number < 0:
            self._drafts.throw_away(number)
            return
        self._change(lambda: self._services.history.trash(number), refused=lambda: self.pane.model.put_back(number))

    def _restore(self, number: int) -> None:
        self.pane.model.put_back(number)
        if number < 0:
            self._drafts.take_out(number)
            self._reopen(number)
            return
        self._change(lambda: self._services.history.restore(number), lambda: self._reopen(number))

    def _reopen(self, number: int) -> None:
        """What was in front of the user when it was deleted is there again, unless something else is by now."""
        if number == self._shown_before and self._conversation.number is None and not self._conversation.busy:
            self._open(number, None, "")

    def _change(
        self, change: Callable[[], object], then: Callable[[], None] = _nothing, refused: Callable[[], None] = _nothing
    ) -> None:
        """Off the UI thread; what is on the disk is then shown, whether it went well or not."""

        def done(_outcome: object) -> None:
            then()
            self.refresh()

        def failed(error: HelperError) -> None:
            refused()
            self._window.composer.show_error(error)
            self.refresh()

        self._background.run(lambda _cancel: change(), done, failed)

    def _mark_drafts(self) -> None:
        self.pane.show_drafts(self._drafts.marked)

    def _mark_answered(self) -> None:
        self.pane.model.set_answered(self._conversation.answers.numbers)

    def _on_ended(self, answer: RunningAnswer) -> None:
        self.refresh()
        if answer.so_far.end == Finished(FinishReason.CANCELLED):
            self._later.start()
