"""The chat as a whole: window, conversation, model and the way of attachments into it.

`ui.shell` makes it when the event loop is idle, or when it is needed earlier: the tray icon and the hotkeys come first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import are_to_be_chosen
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart, Thinking
from desktop_helper.core.protocols import Frame
from desktop_helper.qt.background import Background
from desktop_helper.qt.intake import Done, Failed, Intake, Picture
from desktop_helper.qt.warm_up import WarmUp
from desktop_helper.services import saved_states
from desktop_helper.services.container import Services
from desktop_helper.services.question import Manner, Question
from desktop_helper.services.question_saver import Talk
from desktop_helper.services.settings import Settings
from desktop_helper.ui import dialog_folder
from desktop_helper.ui.action_runner import ActionRunner
from desktop_helper.ui.announcer import Announcer
from desktop_helper.ui.aside import Aside
from desktop_helper.ui.ask_here.line import Offer
from desktop_helper.ui.budget.desk import BudgetDesk
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.conversation import Conversation
from desktop_helper.ui.dense_desk import DenseDesk
from desktop_helper.ui.destination import for_pictures
from desktop_helper.ui.detail_desk import DetailDesk
from desktop_helper.ui.draft_keeper import DraftKeeper
from desktop_helper.ui.files.desk import FilesDesk
from desktop_helper.ui.from_files import FromFiles
from desktop_helper.ui.message_deeds import MessageDeeds
from desktop_helper.ui.model_choice import ModelChoice
from desktop_helper.ui.pages_desk import PagesDesk
from desktop_helper.ui.picture_reading import PictureReading
from desktop_helper.ui.question_recall import QuestionRecall
from desktop_helper.ui.recording.edge import can_be_placed
from desktop_helper.ui.slash_menu import SlashMenu
from desktop_helper.ui.text_size import TextSize
from desktop_helper.ui.theme import paper
from desktop_helper.ui.trim.desk import TrimDesk
from desktop_helper.ui.upkeep import Upkeep
from desktop_helper.ui.window_memory import WindowMemory

if TYPE_CHECKING:
    from desktop_helper.qt.running_answers import RunningAnswer
    from desktop_helper.ui.ask_here.desk import HereDesk
    from desktop_helper.ui.attachment_chip import AttachmentChip
    from desktop_helper.ui.history.desk import HistoryDesk


class Chat(QObject):
    """What the tray, the hotkeys and the overlay talk to.

    Signals:
        settings_requested, region_requested, screen_requested: a button of the window was pressed.
        destination_changed: who answers now, as title, host and whether it is on this machine.
        answered: an answer ended, with its text and its `Finished` or `Failed`.
        answered_elsewhere: the same of a conversation that the window does not show, as a `RunningAnswer`.
    """

    settings_requested = Signal()
    region_requested = Signal()
    screen_requested = Signal()
    destination_changed = Signal(str, str, bool)
    answered = Signal(str, object)
    answered_elsewhere = Signal(object)

    def __init__(self, services: Services, background: Background, *, on_taskbar: bool) -> None:
        super().__init__()
        self._services, self._background = services, background
        self.window = ChatWindow(on_taskbar=on_taskbar)
        self._memory = WindowMemory(services.settings, self.window, on_taskbar=on_taskbar)
        self._conversation = Conversation(services, background, self.window)
        self._deeds = MessageDeeds(services, background, self.window, self._conversation)
        TextSize(services.settings, background, self.window, self.window.composer.show_error)
        Announcer(self._conversation, self.window)
        self.models = ModelChoice(services, background, self.window)
        self._warm_up = WarmUp(services, background)
        self._upkeep = Upkeep(services, background, self)
        self._picture_reading = PictureReading(services, background, self)
        limits = self.models.max_image_tokens, self.models.max_video_tokens
        self._intake = Intake(background, services, *limits, paper, self.models.native_video)
        self._trim = TrimDesk(services, background, self.window, self._intake)
        self._pages = PagesDesk(self.window, self._intake)
        self._detail = DetailDesk(background, self.window, self._intake, self._pages, self._deeds.viewer)
        self._deeds.viewer_made.connect(self._detail.attend)
        self._files = FilesDesk(self.window, self._intake, self._pages)
        self._budget = BudgetDesk(self.window, self._intake, self._pages, self._trim)
        of_files = self._pages, self._detail, self._files, DenseDesk(self.window, self._intake, self._pages)
        self._from_files = FromFiles(self.window.composer, services.drafts.origins, self._trim, *of_files)
        thinking = services.settings.current.answer.sampling().thinking
        self._conversation.thinking = thinking
        self.window.composer.set_thinking(thinking)
        self._conversation.leaving.connect(self._close_choices)  # first: they are about attachments that go
        self._draft = DraftKeeper(services.drafts, self.window.composer, self._conversation, background)
        self._detail.cut_out.connect(self._draft.leave_out_as)
        self._trim.made_in_memory.connect(self._draft.leave_out)
        self.actions = ActionRunner(self, self._intake)
        self.aside = Aside(services, background, self._conversation)
        QuestionRecall(self.window.composer.edit, self._fetch_questions)
        # After the recall, so that the open list is asked for a key first.
        self._slash = SlashMenu(self.window.composer, self.window.header, services.quick_actions)
        self._slash.chosen.connect(self.actions.choose)
        self._history: HistoryDesk | None = None
        self._here: HereDesk | None = None
        self._connect()
        self._furnish()

    def open(self) -> None:
        """Bring the window to the front, ready to type."""
        self.window.ask()
        self.expect_question()

    def expect_question(self) -> None:
        """The user is about to ask: a model on this machine gets ready, and reads the pictures that are attached."""
        if self._conversation.answers.running:
            return  # it is awake, and what it says here belongs to the next question
        media = self.window.composer.media
        # Of a large document, other pages go than those that are attached now.
        readable = any(isinstance(part, ImagePart) for part in media) and not are_to_be_chosen(media)
        if readable and not self._keeps_off_disk(media):
            self._warm_up.read(self._conversation.request_with(media))
        else:
            self._warm_up.load()

    def toggle(self) -> None:
        """Open the window, or hide it if it is what the user looks at."""
        if self.window.isActiveWindow():
            self.window.hide()
        else:
            self.open()

    def new(self) -> None:
        """An empty conversation in front of the user."""
        self._conversation.new()
        self.open()

    def move_on(self) -> None:
        """The same with what stands in the field, which is taken along."""
        aside = self.window.composer.set_aside()
        self.new()
        self.window.composer.bring_back(aside)

    def show_conversation(self, talk: Talk) -> None:
        """In front of the user, with what was asked and answered in it."""
        if talk.number is not None and talk.number != self._conversation.number:
            self._conversation.load(talk.number)
        self.open()

    def continue_latest(self) -> None:
        """Show what the app was left with, also a question that was not asked, and tidy the history up behind it."""
        self._conversation.reopen(lambda: self._draft.where_left(self._services.history))
        self._upkeep.begin()
        self._picture_reading.begin()
        self._forget_unwanted_states()

    def attach_frame(self, frame: Frame, name: str, words: str = "") -> None:
        """A captured picture becomes an attachment, and the user can type at once, or go on behind their `words`."""
        self._detail.know(self._attach(name, partial(self._intake.frame, frame, name)), frame)
        if words:
            self.window.composer.put_back(words, ())
        self.open()

    def offer_here(self) -> Offer:
        """Where a question goes that is typed at a region, and whether that is what a region is for."""
        return Offer(for_pictures(self._services), self._services.settings.current.capture.ask_first)

    def ask_here(self, frame: Frame, name: str, words: str) -> None:
        """Answer beside the region, in a conversation of its own; where no window can be placed there, in this one."""
        self._warm_up.forget()
        if can_be_placed():
            self._here_desk().ask(frame, name, words)
        else:
            self.open()
            self._intake.frame(frame, name, partial(self._ask_anew, name, words), partial(self._refuse, words))

    def shows_beside(self, answer: RunningAnswer) -> bool:
        """Whether the user sees an answer beside the region that it is about."""
        return self._here is not None and self._here.shows(answer)

    def encode(self, frame: Frame, name: str, done: Done, failed: Failed) -> None:
        """A captured picture as the model in use takes it."""
        self._intake.frame(frame, name, done, failed)

    def attach_file(self, path: Path, note: str = "") -> None:
        """As if it was dropped. `note`: said about it, beside what was left out of it, until the next change."""
        chip, composer = self._attach_one(path), self.window.composer
        if note:
            chip.settled.connect(lambda: composer.show_note(note))

    def attach_clip(self, name: str, take: Callable[[CancelToken], bytes]) -> None:
        """A video that is in memory only, and stays there until it is asked about. The user can type at once."""
        taken: list[bytes] = []

        def take_it(cancel: CancelToken) -> bytes:
            taken.append(take(cancel))
            return taken[0]

        def read(done: Done, failed: Failed) -> CancelToken:
            def keep_in_memory(parts: tuple[MediaPart, ...]) -> None:
                self._draft.leave_out(parts)
                self._trim.know_in_memory(chip, name, taken.pop())
                done(parts)

            return self._intake.clip(take_it, name, keep_in_memory, failed, lambda it: chip.tell(it))  # noqa: PLW0108

        chip = self._attach(name, read)
        self.open()

    def search_history(self) -> None:
        """The full size with the search ready to type."""
        self._memory.switch(True)
        self.window.show_history(True)
        self._furnish()
        if self._history is not None:
            self._history.pane.focus_search()

    def remember_window(self) -> None:
        """Write down where the window is and whether it is pinned."""
        self._memory.save()

    def apply_settings(self) -> None:
        """The settings have changed."""
        self._memory.apply_settings()
        self.models.refresh()
        self._forget_unwanted_states()

    def show_error(self, error: HelperError) -> None:
        """Tell the user in the window, which comes to the front."""
        self.open()
        self.window.composer.show_error(error)

    def close(self) -> None:
        """Remember the window's place and what was not asked yet, stop all answers and keep their text."""
        self._memory.save()
        self._close_choices()
        self._conversation.editing.settle()
        self._draft.close()
        if self._history is not None:
            self._history.close()
        if self._here is not None:
            self._here.close()
        self.window.hide()
        for one in (self._upkeep, self._picture_reading, self._warm_up, self.aside, self._conversation, self._deeds):
            one.close()
        self.window.dispose()

    def _connect(self) -> None:
        window, composer = self.window, self.window.composer
        window.header.new_chat_requested.connect(self.new)
        for signal in (
            window.header.settings_requested,
            window.welcome.settings_requested,
            window.messages.settings_requested,
        ):
            signal.connect(self.settings_requested)
        window.layout_changed.connect(self._furnish)
        window.search_requested.connect(self.search_history)
        window.files_dropped.connect(self._attach_files)
        window.picture_dropped.connect(self._attach_picture)
        composer.files_pasted.connect(self._attach_files)
        composer.picture_pasted.connect(self._attach_picture)
        composer.attach_requested.connect(self._choose_files)
        composer.region_requested.connect(self.region_requested)
        composer.screen_requested.connect(self.screen_requested)
        composer.thinking_changed.connect(self._on_thinking_changed)
        window.messages.thinking_unfolded.connect(self._remember_unfolded)
        self.models.changed.connect(self.destination_changed)
        for heed in (self._conversation.refresh_limit, self._on_model_changed, self._budget.refresh):
            self.models.changed.connect(heed)
        composer.submitted.connect(self._warm_up.forget)
        self._conversation.answers.changed.connect(self._on_answers_changed)
        self._conversation.answered.connect(self.answered)
        self._conversation.answered_elsewhere.connect(self.answered_elsewhere)
        self._conversation.answered.connect(lambda _text, end: composer.go_on(end))

    def _close_choices(self) -> None:
        """Windows about attachments, as if they had been left."""
        for desk in (self._trim, self._pages, self._budget, self._files):
            desk.close()

    def _here_desk(self) -> HereDesk:
        """Made for the first question that is asked at a region."""
        if self._here is None:
            from desktop_helper.ui.ask_here.desk import HereDesk

            conversation = self._conversation
            self._here = desk = HereDesk(
                self._services, conversation.answers, self._intake, lambda: conversation.thinking
            )
            desk.chat_wanted.connect(self.show_conversation)
            desk.given_back.connect(self._take_back)
            desk.settings_requested.connect(self.settings_requested)
        return self._here

    def _ask_anew(self, name: str, words: str, parts: tuple[MediaPart, ...]) -> None:
        self.new()
        self.window.composer.ask(Question(words, ((name, parts),), Manner(beside=True)))

    def _refuse(self, words: str, error: HelperError) -> None:
        self._take_back(words, ())
        self.window.composer.show_error(error)

    def _take_back(self, words: str, parts: tuple[MediaPart, ...]) -> None:
        """A question that was typed at a region is asked here instead, or changed: in a chat of its own, as there."""
        if self._conversation.transcript.end is not None or self.window.composer.has_content:
            self._conversation.new()
        self.window.composer.put_back(words, tuple((part.name, (part,)) for part in parts))
        self.open()

    def _keeps_off_disk(self, media: tuple[MediaPart, ...]) -> bool:
        """A model that saves what it has read would save these before they are asked about."""
        saves = saved_states.wanted(self._services.settings.current.profiles.values())
        return saves and any(map(self._draft.leaves_out, media))

    def _furnish(self) -> None:
        """The list of conversations comes when it is seen for the first time."""
        if self._history is None and self.window.full and self.window.history_shown:
            from desktop_helper.ui.history.desk import HistoryDesk

            common = self._services, self._background, self.window
            self._history = HistoryDesk(*common, self._conversation, self._draft)

    def _attach_files(self, paths: list[Path]) -> None:
        for path in paths:
            self._attach_one(path)

    def _attach_one(self, path: Path) -> AttachmentChip:
        chip = self.window.composer.add_chip(path.name)
        reading = self._intake.file(path, chip.set_ready, chip.set_failed, told=chip.tell)
        chip.settled.connect(self.expect_question)
        self._from_files.know(chip, path, reading)
        return chip

    def _attach_picture(self, picture: Picture) -> None:
        name = tr("Pasted picture")
        self._detail.know(self._attach(name, partial(self._intake.pasted, picture, name)), picture)

    def _attach(self, name: str, read: Callable[[Done, Failed], CancelToken]) -> AttachmentChip:
        """A chip now, its content when it has been read; reading ends if the user takes the chip away."""
        chip = self.window.composer.add_chip(name)
        chip.removed.connect(read(chip.set_ready, chip.set_failed).cancel)
        chip.settled.connect(self.expect_question)
        return chip

    def _choose_files(self) -> None:
        names, _filter = QFileDialog.getOpenFileNames(self.window, tr("Attach files"), dialog_folder.start())
        dialog_folder.remember(names)
        self._attach_files([Path(name) for name in names])

    def _fetch_questions(self, take: Callable[[list[str]], None]) -> None:
        recent = self._services.history.recent_questions
        self._background.run(lambda _cancel: recent(), done=take, failed=lambda _error: take([]))

    def _on_model_changed(self) -> None:
        if self.window.isVisible():
            self.expect_question()

    def _on_answers_changed(self) -> None:
        """What was attached while an answer was written was not read beside it."""
        running = self._conversation.answers.running
        self._upkeep.set_busy(running)
        self._picture_reading.set_busy(running)
        if not running and self.window.composer.media:
            self.expect_question()

    def _forget_unwanted_states(self) -> None:
        """At the start too: a model that ended after the switch was turned off may have written some."""
        self._background.run(lambda _cancel: self._services.forget_unwanted_states(), done=_ignore, failed=_ignore)

    def _remember_unfolded(self, unfolded: bool) -> None:
        """The next answers show their reasoning as the user left this one's."""

        def change(settings: Settings) -> Settings:
            return replace(settings, window=replace(settings.window, expand_thinking=unfolded))

        self._background.run(lambda _cancel: self._services.settings.update(change), done=_ignore, failed=_ignore)

    def _on_thinking_changed(self, thinking: Thinking) -> None:
        self._conversation.thinking = thinking


def _ignore(_outcome: object) -> None:
    """Tidying up that fails is tried again at the next start; the user asked for nothing."""
