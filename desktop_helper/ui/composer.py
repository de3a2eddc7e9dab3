"""Where a question is made: attachments, text, the buttons for more of both, and Send or Stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_helper.core import clips
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart, Thinking
from desktop_helper.services.draft import Attachments, Draft
from desktop_helper.services.question import USUAL, Manner, Question
from desktop_helper.services.question_estimate import Estimate
from desktop_helper.ui.announce import announce
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chip_notes import notices
from desktop_helper.ui.chip_shelf import ChipShelf
from desktop_helper.ui.composer_edit import ComposerEdit
from desktop_helper.ui.estimate_label import QuestionEstimate
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.manner_line import MannerLine
from desktop_helper.ui.notices import Line, Notices, Weight
from desktop_helper.ui.picture_offer import PictureOffer
from desktop_helper.ui.question_queue import QuestionQueue
from desktop_helper.ui.set_aside import SetAside, joined
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, Theme

RING = 3  # pixels of the soft ring around the focused field
GOOD_ENDS = (FinishReason.STOP, FinishReason.LENGTH)  # after which the next question makes sense


class Composer(QWidget):
    """The field at the bottom of the chat.

    Signals:
        submitted: text, attachments and manner (`str`, `tuple[MediaPart, ...]`, `Manner`) are to be sent.
        stop_requested: the running answer is to be stopped.
        region_requested, screen_requested, attach_requested, actions_requested: a button was pressed.
        files_pasted: list of `Path`. picture_pasted: a `Picture`.
        thinking_changed: the mode that the button now stands for, as `Thinking`.
        text_requested: what can be read in attached pictures, a tuple of `ImagePart`, is to be copied.
        edited: text or attachments are not what they were, also of what is set aside.
        chip_added: an `AttachmentChip`, before it is read. budget_requested: all that makes up the estimate.
    """

    submitted = Signal(str, tuple, object)
    stop_requested = Signal()
    region_requested = Signal()
    screen_requested = Signal()
    attach_requested = Signal()
    actions_requested = Signal()
    files_pasted = Signal(list)
    picture_pasted = Signal(object)
    thinking_changed = Signal(object)
    text_requested = Signal(tuple)
    edited = Signal()
    chip_added = Signal(object)
    budget_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = self._waiting = False
        self._context = Estimate(0, "")
        self.edit = ComposerEdit()
        self.edit.set_hint(tr("Ask about what you see…"))
        self.edit.setAccessibleName(tr("Question"))
        self.edit.submitted.connect(self.submit)
        self.edit.files_pasted.connect(self.files_pasted)
        self.edit.picture_pasted.connect(self.picture_pasted)
        self.edit.textChanged.connect(self._on_edited)
        self.edit.add_key_handler(self._on_key)
        self._shelf = ChipShelf()
        self._chips = self._shelf.chips
        self._shelf.reordered.connect(self._on_edited)
        self._shelf.left.connect(self._on_shelf_left)
        self._shelf.text_requested.connect(self.text_requested)
        self.queue = QuestionQueue()
        self.queue.changed.connect(self.edited)
        self.queue.pressed.connect(self.take_back)
        self.stop_requested.connect(self.take_all_back)  # first: stopping may find that the answer has ended well
        self.manner = MannerLine()
        self.offer = PictureOffer(self.edit)
        self.offer.accepted.connect(self.picture_pasted)
        self._notice = Notices()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3 + RING, SPACE_3 + RING, SPACE_3 + RING, SPACE_2 + RING)
        layout.setSpacing(SPACE_2)
        for widget in (self.queue, self._shelf, self._notice, self.manner, self.offer, self.edit):
            layout.addWidget(widget)
        layout.addLayout(self._build_buttons())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)  # not less than its notice needs
        Theme.current().changed.connect(self.update)
        self.edit.installEventFilter(self)
        self._refresh()

    @property
    def media(self) -> tuple[MediaPart, ...]:
        """The attachments that are ready, as far as it is certain what they will follow."""
        read = takewhile(lambda chip: not chip.loading, self._chips)
        return tuple(part for chip in read for part in chip.parts)

    @property
    def attachments(self) -> Attachments:
        """Names and parts of what has been read so far."""
        return tuple((chip.name, chip.parts) for chip in self._chips if chip.parts)

    @property
    def pictures(self) -> int:
        """How many are attached; what is still being read may be one."""
        return sum(chip.loading or sum(isinstance(part, ImagePart) for part in chip.parts) for chip in self._chips)

    @property
    def chips(self) -> tuple[AttachmentChip, ...]:
        """All attachments, in order."""
        return tuple(self._chips)

    @property
    def estimate(self) -> Estimate:
        """What the question costs as it stands."""
        media = tuple(part for chip in self._chips for part in chip.parts)
        return replace(self._context, text=self.edit.toPlainText(), media=media)

    @property
    def has_content(self) -> bool:
        """Whether there is anything to send."""
        return any(chip.parts or chip.loading for chip in self._chips) or bool(self.edit.toPlainText().strip())

    def add_chip(self, name: str) -> AttachmentChip:
        """A new attachment that is still being read."""
        chip = AttachmentChip(name)
        chip.removed.connect(lambda: self.remove_chip(chip))
        chip.settled.connect(lambda: self._on_chip_settled(chip))
        self._shelf.add(chip)
        self.chip_added.emit(chip)
        self._on_edited()
        return chip

    def holds(self, chip: AttachmentChip) -> bool:
        """Whether this attachment is still there, or set aside."""
        return self._shelf.holds(chip)

    def remove_chip(self, chip: AttachmentChip) -> None:
        """Take an attachment back. If the keyboard was there, it goes to the next one."""
        if chip not in self._chips:
            if self._shelf.let_go(chip):
                chip.deleteLater()
            return
        heir = self._shelf.neighbour(chip) if chip.hasFocus() else None
        self._shelf.take(chip)
        (heir or self.edit).setFocus()
        chip.hide()
        chip.deleteLater()
        self._on_edited()

    def submit(self) -> None:
        """Send, as soon as every attachment has been read, unless the question is changed before or one is refused."""
        if not self.has_content:
            return
        if any(chip.loading for chip in self._chips):
            self._waiting = True
            self._tell_refusals()
            return
        self._waiting = False
        attachments = self.attachments
        refused = [chip.name for chip in self._chips if chip.error is not None]
        manner = self.manner.take()  # an empty field would forget it
        question = Question(self.edit.take_text().strip(), attachments, manner)
        for chip in list(self._chips):
            self.remove_chip(chip)
        if refused:
            self._tell(tr("Not sent, since it cannot be read: {names}", names=", ".join(refused)), Weight.WARN)
        self.ask(question)

    def ask(self, question: Question) -> None:
        """Send it now; while an answer runs, as soon as that has ended well. What stands in the field stays there."""
        if self._busy:
            self.queue.add(question)
        else:
            self.submitted.emit(question.text, question.media, question.manner)

    def set_aside(self) -> SetAside:
        """Empty the field. Returns what stood there, for `bring_back`."""
        aside = SetAside(self.edit.toPlainText(), self._shelf.set_aside(), self.manner.take())
        self.edit.clear()
        self._on_edited()
        return aside

    def bring_back(self, aside: SetAside) -> None:
        """Put it back above what stands there now."""
        chips = [*aside.chips, *self._shelf.set_aside()]
        self.put_back(aside.text, (), aside.manner)
        self._shelf.bring_back(chips)
        if aside.above != Draft():
            self.put_back(aside.above.text, aside.above.attachments, aside.above_manner)
        self._on_edited()

    def go_on(self, end: Finished | Failed) -> None:
        """An answer is over: the next question goes, but what was asked to follow an answer that failed comes back."""
        if not (isinstance(end, Finished) and end.reason in GOOD_ENDS):
            self.take_all_back()
        elif question := self.queue.take_next():
            self.submitted.emit(question.text, question.media, question.manner)

    def take_back(self) -> None:
        """The question that was asked last and still waits comes back into the field."""
        if question := self.queue.take_last():
            self.put_back(question.text, question.attachments, question.manner)

    def take_all_back(self) -> None:
        """Nothing waits any more, and nothing is lost."""
        while self.queue.waiting:
            self.take_back()

    def unsent(self) -> Draft:
        """Everything that would be lost: what waits, and what stands in the field."""
        waiting = (Draft(question.text, question.attachments) for question in self.queue.waiting)
        return joined(*waiting, Draft(self.edit.toPlainText(), self.attachments))

    def restore(self, text: str, parts: tuple[MediaPart, ...], manner: Manner = USUAL) -> None:
        """Put a question back that could not be sent; what waited to follow it, and what was typed, stand below it."""
        self.take_all_back()
        self.put_back(text, clips.attachments(parts), manner)

    def put_back(self, text: str, attachments: Attachments, manner: Manner = USUAL) -> None:
        """The same with the attachments as they were made."""
        there, filled = self.manner.manner, self.has_content
        self.manner.set_manner(manner)
        if filled and self.manner.manner != there:
            self.manner.set_manner(USUAL)  # two in one are answered as any other
        self.edit.replace_text("\n".join(filter(None, (text, self.edit.toPlainText()))))
        for number, (name, group) in enumerate(attachments):
            chip = self.add_chip(name)
            chip.set_ready(group)
            self._shelf.move_chip(chip, number)
        self.edit.setFocus()

    def set_busy(self, busy: bool) -> None:
        """While an answer runs, Send is Stop."""
        self._busy = busy
        if not busy:
            self.take_all_back()  # of an answer that was stopped, or of a conversation that is shown no longer
        self._send.set_icon("stop" if busy else "send")
        self._send.set_label(tr("Stop (Esc)") if busy else tr("Send (Enter)"))
        self._refresh()

    @property
    def busy(self) -> bool:
        """Whether an answer runs."""
        return self._busy

    def set_context(self, context: Estimate) -> None:
        """The conversation so far, and what the model takes; what is typed and attached here comes to it."""
        self._context = context
        self._refresh()

    def set_thinking(self, thinking: Thinking) -> None:
        """Show the mode in use: pressed means the model thinks before it answers."""
        self._think.setChecked(thinking is not Thinking.OFF)

    def show_error(self, error: HelperError) -> None:
        """One sentence above the text field, until the question is changed."""
        self._tell(str(error), Weight.BAD)

    def show_note(self, sentence: str) -> None:
        """The same for what is no error, beside what is said of attachments; an empty one takes it back."""
        self._tell_refusals(sentence)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Repaint the ring when the text field gets or loses the focus."""
        if watched is self.edit and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes back a question that waits, before it stops the answer."""
        if event.key() == Qt.Key.Key_Escape and self.queue.waiting:
            self.take_back()
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One rounded field with a hairline; a soft ring while it has the focus."""
        theme, painter = Theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        focused = self.edit.hasFocus()
        if focused:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(QRectF(self.rect()), 14, 14)
        width = 2 if focused and theme.high_contrast else 1
        painter.setPen(QPen(theme.color("accent" if focused else "line"), width))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(field.adjusted(0.5, 0.5, -0.5, -0.5), 12, 12)

    def sizeHint(self) -> QSize:
        """Full width, no more height than needed."""
        return QSize(420, super().sizeHint().height())

    def _build_buttons(self) -> QHBoxLayout:
        region = IconButton("region", tr("Ask about a region of the screen"))
        screen = IconButton("screen", tr("Ask about the whole screen"))
        attach = IconButton("attach", tr("Attach files (Ctrl+O)"))
        attach.setShortcut("Ctrl+O")
        actions = IconButton("slash", tr("Quick actions (Ctrl+/)"))
        QShortcut(QKeySequence("Ctrl+/"), self, self.actions_requested.emit)  # at once: a button waits until it is up
        self._think = IconButton("think", tr("Think before answering (Ctrl+T)"), checkable=True)
        self._think.setShortcut("Ctrl+T")
        self._think.setChecked(True)
        self._estimate = QuestionEstimate()
        self._estimate.clicked.connect(self.budget_requested)
        self._send = IconButton("send", tr("Send (Enter)"), role="on_accent")
        region.clicked.connect(self.region_requested)
        screen.clicked.connect(self.screen_requested)
        attach.clicked.connect(self.attach_requested)
        actions.clicked.connect(self.actions_requested)
        self._think.clicked.connect(self._on_think)
        self._send.clicked.connect(self._on_send)
        row = QHBoxLayout()
        row.setSpacing(SPACE_1)
        for button in (region, screen, attach, actions, self._think):
            row.addWidget(button)
        row.addStretch(0)  # where there is no estimate
        row.addWidget(self._estimate, 1)
        row.addSpacing(SPACE_1)
        row.addWidget(self._send)
        return row

    def _on_think(self, checked: bool) -> None:
        self.thinking_changed.emit(Thinking.AUTO if checked else Thinking.OFF)

    def _on_send(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        else:
            self.submit()

    def _on_key(self, event: QKeyEvent) -> bool:
        """Backspace in an empty field goes to the attachments before it."""
        empty = self.edit.document().isEmpty() and not event.modifiers()
        return event.key() == Qt.Key.Key_Backspace and empty and self._shelf.focus_last()

    def _on_shelf_left(self, event: QKeyEvent | None) -> None:
        self.edit.setFocus()
        if event is not None:
            QApplication.sendEvent(self.edit, event)

    def _tell(self, sentence: str, weight: Weight) -> None:
        self._tell_lines([(sentence, weight)] if sentence else [])

    def _tell_lines(self, lines: Sequence[Line]) -> None:
        if self._notice.show_lines(lines):
            announce(self, self._notice.text(), urgent=any(weight is Weight.BAD for _line, weight in lines))

    def _on_edited(self) -> None:
        """A question that is still being changed does not wait to be sent."""
        self._waiting = False
        if not self.has_content:
            self.manner.set_manner(USUAL)
        self._tell_refusals()
        self.edited.emit()

    def _tell_refusals(self, note: str = "") -> None:
        """What is said about the question is `note` now, and what is to be said of attachments that are still there."""
        waits = [(tr("It is sent as soon as everything has been read."), Weight.FACT)] if self._waiting else []
        self._tell_lines([*([(note, Weight.FACT)] if note else []), *notices(self._chips), *waits])
        self._refresh()

    def _on_chip_settled(self, chip: AttachmentChip) -> None:
        self.edited.emit()
        if chip not in self._chips:
            return  # it is set aside
        self._waiting = self._waiting and chip.error is None  # the user may not want to ask without it
        self._tell_refusals()
        if self._waiting:
            self.submit()

    def _refresh(self) -> None:
        usable = self._busy or self.has_content
        if not usable and self._send.hasFocus():
            self.edit.setFocus()  # Qt would give it to whatever comes next
        self._send.setEnabled(usable)
        self._estimate.show_estimate(self.estimate)
