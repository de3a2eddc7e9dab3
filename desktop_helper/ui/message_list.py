"""The conversation: messages below each other, following the end only while the reader is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QApplication, QFrame, QScrollArea, QStyle, QVBoxLayout, QWidget

from desktop_helper.core import clip_times
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, Message, Role
from desktop_helper.qt.garbage import give_back
from desktop_helper.qt.media_source import MediaSource
from desktop_helper.services.history_records import StoredMessage
from desktop_helper.services.markdown import parser
from desktop_helper.ui import clip_links, grounding
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.citing import Citing
from desktop_helper.ui.found_words import FoundWords
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.link_dialog import LinkDialog
from desktop_helper.ui.markdown import highlight
from desktop_helper.ui.message_menu import make_message_menu
from desktop_helper.ui.reading_place import NEAR_END_PX, ReadingPlace
from desktop_helper.ui.scrolled_page import ScrolledPage
from desktop_helper.ui.theme import SPACE_1, SPACE_3, SPACE_4, SPACE_5, set_role
from desktop_helper.ui.user_message_view import UserMessageView

TEXT_WIDTH = 720
_STEP_PX = 48
_FAR = 4  # heights of what is in sight
_SETTLED_MS = 1000  # after which the memory of what was taken away is free


@dataclass(frozen=True, slots=True)
class Above:
    """What is above the first message that has a view.

    Args:
        messages: those that were read from the history.
        whole: they go up to the conversation's first one.
    """

    messages: Sequence[StoredMessage] = ()
    whole: bool = True


class MessageList(QScrollArea):
    """Scrolls; shows questions and answers.

    Signals:
        settings_requested: an answer's error is mended in the settings.
        moved: something else is in sight, or there is more or less of it.
        end_wanted: the last message is about to be looked for.
        media_opened: a `Message`, and the place of the attachment that the user wants to look at.
        place_opened: parts of a message, the place of one of them, and the `Spot` or boxes that the user wants to see.
        moment_missed: what was just opened is the frame of the second moment, since none was sent of the first one.
        quoted: text of a message that the next question is about.
        thinking_unfolded: the user opened the reasoning of an answer, or closed it.

    Attributes:
        notation: in which the model writes boxes that the history calls so.
        edges: empty pixels above the first message and below the last one.
    """

    edges = (SPACE_3, SPACE_5)

    settings_requested = Signal()
    moved = Signal()
    end_wanted = Signal()
    media_opened = Signal(object, int)
    place_opened = Signal(object, int, object)
    moment_missed = Signal(float, float)
    quoted = Signal(str)
    thinking_unfolded = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._settled = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._settled.timeout.connect(give_back)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Conversation"))
        set_role(self, "ring")
        self._warm = False
        self.models: Mapping[str, str] = {}
        self.media_source: MediaSource | None = None
        self.notation: grounding.NotationCalled = grounding.usual
        self.above: Callable[[], Above] = Above
        self.answer_below: Callable[[], str] = str  # the last answer, if it is so far below that it has no view
        self._clips = QTimer(self, singleShot=True, interval=0)
        self._clips.timeout.connect(self._link_times)
        self._citing = Citing(lambda: self.media_source, self)
        self._citing.changed.connect(self._clips.start)
        self._citing.opened.connect(self.place_opened)
        self._page = ScrolledPage(self)
        self._page.setAutoFillBackground(True)  # opaque: Qt moves its pixels when it scrolls instead of painting all
        self._layout = QVBoxLayout(self._page)
        self._layout.setSpacing(SPACE_1)  # each message ends with the row of its actions
        self._layout.addStretch(1)
        self.setWidget(self._page)
        self.place, self._found = ReadingPlace(self, self._page), FoundWords(self)
        self._down = IconButton("arrow-down", tr("Go to the end"), self)
        set_role(self._down, "floating")
        self._down.hide()
        self._down.clicked.connect(self.go_to_end)
        bar = self.verticalScrollBar()
        bar.setSingleStep(_STEP_PX)
        bar.valueChanged.connect(self._on_moved)
        bar.rangeChanged.connect(self._on_moved)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    @property
    def following(self) -> bool:
        """Whether new text keeps the end in sight."""
        return self.place.following

    def add_user(self, message: Message, at: int | None = None) -> UserMessageView:
        """Show a question, and go there; or put one of the past at a place (-1 is the end), and stay."""
        view = UserMessageView(message, self.media_source)
        view.media_opened.connect(lambda place: self.media_opened.emit(view.message, place))
        view.media_changed.connect(self._clips.start)
        self._add(view, at)
        if at is None:
            self._warm_up()
            self.go_to_end()
        return view

    def add_answer(self, model_title: str, at: int | None = None) -> AnswerView:
        """Show an answer that is still to come, or one of the past at a place."""
        view = AnswerView(model_title)
        view.link_activated.connect(lambda address: self._follow(view, address))
        view.settings_requested.connect(self.settings_requested)
        view.thinking_unfolded.connect(self.thinking_unfolded)
        view.brought_changed.connect(self._clips.start)
        view.boxes_changed.connect(lambda: self._take_in(view))
        view.thinking_unfolded.connect(lambda: self.place.let_go(view))
        self._add(view, at)
        return view

    def put_in_order(self, view: AnswerView | UserMessageView) -> None:
        """Let Tab reach what is in a message after what is above it, whenever it was made."""
        shown = self.messages()
        place = shown.index(view) if view in shown else 0
        above = _stops(shown[place - 1])[-1:] if place else []
        before: QWidget = above[0] if above else self._down
        for stop in _stops(view):
            QWidget.setTabOrder(before, stop)
            before = stop

    def lay_out(self) -> None:
        """Give new messages their places now: scrolling before that would be scrolling in what is about to move."""
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        self.place.restore()

    def near_top(self) -> bool:
        """Whether the reader may soon see what is above the first message."""
        return self.verticalScrollBar().value() < 2 * self.viewport().height()

    def near_end(self) -> bool:
        """Whether the reader may soon see what is below the last message."""
        bar = self.verticalScrollBar()
        return bar.maximum() - bar.value() < 2 * self.viewport().height()

    def is_far(self, view: AnswerView | UserMessageView) -> bool:
        """Whether the reader is not soon to see it."""
        top, window = self.place.top_of(view), self.viewport().height()
        return top + view.height() < -_FAR * window or top > (1 + _FAR) * window

    def focused(self) -> AnswerView | UserMessageView | None:
        """The message that has the keyboard."""
        return self._view_of(QApplication.focusWidget())

    def marked(self) -> str:
        """Text that the reader has marked: in the message with the keyboard, or in the last one where there is some."""
        focused = self.focused()
        views = ([focused] if focused is not None else []) + self.messages()[::-1]
        return next(filter(None, (view.selection() for view in views)), "")

    def remove(self, view: AnswerView | UserMessageView) -> None:
        """Take a message away, e.g. an answer that is given again."""
        self.place.let_go(view)
        if view.has_focus():
            self.setFocus()  # else Qt gives the keyboard to whatever comes next
        self._layout.removeWidget(view)
        view.hide()
        view.deleteLater()

    def clear(self) -> None:
        """Take all messages away."""
        for view in self.messages():
            self.remove(view)
        self.place.go_to_end()
        self._settled.start()

    def messages(self) -> list[AnswerView | UserMessageView]:
        """What is shown, from top to bottom."""
        items = (self._layout.itemAt(index) for index in range(self._layout.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, AnswerView | UserMessageView)]

    def go_to_end(self) -> None:
        """Scroll to the end and follow it from now on."""
        self.end_wanted.emit()
        self.place.go_to_end()

    def turn_page(self, *, down: bool) -> None:
        """Scroll by what is in sight, wherever the keyboard is."""
        step = (
            QAbstractSlider.SliderAction.SliderPageStepAdd if down else QAbstractSlider.SliderAction.SliderPageStepSub
        )
        self.verticalScrollBar().triggerAction(step)

    def show_message(self, number: int, words: str) -> bool:
        """Go to a stored message and mark the words in it. False if it is not here."""
        return self._found.show(number, words)

    def unmark(self) -> None:
        """Nothing is looked for any more."""
        self._found.unmark()

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
        side = max(SPACE_4, (self.viewport().width() - TEXT_WIDTH) // 2)
        self._layout.setContentsMargins(side, self.edges[0], side, self.edges[1])
        super().resizeEvent(event)
        corner = QPoint(self.width() - self._down.width() - SPACE_4, self.height() - self._down.height() - SPACE_3)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), QRect(corner, self._down.size()))
        self._down.move(place.topLeft())

    def _follow(self, view: AnswerView, address: str) -> None:
        """A place in a document or a picture, or a moment of a video, is shown; other links are asked about."""
        above, shown = self.above().messages, self.messages()
        spot = view.spot(address)
        if spot is not None:
            self._citing.follow(spot, (*above, *shown))
            return
        at = clip_links.moment(address)
        if at is None:
            self.ask_about_link(address)
            return
        asked = [one.message for one in above if one.message.role is Role.USER]
        asked += [one.message for one in shown[: shown.index(view)] if isinstance(one, UserMessageView)]
        for message in reversed(asked):
            place = clip_times.nearest(message.media, at)
            if place is not None:
                self.media_opened.emit(message, place)
                frame = message.media[place]
                if isinstance(frame, ImagePart) and frame.moment and not clip_times.is_shown_by(frame, at):
                    self.moment_missed.emit(at, frame.moment.at)
                return

    def _link_times(self) -> None:
        """An answer speaks of the video that was shown last before it, of documents and of a picture."""
        above, shown = self.above(), self.messages()
        self._citing.link((*above.messages, *shown))
        pictures = grounding.pictures_below(above.messages, whole=above.whole)
        grounding.show_boxes(shown, pictures, self.notation, self.media_source)
        seconds = 0.0
        for one in (*above.messages, *shown):
            if not isinstance(one, AnswerView):
                seconds = clip_times.duration_of(one.message.media) or seconds
            elif seconds:
                one.link_times(seconds)

    def _take_in(self, view: AnswerView) -> None:
        """A picture came late: what is read stays where it is, and Tab reaches the picture after the text."""
        self.place.keep()
        self.put_in_order(view)

    def _warm_up(self) -> None:
        """Load what an answer needs while the model is still reading the question."""
        if not self._warm:
            self._warm = True
            QTimer.singleShot(0, self, parser.warm_up)
            QTimer.singleShot(0, self, highlight.warm_up)

    def _add(self, view: AnswerView | UserMessageView, at: int | None) -> None:
        end = self._layout.count() - 1
        view.menu_requested.connect(lambda spot: self._open_menu(view, spot))
        self._clips.start()
        self._layout.insertWidget(end if at is None or at < 0 else at, view)
        if at is not None:
            view.show()

    def _open_menu(self, view: AnswerView | UserMessageView, spot: QPoint) -> None:
        make_message_menu(view, self.models, self.quoted.emit, self).popup(spot)

    def _on_moved(self) -> None:
        self._show_way_down()
        self.moved.emit()

    def _show_way_down(self) -> None:
        bar = self.verticalScrollBar()
        self._down.setVisible(not self.following and bar.value() < bar.maximum() - NEAR_END_PX)

    def _view_of(self, widget: QWidget | None) -> AnswerView | UserMessageView | None:
        while widget is not None and not isinstance(widget, AnswerView | UserMessageView):
            widget = widget.parentWidget()
        return widget if widget is not None and self.isAncestorOf(widget) else None

    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        for view in {self._view_of(before), self._view_of(now)} - {None}:
            if view is not None:
                view.update_actions()


def _stops(view: QWidget) -> list[QWidget]:
    """Where Tab stops in a message."""
    return [child for child in view.findChildren(QWidget) if child.focusPolicy() & Qt.FocusPolicy.TabFocus]
