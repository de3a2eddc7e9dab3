"""The bubble beside a region: what was asked about it in one line, and the answer as it comes."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QMouseEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.qt.screens import screen_of
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.ask_here.header import BubbleHeader
from desktop_helper.ui.ask_here.messages import BubbleMessages
from desktop_helper.ui.ask_here.places import MARGIN, Slot
from desktop_helper.ui.enter_key import pressed_button
from desktop_helper.ui.estimate_label import EstimateLabel
from desktop_helper.ui.floating_window import FloatingWindow
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, set_role

_LEAST_WIDTH = 300


class Bubble(FloatingWindow):
    """Above other windows, in its place beside the region. It grows with the answer, then it scrolls.

    Args:
        question: what was asked.
        slot: where there is room for it.

    Signals:
        allowed: the question is to be sent although it passes the user's limit.
        stop_requested, again_requested, chat_requested, settings_requested: a button or its key was pressed.
        unthinking_requested: the same, for another answer without thinking.
        left: it is to go.
    """

    stop_requested = Signal()
    again_requested = Signal()
    allowed = Signal()
    unthinking_requested = Signal()
    chat_requested = Signal()
    settings_requested = Signal()
    left = Signal()

    def __init__(self, question: str, slot: Slot) -> None:
        super().__init__(on_taskbar=False)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(tr("Answer at the region"))
        self._slot, self._running = slot, True
        self._dragged = self._sized = False  # by the user
        self.view: AnswerView | None = None
        self.header = BubbleHeader(question)
        self.header.close_requested.connect(self.left)
        self.header.dragged.connect(self._on_dragged)
        self.messages = BubbleMessages(self.chat_requested.emit)
        self.messages.settings_requested.connect(self.settings_requested)
        # Not in the middle of the layout that finds out how much is beyond.
        self._growing = QTimer(self, singleShot=True, interval=0)
        self._growing.timeout.connect(self._grow)
        self.messages.verticalScrollBar().rangeChanged.connect(lambda _low, _beyond: self._growing.start())
        self._stop = IconButton("stop", tr("Stop (Ctrl+.)"))
        self._again = IconButton("refresh", tr("Answer again (Ctrl+R)"))
        self._copy = IconButton("copy", tr("Copy the answer (Ctrl+Shift+C)"))
        self._meta = EstimateLabel()
        self._chat = QPushButton(tr("Open in the chat"))
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.messages, 1)
        layout.addLayout(self._build_footer())
        self._connect_keys()
        self.setMinimumSize(min(_LEAST_WIDTH, slot.area.width), 0)
        self.set_running(True)

    def begin(self, model_title: str) -> AnswerView:
        """An answer that is still to come."""
        self.view = view = self.messages.begin(model_title)
        view.retry_requested.connect(self.again_requested)
        view.unthinking_requested.connect(self.unthinking_requested)
        view.allowed.connect(self.allowed)
        for signal in (view.edit_requested, view.continue_requested):  # a second question is asked there
            signal.connect(self.chat_requested)
        return view

    def appear(self) -> None:
        """Show it in its place, with the keyboard: that was in the line for the question."""
        self._place(self._column.sizeHint().height())
        self.present()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_running(self, running: bool) -> None:
        """Whether there is more to come: Stop, or else another answer."""
        had_focus = self._stop.hasFocus() or self._again.hasFocus()
        self._running = running
        self._stop.setVisible(running)
        self._again.setVisible(not running)
        if had_focus:
            (self._stop if running else self._again).setFocus()
        self.refresh()

    def refresh(self) -> None:
        """There is something to copy now, or to be said about the model."""
        self._copy.setEnabled(self.view is not None and bool(self.view.markdown()))
        meta = self.view.meta if self.view is not None else ""
        self._meta.show_forms(meta, meta.split(" · ")[0], "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes it, Enter presses the button that has the focus, and what scrolls the answer does."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif (button := pressed_button(self, event)) is not None:
            button.click()
        else:
            self.messages.keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window manager's close is the same."""
        event.ignore()
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Who pulls an edge chooses its size."""
        self._sized = self._sized or bool(self._edges(event.position().toPoint()))
        self._show_bar()
        super().mousePressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """An answer may have become longer while it stepped aside for a picture."""
        super().showEvent(event)
        self._growing.start()

    def _build_footer(self) -> QHBoxLayout:
        set_role(self._meta, "meta")
        self._meta.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        set_role(self._chat, "quiet")
        self._chat.setToolTip(tr("Go on in the chat (Ctrl+Enter)"))
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_3, SPACE_1, SPACE_2, SPACE_2)
        row.setSpacing(SPACE_1)
        for widget in (self._stop, self._again, self._copy):
            row.addWidget(widget)
        row.addSpacing(SPACE_1)
        row.addWidget(self._meta, 1)
        row.addWidget(self._chat)
        self._stop.clicked.connect(self.stop_requested)
        self._again.clicked.connect(self.again_requested)
        self._copy.clicked.connect(self._copy_answer)
        self._chat.clicked.connect(self.chat_requested)
        return row

    def _connect_keys(self) -> None:
        for keys, do in (
            ("Ctrl+.", self._stop.click),
            ("Ctrl+R", self._again_by_key),
            ("Ctrl+Shift+C", self._copy.click),
            ("Ctrl+Return", self.chat_requested.emit),
            ("Ctrl+Enter", self.chat_requested.emit),
        ):
            QShortcut(QKeySequence(keys), self, do)

    def _again_by_key(self) -> None:
        if not self._running:
            self.again_requested.emit()

    def _copy_answer(self) -> None:
        if self.view is not None:
            self.view.copy()

    def _on_dragged(self) -> None:
        self._dragged = True

    def _grow(self) -> None:
        """The answer needs more room than it has."""
        beyond = self.messages.verticalScrollBar().maximum()
        if beyond > 0 and not self._sized and self.isVisible():
            self._place(self.height() + beyond)

    def _show_bar(self) -> None:
        """Only when it cannot grow any more: the lines would break elsewhere for a moment, each time before it does."""
        scrolls = self._sized or self.height() >= self._slot.area.height
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if scrolls else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.messages.setVerticalScrollBarPolicy(policy)

    def _place(self, height: int) -> None:
        if self._dragged:  # it goes on growing where it is now
            most = screen_of(self).availableGeometry().bottom() - MARGIN - self.y()
            room = max(self.height(), min(self._slot.area.height, most))
            self._slot = Slot(Rect(self.x(), self.y(), self.width(), room))
        place = self._slot.at(height)
        wanted = QRect(place.x, place.y, place.width, place.height)
        if wanted != self.geometry():
            self.setGeometry(wanted)
        self._show_bar()
