"""What of a conversation is on the page: its end first, more of it as the reader gets there.

A conversation of two thousand messages takes no longer to open than one of ten: views are made one at a time, from the
end, until what is in sight and some more is filled, and again when the reader comes near either end of that. When there
are many, those far from the reader go again: every screen up costs what the first one did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import Message, Role
from desktop_helper.qt.background import Background
from desktop_helper.services.answer_rounds import merged
from desktop_helper.services.container import Services
from desktop_helper.services.history_records import STATUS_OPEN, StoredMessage
from desktop_helper.services.question_saver import Said, Talk
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.found_words import NUMBER
from desktop_helper.ui.message_list import Above, MessageList
from desktop_helper.ui.user_message_view import UserMessageView

PAGE = 40  # messages that are read at once
MOST = 160  # views that stay, however far the reader goes
_AT_ONCE = 2  # views that are made before the window may do anything else
_A_FEW = 8  # views below that are made at once when the end is wanted; for more of them the page begins anew there

View = AnswerView | UserMessageView
Entry = tuple[StoredMessage, Said]


class Transcript(QObject):
    """Shows one conversation. All methods belong to the UI thread.

    `resume` fills the view of a message that is just being written, or was when it was read. False if it is not.

    Signals:
        drawn: a view was made, and the `Said` that it shows.
    """

    drawn = Signal(object, object)

    def __init__(self, services: Services, background: Background, messages: MessageList) -> None:
        super().__init__(messages)
        self._services, self._background, self._messages = services, background, messages
        self._talk = Talk()
        self._shown: list[tuple[View, Said]] = []  # from top to bottom
        self._above: list[Entry] = []  # read already, but not on the page yet
        self._below: list[Entry] = []
        self._stored: dict[int, StoredMessage] = {}  # what was read of the messages on the page
        self.resume: Callable[[AnswerView, StoredMessage], bool] = _over
        self._more = False  # whether the history has more above that
        self._reading: CancelToken | None = None
        self._learning: CancelToken | None = None
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._fill)
        messages.moved.connect(self._timer.start)
        messages.end_wanted.connect(self._bring_end)
        messages.answer_below = self._answer_below
        messages.above = self._unmade_above

    @property
    def talk(self) -> Talk:
        """The conversation."""
        return self._talk

    @property
    def whole_end(self) -> bool:
        """Whether the end of the conversation is on the page."""
        return not self._below

    @property
    def end(self) -> Said | None:
        """What a new question follows."""
        if self._below:
            return self._below[-1][1]
        return self._shown[-1][1] if self._shown else None

    def begin(self, talk: Talk) -> None:
        """An empty page."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = None
        self._talk, self._more = talk, False
        self._shown, self._above, self._below, self._stored = [], [], [], {}
        self._messages.clear()

    def open(self, talk: Talk, end: Sequence[StoredMessage], below: Sequence[StoredMessage] = ()) -> None:
        """Show a conversation, of which `end` are the last messages, at most `PAGE`, but for those `below`."""
        self.begin(talk)
        self._above = self._entries(end, None)
        self._below = self._entries(below, self._above[-1][1] if self._above else None)
        self._more = len(end) >= PAGE
        for _ in range(_AT_ONCE):
            self._draw_above()
        self._timer.start()

    def add_question(self, question: Message, said: Said) -> UserMessageView:
        """A new one, at the end."""
        self._bring_end()
        view = self._messages.add_user(question)
        self._keep(view, said, None)
        return view

    def add_answer(self, model_title: str, said: Said) -> AnswerView:
        """One that is still to come."""
        self._bring_end()
        view = self._messages.add_answer(model_title)
        self._keep(view, said, None)
        return view

    def said(self, view: View) -> Said | None:
        """What a view shows; None if it is not on the page any more."""
        return next((said for shown, said in self._shown if shown is view), None)

    def view(self, said: Said | None) -> View | None:
        """Where it is shown, if it is."""
        place = self._place_of(said)
        return None if place is None else self._shown[place][0]

    def holds(self, said: Said) -> bool:
        """Whether it is on the page, or would be if the reader went there."""
        unmade = (one for _, one in (*self._above, *self._below))
        return self._place_of(said) is not None or _find(unmade, said) is not None

    def after(self, said: Said) -> Said | None:
        """What is shown below a message, or would be."""
        place = self._place_of(said)
        below = [one for _, one in (*self._shown[place + 1 :], *self._below[:1])] if place is not None else []
        return below[0] if below else None

    def answer_to(self, asked: Said) -> AnswerView | None:
        """The view below a question, if that is an answer."""
        place = self._place_of(asked)
        below = None if place is None else next((view for view, _ in self._shown[place + 1 :]), None)
        return below if isinstance(below, AnswerView) else None

    def cut(self, said: Said) -> None:
        """Take a message away with everything below it, wherever the reader is."""
        unmade = _find((one for _, one in self._below), said)
        if unmade is not None:
            del self._below[unmade:]
            return
        place = self._place_of(said)
        if place is None:
            unmade = _find((one for _, one in self._above), said)
            if unmade is None:
                return
            del self._above[unmade:]
            place = 0
        self._below = []
        for view, _said in self._shown[place:]:
            self._messages.remove(view)
        del self._shown[place:]

    def remove(self, said: Said) -> None:
        """Take one message away."""
        place = self._place_of(said)
        if place is not None:
            self._messages.remove(self._shown.pop(place)[0])

    def go_on(self, after: Said | None, entries: Sequence[StoredMessage]) -> bool:
        """Show other messages than those that follow `after`. False if that is not on the page."""
        if after is None:
            if self._above or self._more:
                return False
            place = 0
        else:
            found = self._place_of(after)
            if found is None and not (self._shown and _same(self._shown[0][1].before, after)):
                return False
            place = 0 if found is None else found + 1
        if place < len(self._shown):
            self.cut(self._shown[place][1])
        self._below = self._entries(entries, after)
        for _ in range(_AT_ONCE):
            self._draw_below()
        self._timer.start()
        return True

    def show_versions(self, entries: Sequence[StoredMessage]) -> None:
        """Which other questions and answers stand in the places of these, and what tools brought for them."""
        self._learn(entries)
        told = {entry.id: entry for entry in merged(entries)}
        for view, said in self._shown[-2 * len(told) :]:
            entry = told.get(said.number or 0)
            if entry is not None:
                view.versions.show_versions(entry.versions, entry.id)
                if isinstance(view, AnswerView):
                    view.show_brought(entry.brought)

    def _entries(self, stored: Sequence[StoredMessage], before: Said | None) -> list[Entry]:
        """With what each follows; `before` the first one, or a stranger with its number."""
        found: list[Entry] = []
        for one in merged(stored):
            if before is None and one.parent_id is not None:
                before = Said(self._talk, None, one.parent_id)
            before = Said(self._talk, before, one.id)
            found.append((one, before))
        return found

    def _fill(self) -> None:
        """One more view at each end where the reader may soon be; the rest when the window had its turn."""
        messages = self._messages
        if self._below and messages.near_end():
            self._draw_below()
            self._timer.start()
        elif self._above and messages.near_top():
            self._draw_above()
            self._timer.start()
        if len(self._shown) > MOST and self._shed(0 if messages.near_end() else -1):
            self._timer.start()
        if self._more and len(self._above) < PAGE // 2 and self._shown and messages.near_top():
            self._read_more()

    def _read_more(self) -> None:
        talk = self._talk
        first = self._above[0][1] if self._above else self._shown[0][1]
        if talk.number is None or first.number is None or self._reading is not None:
            return
        conversation, before = talk.number, first.number

        def read(_cancel: CancelToken) -> list[StoredMessage]:
            return self._services.history.messages(conversation, before=before, last=PAGE, media=False)

        self._reading = self._background.run(read, self._read, self._give_up)

    def _read(self, more: list[StoredMessage]) -> None:
        self._reading = None
        self._more = len(more) >= PAGE
        self._above = self._entries(more, None) + self._above
        self._timer.start()

    def _give_up(self, _error: HelperError) -> None:
        """What is on the page stays; the next scrolling tries again."""
        self._reading = None

    def _draw_above(self) -> None:
        while self._above:
            stored, said = self._above.pop()
            self._messages.place.keep()
            view = self._draw(stored, 0)
            if view is not None:
                self._keep(view, said, 0)
                view.versions.show_versions(stored.versions, stored.id)
                self._messages.lay_out()
                return

    def _draw_below(self) -> None:
        while self._below:
            stored, said = self._below.pop(0)
            view = self._draw(stored, -1)
            if view is not None:
                self._keep(view, said, None)
                view.versions.show_versions(stored.versions, stored.id)
                return

    def _answer_below(self) -> str:
        below = (stored.message for stored, _said in self._below[::-1])
        return next((message.text for message in below if message.role is Role.ASSISTANT), "")

    def _unmade_above(self) -> Above:
        return Above([stored for stored, _said in self._above], whole=not self._more)

    def _bring_end(self) -> None:
        """The reader wants the end, which may be far below: what is in between is not made for that."""
        if len(self._below) > _A_FEW:
            made = [(self._stored.get(said.number or 0), said) for _view, said in self._shown]
            known = [(stored, said) for stored, said in made if stored is not None]
            self._above, self._below, self._shown = [*self._above, *known, *self._below], [], []
            self._messages.clear()
            for _ in range(_AT_ONCE):
                self._draw_above()
        while self._below:
            self._draw_below()
        self._timer.start()

    def _shed(self, at: int) -> bool:
        """Take the view at this end of the page away, if it is far: it is made again when the reader comes near."""
        self._messages.lay_out()
        view, said = self._shown[at]
        stored = self._stored.get(said.number or 0)
        if stored is None:
            self._read_again(said)
        elif self._messages.is_far(view) and not view.selection():
            if at == 0:
                self._above.append((stored, said))
                self._messages.place.keep()
            else:
                self._below.insert(0, (stored, said))
            del self._shown[at]
            self._messages.remove(view)
            self._messages.lay_out()
            return True
        return False

    def _read_again(self, said: Said) -> None:
        """A message that was said while it was on the page: until it is read from the history, its view stays."""
        conversation, number, history = self._talk.number, said.number, self._services.history
        if conversation is None or number is None or self._learning is not None:
            return

        def read(_cancel: CancelToken) -> list[StoredMessage]:
            return history.messages(conversation, until=number, last=_AT_ONCE, media=False)

        self._learning = self._background.run(read, self._learn, lambda _error: self._learn([]))

    def _learn(self, entries: Sequence[StoredMessage]) -> None:
        self._learning = None
        self._stored.update((entry.id, entry) for entry in merged(entries) if entry.status != STATUS_OPEN)

    def _keep(self, view: View, said: Said, at: int | None) -> None:
        self._shown.insert(len(self._shown) if at is None else at, (view, said))
        self._messages.put_in_order(view)
        self.drawn.emit(view, said)

    def _draw(self, stored: StoredMessage, at: int) -> View | None:
        """What tools were asked and answered is not shown."""
        if stored.status != STATUS_OPEN:  # the rest of it comes
            self._stored[stored.id] = stored
        if stored.message.role is Role.USER:
            question = self._messages.add_user(stored.message, at)
            question.setProperty(NUMBER, stored.id)
            return question
        if stored.message.role is not Role.ASSISTANT:
            return None
        view = self._messages.add_answer(stored.model, at)
        view.setProperty(NUMBER, stored.id)
        if self.resume(view, stored):
            return view
        for notice in stored.notices:
            view.add_notice(notice)
        if stored.message.thinking:
            view.show_thinking(stored.message.thinking, stored.thinking_s)
        view.show_brought(stored.brought)
        view.append_text(stored.message.text)
        view.finish(stored.status, stored.usage, stored.error)
        return view

    def _place_of(self, said: Said | None) -> int | None:
        return _find((one for _, one in self._shown), said)


def _over(_view: AnswerView, _stored: StoredMessage) -> bool:
    """Nothing is being written."""
    return False


def _find(among: Iterable[Said], said: Said | None) -> int | None:
    return next((place for place, one in enumerate(among) if _same(one, said)), None)


def _same(one: Said | None, other: Said | None) -> bool:
    if one is None or other is None:
        return False
    return one is other or (one.number is not None and one.number == other.number)
