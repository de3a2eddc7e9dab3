"""The conversation: messages below each other, following the end only while the reader is there."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Message
from desktop_helper.qt.garbage import give_back
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.link_dialog import LinkDialog
from desktop_helper.ui.markdown import highlight, parser
from desktop_helper.ui.theme import SPACE_3, SPACE_4, SPACE_5, set_role
from desktop_helper.ui.user_message_view import UserMessageView

_MAX_TEXT_WIDTH = 720
_NEAR_END_PX = 24
_STEP_PX = 48
_SETTLED_MS = 1000  # after which the memory of what was taken away is free


class MessageList(QScrollArea):
    """Scrolls; shows questions and answers.

    Signals:
        settings_requested: an answer's error is mended in the settings.
        thinking_unfolded: the user opened the reasoning of an answer, or closed it.
    """

    settings_requested = Signal()
    thinking_unfolded = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Conversation"))
        self._following = True
        self._warm = False
        self._page = QWidget()
        self._page.setAutoFillBackground(True)  # opaque: Qt moves its pixels when it scrolls instead of painting all
        self._layout = QVBoxLayout(self._page)
        self._layout.setSpacing(SPACE_4)
        self._layout.addStretch(1)
        self.setWidget(self._page)
        self._down = IconButton("arrow-down", tr("Go to the end"), self)
        set_role(self._down, "floating")
        self._down.hide()
        self._down.clicked.connect(self.go_to_end)
        bar = self.verticalScrollBar()
        bar.setSingleStep(_STEP_PX)
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_grown)

    @property
    def following(self) -> bool:
        """Whether new text keeps the end in sight."""
        return self._following

    def add_user(self, message: Message) -> UserMessageView:
        """Show a question, and go there."""
        view = UserMessageView(message)
        self._add(view)
        self._warm_up()
        self.go_to_end()
        return view

    def add_answer(self, model_title: str) -> AnswerView:
        """Show an answer that is still to come."""
        view = AnswerView(model_title)
        view.link_activated.connect(self.ask_about_link)
        view.settings_requested.connect(self.settings_requested)
        view.thinking_unfolded.connect(self.thinking_unfolded)
        self._add(view)
        return view

    def remove(self, view: AnswerView | UserMessageView) -> None:
        """Take a message away, e.g. an answer that is given again."""
        self._layout.removeWidget(view)
        view.hide()
        view.deleteLater()

    def clear(self) -> None:
        """Take all messages away."""
        for view in self.messages():
            self.remove(view)
        self._following = True
        QTimer.singleShot(_SETTLED_MS, self, give_back)

    def messages(self) -> list[AnswerView | UserMessageView]:
        """What is shown, from top to bottom."""
        items = (self._layout.itemAt(index) for index in range(self._layout.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, AnswerView | UserMessageView)]

    def go_to_end(self) -> None:
        """Scroll to the end and follow it from now on."""
        self._following = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def ask_about_link(self, address: str) -> None:
        """Open a link, if the user still wants to after seeing where it goes."""
        if LinkDialog.allowed(address):
            LinkDialog(address, self.window()).show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End too."""
        if event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
        elif event.key() == Qt.Key.Key_End:
            self.go_to_end()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines readable in a wide window."""
        side = max(SPACE_4, (self.viewport().width() - _MAX_TEXT_WIDTH) // 2)
        self._layout.setContentsMargins(side, SPACE_3, side, SPACE_5)
        super().resizeEvent(event)
        self._down.move(self.width() - self._down.width() - SPACE_4, self.height() - self._down.height() - SPACE_3)

    def _warm_up(self) -> None:
        """Load what an answer needs while the model is still reading the question."""
        if not self._warm:
            self._warm = True
            QTimer.singleShot(0, self, parser.warm_up)
            QTimer.singleShot(0, self, highlight.warm_up)

    def _add(self, view: QWidget) -> None:
        self._layout.insertWidget(self._layout.count() - 1, view)

    def _on_scrolled(self, value: int) -> None:
        self._following = value >= self.verticalScrollBar().maximum() - _NEAR_END_PX
        self._down.setVisible(not self._following)

    def _on_grown(self, _minimum: int, maximum: int) -> None:
        if self._following:
            self.verticalScrollBar().setValue(maximum)
        self._down.setVisible(not self._following)
