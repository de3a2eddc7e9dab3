"""One answer: thinking, text, how it ended, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, UsageReported
from desktop_helper.core.grounding import GroundedPicture
from desktop_helper.core.i18n import tr
from desktop_helper.core.library import Library, Spot
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.quoting import quoted
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.services.answer_so_far import AnswerSoFar
from desktop_helper.ui.answer_boxes import AnswerBoxes, Notation
from desktop_helper.ui.answer_meta import meta_details, meta_line
from desktop_helper.ui.answer_pace import AnswerPace
from desktop_helper.ui.answer_progress import AnswerProgress
from desktop_helper.ui.answer_text import AnswerText
from desktop_helper.ui.document_view import DocumentView
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.message_view import MessageView
from desktop_helper.ui.outcome import EndingLine, OutcomeCard, notice, sentence
from desktop_helper.ui.text_safety import reveal_overrides, tooltip
from desktop_helper.ui.theme import SPACE_2, set_role
from desktop_helper.ui.thinking_view import ThinkingView


class AnswerView(MessageView):
    """An answer that is being written, or was.

    `model_title` is what the model is called, `brought` what tools brought for it, as far as that is `brought_known`.

    Signals:
        settings_requested: the user wants to mend what an error named.
        link_activated: address of a link; the list asks before it opens one.
        continue_requested: the model is to go on where the answer stopped.
        allowed: the user sends the question although it passes their limit.
        unthinking_requested: the user wants another answer, without thinking.
        answer_now_requested: the reasoning is to end; see `offer_answer_now`.
        thinking_unfolded: the user opened the reasoning, or closed it.
        brought_changed: it is known now what tools brought for it.
        boxes_changed: the picture with its boxes came or went.
    """

    settings_requested = Signal()
    link_activated = Signal(str)
    continue_requested = Signal()
    allowed = Signal()
    unthinking_requested = Signal()
    answer_now_requested = Signal()
    thinking_unfolded = Signal(bool)
    brought_changed = Signal()
    boxes_changed = Signal()

    def __init__(self, model_title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model_title = model_title
        self._finished, self._footed = False, True
        self.brought: tuple[MediaPart, ...] = ()
        self.brought_known = True
        self._pace = AnswerPace()
        self._thinking, self._text = ThinkingView(), AnswerText()
        self._progress, self._ending, self._meta = (
            AnswerProgress(),
            EndingLine(),
            ElidedLabel(at=Qt.TextElideMode.ElideRight, between=" · "),
        )
        self._copy = self._action("copy", tr("Copy the answer (Ctrl+Shift+C)"))
        self._again = self._action("refresh", tr("Answer again (Ctrl+R)"))
        self._footer = QWidget()
        self._layout = QVBoxLayout(self)
        self._build()
        self._boxes = AnswerBoxes(self._text, self._layout, self)
        self._boxes.changed.connect(self.boxes_changed)
        self._boxes.opened.connect(self.link_activated)
        self._text.link_activated.connect(self.link_activated)
        self._thinking.answer_now_requested.connect(self.answer_now_requested)
        self._thinking.unfolded_by_user.connect(self.thinking_unfolded)
        self._copy.clicked.connect(self.copy)
        self._again.clicked.connect(self.retry_requested)
        self._text.menu_requested.connect(self._menu_at)
        self.setAccessibleName(tr("Answer of {model}", model=model_title))

    @property
    def text_view(self) -> DocumentView:
        """Where the words are."""
        return self._text

    @property
    def finished(self) -> bool:
        """Whether `finish` was called."""
        return self._finished

    @property
    def meta(self) -> str:
        """The line about the model and what was counted; empty until the answer has ended."""
        return self._meta.full_text

    def leave_out_footer(self) -> None:
        """Whoever shows it has a place of their own for its actions and `meta`."""
        self._footed = False

    def markdown(self) -> str:
        """The answer as the model wrote it, without the thinking."""
        return self._text.markdown

    def thinking(self) -> str:
        """The reasoning before it."""
        return self._thinking.text

    def show_brought(self, brought: tuple[MediaPart, ...]) -> None:
        """What tools brought for it, which it may speak of."""
        if brought != self.brought or not self.brought_known:
            self.brought, self.brought_known = brought, True
            self.brought_changed.emit()

    def await_brought(self) -> None:
        """A tool is asked: what it brings is known when the answer is over.

        Until then, nobody knows which picture it is about, whatever was told before.
        """
        self.brought_known = False
        self._boxes.forget()

    def link_times(self, clip_seconds: float) -> None:
        """It is about a video of that length: the moments that it speaks of become links."""
        self._text.link_times(clip_seconds)

    def link_places(self, library: Library) -> None:
        """It is about these documents: the places in them that it speaks of become links."""
        self._text.link_places(library)

    def show_boxes(self, part: ImagePart | None, notation: Notation, source: MediaSource | None) -> None:
        """It is about this picture: the boxes that it names are shown in it, and become links."""
        self._boxes.show_in(part, notation, source)

    def spot(self, address: str) -> Spot | GroundedPicture | None:
        """The place in a document or in a picture that a link leads to; None for any other link."""
        return self._boxes.spot(address) or self._text.spot(address)

    def set_thinking_unfolded(self, unfolded: bool) -> None:
        """Show the reasoning or fold it."""
        self._thinking.set_unfolded(unfolded)

    def set_progress(self, message: str, fraction: float | None = None) -> None:
        """Say what happens while there is no text yet. `fraction`: 0 to 1, or None."""
        if self._finished or self._text.markdown:
            return
        self._progress.show_step(message, fraction)
        self._progress.setVisible(bool(message))

    def add_notice(self, message: str) -> None:
        """Something to know about this answer: one line above its text, for good."""
        line = sentence(message, "secondary")
        self._layout.insertWidget(self._layout.indexOf(self._text), line)

    def offer_answer_now(self, offered: bool) -> None:
        """Whether the reasoning can be ended while it goes on."""
        self._thinking.offer_answer_now(offered)

    def show_thinking(self, text: str, seconds: float | None) -> None:
        """All of the reasoning of an answer of the past, and how long it took, if that is known."""
        self._thinking.append(text)
        self._thinking.finish(seconds)

    def append_thinking(self, text: str) -> None:
        """More reasoning."""
        self._progress.hide()
        self._pace.count(text)
        self._thinking.append(text)

    def append_text(self, text: str) -> None:
        """More of the answer."""
        if not text:
            return
        self._progress.hide()
        self._pace.count(text)
        self._thinking.finish()
        self._text.show()
        self._text.set_caret(not self._finished)
        self._text.append_markdown(text)

    def resume(self, so_far: AnswerSoFar) -> None:
        """Show what came while nobody looked; the rest follows, unless that was its end."""
        self._pace.resume(so_far.asked, so_far.first)
        for message in so_far.notices:
            self.add_notice(message)
        if so_far.asked_tools:
            self.await_brought()
        if so_far.first is not None:
            self._progress.hide()
        if so_far.thinking:
            self._thinking.append(so_far.thinking, so_far.thinking_from)
            self._pace.count(so_far.thinking)
        if so_far.thinking_s is not None:
            self._thinking.finish(so_far.thinking_s)
        self.append_text(so_far.text)
        if so_far.progress is not None:
            self.set_progress(so_far.progress.message, so_far.progress.fraction)
        match so_far.end:
            case Finished(reason=reason):
                self.finish(reason, so_far.usage)
            case Failed(error=error):
                self.finish("failed", so_far.usage, error)

    def finish(
        self,
        status: FinishReason | str = FinishReason.STOP,
        usage: UsageReported | None = None,
        error: HelperError | str | None = None,
    ) -> None:
        """The answer is over.

        Args:
            status: a `FinishReason`, or what history says instead (`failed`).
            usage: for the line below it.
            error: shown as a card with a button to try again.
        """
        self._finished = True
        self._progress.hide()
        self._thinking.finish()
        self._text.set_caret(False)
        self._text.close_text()
        line, begun = notice(str(status)) if not error else "", bool(self._text.markdown)
        only_thought = bool(self._thinking.text) and not begun
        if not error and not begun:
            line = _nothing_said(str(status), line, only_thought=only_thought)
        self._ending.show_ending(line, str(status), begun=begun, only_thought=only_thought)
        if error:
            self._add_card(error)
        self._meta.set_full_text(reveal_overrides(meta_line(self.model_title, usage)))
        details = [line for line in (self.model_title, *meta_details(usage)) if line]
        self._meta.setToolTip(tooltip(*details) if details else "")
        self._meta.setAccessibleName(self._meta.full_text)
        self._meta.setAccessibleDescription(" · ".join(details[1:]))
        self._footer.setVisible(self._footed)
        self.update_actions()

    def copy(self) -> None:
        """Put the answer on the clipboard, as Markdown and as rich text."""
        copy_answer(self.markdown())

    def copy_markdown(self) -> None:
        """Only the Markdown, so that editors of rich text show its marks."""
        QGuiApplication.clipboard().setText(self.markdown())

    def event(self, event: QEvent) -> bool:
        """Say how fast it comes to whoever points at it; afterwards the line below it does."""
        if event.type() == QEvent.Type.ToolTip:
            lines = [] if self._finished else self._pace.lines()
            self.setToolTip(tooltip(*lines) if lines else "")
        return super().event(event)

    def copy_plain(self) -> None:
        """As it reads, without marks."""
        QGuiApplication.clipboard().setText(self._text.plain_text())

    def copy_with_thinking(self) -> None:
        """The reasoning as a quotation, then the answer; nothing else copies the reasoning."""
        QGuiApplication.clipboard().setText(f"{quoted(self.thinking())}\n\n{self.markdown()}")

    def _build(self) -> None:
        self._ending.continue_requested.connect(self.continue_requested)
        self._ending.unthinking_requested.connect(self.unthinking_requested)
        self._ending.retry_requested.connect(self.retry_requested)
        set_role(self._meta, "meta")
        self._meta.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        footer = QHBoxLayout(self._footer)
        footer.setContentsMargins(0, 0, 0, 0)
        footer.setSpacing(0)
        footer.addWidget(self.versions)
        self._place_actions(footer)
        footer.addStretch(1)
        footer.addSpacing(SPACE_2)
        footer.addWidget(self._meta)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_2)
        for widget in (self._thinking, self._progress, self._text, self._ending, self._footer):
            self._layout.addWidget(widget)
            widget.hide()

    def _add_card(self, error: HelperError | str) -> None:
        card = OutcomeCard(error, begun=bool(self._text.markdown))
        card.continue_requested.connect(self.continue_requested)
        card.retry_requested.connect(self.retry_requested)
        card.allowed.connect(self.allowed)
        card.edit_requested.connect(self.edit_requested)
        card.settings_requested.connect(self.settings_requested)
        self._layout.insertWidget(self._layout.indexOf(self._footer), card)

    def _makes_sense(self, button: IconButton) -> bool:
        return button is not self._copy or bool(self._text.markdown)

    def _menu_at(self, at: QPoint) -> None:
        if self._finished:
            self.menu_requested.emit(at)


def _nothing_said(status: str, line: str, *, only_thought: bool) -> str:
    """What to say below an answer without a word."""
    if status == FinishReason.LENGTH and only_thought:
        return tr("The thinking reached the length limit before an answer began.")
    return line or tr("The model gave no answer.")


def copy_answer(markdown: str) -> None:
    """Put it on the clipboard, as Markdown and as rich text."""
    from desktop_helper.services.markdown.parser import to_html

    data = QMimeData()
    data.setText(markdown)
    data.setHtml(to_html(markdown))
    QGuiApplication.clipboard().setMimeData(data)
