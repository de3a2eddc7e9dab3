"""Where a question is made: attachments, text, the buttons for more of both, and Send or Stop."""

from __future__ import annotations

from itertools import takewhile

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart, Thinking
from desktop_helper.services.draft import Attachments, Draft
from desktop_helper.ui.announce import announce
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chip_shelf import ChipShelf
from desktop_helper.ui.composer_edit import ComposerEdit
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.theme import ROOMY, SPACE_1, SPACE_2, SPACE_3, Theme, set_role

RING = 3  # pixels of the soft ring around the focused field
CHARACTERS_PER_TOKEN = 3.5  # of mixed text; only an estimate before the server has counted
MAX_NOTICES = 4  # lines above the text field before the rest is only counted


class Composer(QWidget):
    """The field at the bottom of the chat.

    Signals:
        submitted: text and attachments (`str`, `tuple[MediaPart, ...]`) are to be sent.
        stop_requested: the running answer is to be stopped.
        region_requested, screen_requested, attach_requested: a button was pressed.
        files_pasted: list of `Path`. picture_pasted: a `Picture`.
        thinking_changed: the mode that the button now stands for, as `Thinking`.
        edited: text or attachments are not what they were.
    """

    submitted = Signal(str, tuple)
    stop_requested = Signal()
    region_requested = Signal()
    screen_requested = Signal()
    attach_requested = Signal()
    files_pasted = Signal(list)
    picture_pasted = Signal(object)
    thinking_changed = Signal(object)
    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[AttachmentChip] = []
        self._busy = self._waiting = False
        self._used_tokens = self._limit = self._room = 0
        self.edit = ComposerEdit()
        self.edit.set_hint(tr("Ask about what you see…"))
        self.edit.setAccessibleName(tr("Question"))
        self.edit.submitted.connect(self.submit)
        self.edit.files_pasted.connect(self.files_pasted)
        self.edit.picture_pasted.connect(self.picture_pasted)
        self.edit.textChanged.connect(self._on_edited)
        self._shelf = ChipShelf()
        self._notice = QLabel()
        self._notice.setTextFormat(Qt.TextFormat.PlainText)
        self._notice.setWordWrap(True)
        set_role(self._notice, "bad")
        self._notice.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3 + RING, SPACE_3 + RING, SPACE_3 + RING, SPACE_2 + RING)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._shelf)
        layout.addWidget(self._notice)
        layout.addWidget(self.edit)
        layout.addLayout(self._build_buttons())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
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

    def add_chip(self, name: str) -> AttachmentChip:
        """A new attachment that is still being read."""
        chip = AttachmentChip(name)
        chip.removed.connect(lambda: self.remove_chip(chip))
        chip.settled.connect(lambda: self._on_chip_settled(chip))
        self._chips.append(chip)
        self._shelf.add(chip)
        self._on_edited()
        return chip

    def remove_chip(self, chip: AttachmentChip) -> None:
        """Take an attachment back."""
        if chip not in self._chips:
            return
        self._chips.remove(chip)
        self._shelf.take(chip)
        chip.hide()
        chip.deleteLater()
        self.edit.setFocus()
        self._on_edited()

    def submit(self) -> None:
        """Send, as soon as every attachment has been read, unless the question is changed before or one is refused.

        Nothing happens while an answer runs.
        """
        if self._busy or not self._has_content():
            return
        if any(chip.loading for chip in self._chips):
            self._waiting = True
            return
        self._waiting = False
        text = self.edit.toPlainText().strip()
        parts = self.media
        refused = [chip.name for chip in self._chips if chip.error is not None]
        self.edit.clear()
        for chip in list(self._chips):
            self.remove_chip(chip)
        if refused:
            self._tell(tr("Not sent, since it cannot be read: {names}", names=", ".join(refused)), "warn")
        self.submitted.emit(text, parts)

    def take(self) -> Draft:
        """Empty the field. Returns what stood there; what was still being read is not attached any more."""
        draft = Draft(self.edit.toPlainText(), self.attachments)
        self.edit.clear()
        for chip in list(self._chips):
            chip.removed.emit()
        return draft

    def restore(self, text: str, parts: tuple[MediaPart, ...]) -> None:
        """Put a question back that could not be sent; what was typed since stands below it."""
        self.put_back(text, tuple((part.name, (part,)) for part in parts))

    def put_back(self, text: str, attachments: Attachments) -> None:
        """The same with the attachments as they were made."""
        self.edit.setPlainText("\n".join(filter(None, (text, self.edit.toPlainText()))))
        for name, group in attachments:
            self.add_chip(name).set_ready(group)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self.edit.setFocus()

    def set_busy(self, busy: bool) -> None:
        """While an answer runs, Send is Stop."""
        self._busy = busy
        self._send.set_icon("stop" if busy else "send")
        self._send.set_label(tr("Stop (Esc)") if busy else tr("Send (Enter)"))
        self._refresh()

    @property
    def busy(self) -> bool:
        """Whether an answer runs."""
        return self._busy

    def set_context(self, used_tokens: int, limit: int | None, room: int | None = None) -> None:
        """Tokens of the conversation so far, what the model can read, and how much of that a question may take."""
        self._used_tokens, self._limit, self._room = used_tokens, limit or 0, room or limit or 0
        self._refresh()

    def set_thinking(self, thinking: Thinking) -> None:
        """Show the mode in use: pressed means the model thinks before it answers."""
        self._think.setChecked(thinking is not Thinking.OFF)

    def show_error(self, error: HelperError) -> None:
        """One sentence above the text field, until the question is changed."""
        self._tell(str(error), "bad")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Repaint the ring when the text field gets or loses the focus."""
        if watched is self.edit and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return False

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The estimate says less where there is less room."""
        super().resizeEvent(event)
        self._refresh()

    def sizeHint(self) -> QSize:
        """Full width, no more height than needed."""
        return QSize(420, super().sizeHint().height())

    def _build_buttons(self) -> QHBoxLayout:
        region = IconButton("region", tr("Ask about a region of the screen"))
        screen = IconButton("screen", tr("Ask about the whole screen"))
        attach = IconButton("attach", tr("Attach files (Ctrl+O)"))
        attach.setShortcut("Ctrl+O")
        self._think = IconButton("think", tr("Think before answering (Ctrl+T)"), checkable=True)
        self._think.setShortcut("Ctrl+T")
        self._think.setChecked(True)
        self._estimate = QLabel()
        set_role(self._estimate, "meta")
        self._send = IconButton("send", tr("Send (Enter)"), role="on_accent")
        region.clicked.connect(self.region_requested)
        screen.clicked.connect(self.screen_requested)
        attach.clicked.connect(self.attach_requested)
        self._think.clicked.connect(self._on_think)
        self._send.clicked.connect(self._on_send)
        row = QHBoxLayout()
        row.setSpacing(SPACE_1)
        for button in (region, screen, attach, self._think):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._estimate)
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

    def _tell(self, sentence: str, role: str) -> None:
        if sentence != self._notice.text():
            announce(self, sentence, urgent=role == "bad")
        self._notice.setText(sentence)
        set_role(self._notice, role)
        self._notice.setVisible(bool(sentence))

    def _on_edited(self) -> None:
        """A question that is still being changed does not wait to be sent."""
        self._waiting = False
        self._tell_refusals()
        self.edited.emit()

    def _tell_refusals(self) -> None:
        """What is said about the question is no longer so, except about attachments that are still there.

        What was left out of one is said too: a user must not think that the model saw all of it.
        """
        refused = [str(chip.error) for chip in self._chips if chip.error is not None]
        lines = list(dict.fromkeys(refused + [chip.note for chip in self._chips if chip.note]))
        if len(lines) > MAX_NOTICES:
            more = len(lines) - MAX_NOTICES + 1
            lines[MAX_NOTICES - 1 :] = [tr("And {count} more: point at an attachment to read why.", count=more)]
        self._tell("\n".join(lines), "bad" if refused else "warn")
        self._refresh()

    def _on_chip_settled(self, chip: AttachmentChip) -> None:
        self._tell_refusals()
        self.edited.emit()
        if chip.error is not None:
            self._waiting = False  # the user may not want to ask without it
        elif self._waiting:
            self.submit()

    def _has_content(self) -> bool:
        ready = any(chip.parts or chip.loading for chip in self._chips)
        return ready or bool(self.edit.toPlainText().strip())

    def _refresh(self) -> None:
        usable = self._busy or self._has_content()
        if not usable and self._send.hasFocus():
            self.edit.setFocus()  # Qt would give it to whatever comes next
        self._send.setEnabled(usable)
        media = [part for chip in self._chips for part in chip.parts]
        tokens = self._used_tokens + round(len(self.edit.toPlainText()) / CHARACTERS_PER_TOKEN)
        tokens += sum(part.tokens if isinstance(part, ImagePart) else _text_tokens(part.text) for part in media)
        if self._limit and (tokens > self._room or self.width() >= ROOMY * Theme.current().size("body")):
            self._estimate.setText(tr("{used} of {limit} tokens", used=_short(tokens), limit=_short(self._limit)))
        else:
            self._estimate.setText(tr("{used} tokens", used=_short(tokens)))
        self._estimate.setVisible(tokens > 0)
        set_role(self._estimate, "bad" if self._room and tokens > self._room else "meta")


def _text_tokens(text: str) -> int:
    return round(len(text) / CHARACTERS_PER_TOKEN)


def _short(count: int) -> str:
    if count < 1000:
        return str(count)
    thousands = count / 1000
    return f"{thousands:.1f}k" if thousands < 10 else f"{thousands:.0f}k"
