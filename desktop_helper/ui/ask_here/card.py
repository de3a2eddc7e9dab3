"""The field under a region in which a question about it is typed, with where it goes and the keys for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.ask_here.places import RING
from desktop_helper.ui.composer_edit import ComposerEdit
from desktop_helper.ui.destination import Destination
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.shortcut_sheet import native
from desktop_helper.ui.theme import RADIUS_WINDOW, SPACE_1, SPACE_2, SPACE_3, Theme, set_role


class QuestionCard(QWidget):
    """Enter asks, Shift+Enter breaks the line, Ctrl+Enter goes on in the chat, Esc goes back.

    Signals:
        asked(bool): the question is complete; True: it is answered here, False: it goes on in the chat.
        left: back to the region.
        attended: the keyboard came here, or went.
        resized: the words need more room, or less.
        files_refused: files or a picture were pasted, which have no place here.
    """

    asked = Signal(bool)
    left = Signal()
    attended = Signal()
    resized = Signal()
    files_refused = Signal()

    def __init__(self, overlay: QWidget, destination: Destination) -> None:
        super().__init__(overlay)
        # The overlay would take a press beside the text for the begin of another region.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.edit = ComposerEdit()
        self.edit.setAccessibleName(tr("Question about the region"))
        self.edit.add_key_handler(self._on_key)
        self.edit.submitted.connect(lambda: self.asked.emit(True))
        self.edit.files_pasted.connect(self.files_refused)
        self.edit.picture_pasted.connect(self.files_refused)
        self.edit.installEventFilter(self)
        self._refused = destination.refused
        self._pill = ElidedLabel(destination.words)
        set_role(self._pill, destination.role)
        where = destination.words if destination.refused else tr("Questions go to: {place}", place=destination.words)
        self._pill.setAccessibleName(where)
        self.edit.setAccessibleDescription(where)
        # Those that there is no room for go, the last one first.
        self._typing = [_hint("Return", tr("ask")), _hint("Esc", tr("back")), _hint("Ctrl+Return", tr("in the chat"))]
        self._waiting = [_hint("Tab", tr("to type"))]
        self._send = IconButton("send", tr("Ask right here (Enter)"), role="on_accent")
        self._send.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps the keys
        self._send.clicked.connect(lambda: self.asked.emit(True))
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self._pill)
        row.addStretch(1)
        for hint in (*self._typing, *self._waiting):
            row.addWidget(hint)
        row.addWidget(self._send)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3 + RING, SPACE_3 + RING, SPACE_2 + RING, SPACE_2 + RING)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.edit)
        layout.addLayout(row)
        self._attend()

    @property
    def words(self) -> str:
        """What was typed so far."""
        return self.edit.toPlainText().strip()

    def height_for(self, width: int) -> int:
        """How high it is with its words, if it is so wide."""
        if self.width() != width:
            self.resize(width, self.height())
        self._column.activate()
        return self.sizeHint().height()

    def room(self) -> int:
        """The height to leave for it: two lines more than an empty one needs."""
        lines = 3 * self.edit.fontMetrics().lineSpacing() + 4
        return max(0, lines - self.edit.sizeHint().height()) + self.sizeHint().height()

    def event(self, event: QEvent) -> bool:
        """The field has another height."""
        if event.type() == QEvent.Type.LayoutRequest:
            done = super().event(event)
            self.resized.emit()
            return done
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show who has the keys."""
        if watched is self.edit and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._attend(event.type() == QEvent.Type.FocusIn)
            self.attended.emit()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the words is meant for them."""
        self.edit.setFocus()
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The keys are named where there is room for that."""
        super().resizeEvent(event)
        self._name_keys()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A rounded field with a hairline; the accent and a soft ring while it has the keyboard."""
        theme, painter = Theme.current(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        focused = self.edit.hasFocus()
        if focused:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_soft"))
            painter.drawRoundedRect(QRectF(self.rect()), RADIUS_WINDOW + RING, RADIUS_WINDOW + RING)
        width = 2 if focused and theme.high_contrast else 1
        painter.setPen(QPen(theme.color("accent" if focused else "line"), width))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(field.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_WINDOW, RADIUS_WINDOW)

    def _attend(self, focused: bool = False) -> None:
        self.edit.set_hint(tr("Ask about it…") if focused else tr("Ask about it right here…"))
        self._name_keys(focused)
        self.update()

    def _name_keys(self, focused: bool | None = None) -> None:
        typing = self.edit.hasFocus() if focused is None else focused
        margins = self._column.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self._pill.sizeHint().width()
        room -= self._send.width() + 3 * SPACE_2
        for hints, wanted in ((self._typing, typing), (self._waiting, not typing)):
            left = -1 if self._refused else room  # why nothing can be asked is to be read whole
            for hint in hints:
                left -= hint.sizeHint().width() + SPACE_2
                hint.setVisible(wanted and left >= 0)

    def _on_key(self, event: QKeyEvent) -> bool:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.asked.emit(False)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return False
        return True


def _hint(chord: str, does: str) -> QWidget:
    """Keys and what they do, for the eye: the field's own words say it to a screen reader."""
    box, key, words = QWidget(), QLabel(native(chord)), QLabel(does)
    set_role(key, "key")
    set_role(words, "secondary")
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_1)
    row.addWidget(key, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(words, 0, Qt.AlignmentFlag.AlignVCenter)
    return box
