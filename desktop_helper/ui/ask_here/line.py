"""The line for a question under a region that is held, as a part of one overlay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.ui.ask_here import places
from desktop_helper.ui.ask_here.places import RING
from desktop_helper.ui.destination import Destination
from desktop_helper.ui.overlay_marks import Marks
from desktop_helper.ui.theme import Theme

if TYPE_CHECKING:
    from desktop_helper.ui.ask_here.card import QuestionCard

_WIDTHS = (440, 640)  # between these it is as wide as the region; the larger one grows with the text


@dataclass(frozen=True, slots=True)
class Offer:
    """A question may be typed at the region.

    Args:
        destination: where it goes then.
        first: the line has the keyboard as soon as there is a region.
    """

    destination: Destination
    first: bool = False

    @property
    def chat_keys(self) -> str:
        """What takes a region that is held into the chat instead."""
        return "Shift+Enter" if self.first else "Enter"


class AskLine:
    """Made when a region is held for the first time. What was typed stays for another region, until the overlay goes.

    Args:
        overlay: where it lies.
        ask: gets the words, and whether they are answered here or go on in the chat.
        back: does what Esc does, unless something else is open: it is handed what the line does.
        refresh: what lies around the region may have to be another now.
        say: tells the user something.
        lower: puts away what the user draws with: they want to type.

    Attributes:
        offer: whether and how a question may be typed, for the next picture.
    """

    def __init__(
        self,
        overlay: QWidget,
        ask: Callable[[str, bool], None],
        back: Callable[[Callable[[], None]], None],
        refresh: Callable[[], None],
        say: Callable[[str], None],
        lower: Callable[[], None],
    ) -> None:
        self._overlay, self._ask, self._back, self._refresh, self._say = overlay, ask, back, refresh, say
        self._lower = lower
        self.offer: Offer | None = None
        self._offer: Offer | None = None  # for this one
        self._card: QuestionCard | None = None
        self._wanted = False  # it takes the keyboard as soon as it is shown
        self._possible = False  # there is a region that it can be shown beside
        self._drawing = False  # the keys are those of a tool

    @property
    def offered(self) -> bool:
        """Whether there is one beside a region of this picture."""
        return self._offer is not None

    @property
    def least_width(self) -> int:
        """What it covers under the narrowest region, counted from an edge of that; 0 if there is none."""
        return _WIDTHS[0] + RING if self.offered else 0

    @property
    def first(self) -> bool:
        """Whether a region is held for it, and it is typed in at once."""
        return self._offer is not None and self._offer.first

    @property
    def words(self) -> str:
        """What was typed so far."""
        return self._card.words if self._card is not None else ""

    @property
    def typing(self) -> bool:
        """Whether it has the keyboard."""
        return self._card is not None and self._card.edit.hasFocus()

    def begin(self, *, usable: bool) -> None:
        """Another picture; if it is not `usable`, nothing is asked about it here."""
        self.close()
        self._offer = self.offer if usable else None

    def expect(self, *, asked: bool, new: bool) -> None:
        """A region is about to be held, perhaps a `new` one; `asked`: for the question, whatever the settings say."""
        if asked or new:
            self._wanted = asked or self.first

    def close(self) -> None:
        """Take it away with what was typed."""
        card, self._card = self._card, None
        self._offer, self._wanted = None, False
        if card is not None:
            self._put_away(card)
            card.deleteLater()

    def follow(self, marks: Marks, unit: float, *, shown: bool, drawing: bool, beside: QRect | None) -> Marks:
        """Lie under the region of `marks`, clear of the bar `beside` it, or be away.

        While the user is `drawing`, only words that were typed before are shown, and the keys are the tool's.
        Returns `marks` without the line of help, where that would be wrong, or under this one.
        """
        self._possible, self._drawing = self._offer is not None and shown, drawing
        shown = shown and not (drawing and not self.words)
        if self._offer is None or marks.highlight is None or not shown:
            if self._card is not None:
                self._put_away(self._card)
            return marks
        card = self._card or self._make(self._offer)
        region, label = _logical(marks.highlight, unit), marks.label and _logical(marks.label, unit)
        bar = None if beside is None else Rect(beside.x(), beside.y(), beside.width(), beside.height())
        place = self._place(card, region, [one for one in (bar, label) if one is not None])
        if place.intersected(region) is not None and not self._wanted and not self.words:
            self._put_away(card)  # it would lie on what is being looked at
            return marks
        if card.geometry() != QRect(place.x, place.y, place.width, place.height):
            card.setGeometry(place.x, place.y, place.width, place.height)
        card.show()
        if drawing and self.typing:
            self._overlay.setFocus()
        elif self._wanted and not drawing and not self.typing:
            card.edit.setFocus()
        hint = marks.hint and _logical(marks.hint, unit)
        under = hint is not None and hint.intersected(place) is not None
        return replace(marks, hint=None) if under or self.typing else marks

    def toggle(self) -> bool:
        """From the region to the line, or back. False if there is none now."""
        if not self._possible:
            return False
        if self.typing:
            self._leave()
        else:
            self._type()
        return True

    def begin_with(self, event: QKeyEvent) -> bool:
        """A letter that means nothing else is the first one of the question. False if it is none."""
        text = event.text()
        meant = text.strip() and text.isprintable() and not self._drawing
        if self.typing or not meant or not self.toggle():
            return False
        if self._card is not None:
            QApplication.sendEvent(self._card.edit, event)
        return True

    def _make(self, offer: Offer) -> QuestionCard:
        from desktop_helper.ui.ask_here.card import QuestionCard  # a drag that is taken at once does without

        self._card = card = QuestionCard(self._overlay, offer.destination)
        card.asked.connect(lambda here: self._ask(card.words, here))
        card.left.connect(lambda: self._back(self._leave))
        card.attended.connect(self._on_attended)
        card.resized.connect(self._refresh)
        card.files_refused.connect(lambda: self._say(tr("Files go into the chat: press Ctrl+Enter first.")))
        return card

    def _place(self, card: QuestionCard, region: Rect, avoid: list[Rect]) -> Rect:
        screen = (self._overlay.width(), self._overlay.height())
        least, most = _WIDTHS[0], max(_WIDTHS[0], Theme.current().px(_WIDTHS[1]))
        width = min(max(region.width, least), most, screen[0] - 2 * RING) + 2 * RING
        height = card.height_for(width)
        under = Rect(region.x - RING, region.y, region.width + 2 * RING, region.height)  # edge below edge
        return places.line(under, (width, height), max(height, card.room()), screen, avoid)

    def _type(self) -> None:
        self._wanted = True
        if self._drawing:
            self._lower()
        self._refresh()

    def _leave(self) -> None:
        self._wanted = False
        self._overlay.setFocus()

    def _on_attended(self) -> None:
        if self.typing:
            self._type()  # a click has brought the keyboard
        else:
            self._refresh()

    def _put_away(self, card: QuestionCard) -> None:
        if card.isAncestorOf(QApplication.focusWidget() or card):
            self._overlay.setFocus()  # else Qt gives the keyboard to whatever comes next
        card.hide()


def _logical(area: Rect, unit: float) -> Rect:
    left, top = round(area.x / unit), round(area.y / unit)
    return Rect(left, top, round(area.right / unit) - left, round(area.bottom / unit) - top)
