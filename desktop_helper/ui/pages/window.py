"""The window in which pages of a document are chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.pages import (
    MOST_PAGES,
    USUAL_COUNT,
    USUAL_PAGES,
    Ranges,
    as_ranges,
    as_typed,
    chosen,
    ranges_of,
)
from desktop_helper.qt.background import Background
from desktop_helper.qt.page_player import PagePlayer
from desktop_helper.services import page_choice
from desktop_helper.services.page_choice import PageCost
from desktop_helper.services.page_looks import PageLooks, PagesAbout
from desktop_helper.ui.announce import announce
from desktop_helper.ui.choice_window import ChoiceWindow, head, name_label, plain
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.pages.grid import PagesGrid
from desktop_helper.ui.pages.model import PagesModel
from desktop_helper.ui.text_safety import reveal
from desktop_helper.ui.theme import SPACE_2, Theme, set_role
from desktop_helper.ui.trim.preview import Preview

PAUSE_MS = 400  # of choosing before the choice is told to a screen reader
_SIZE = QSize(860, 660)
_FIELD_PX = 220


class PagesWindow(ChoiceWindow):
    """One document; it is made for it and goes with it.

    Args:
        looks: its pages; closed with the window.
        background: waits for them.
        name: its file's. Untrusted.
        ranges: what was chosen before; none for as many as usual.
        limits: characters that go of its text, and tokens that the model can read, 0 if nobody knows.
        chat: the chat's window.

    Signals:
        taken: `Ranges` are what the question is to be about.
    """

    taken = Signal(tuple)

    def __init__(
        self,
        looks: PageLooks,
        background: Background,
        name: str,
        ranges: Ranges,
        limits: tuple[int, int],
        chat: QWidget,
    ) -> None:
        super().__init__(chat, tr("Take these pages"), tr("Cancel"))
        self._player, self._name = PagePlayer(looks, background, self), reveal(name)
        self._before = ranges
        self._most_characters, self._limit = limits
        self.model = PagesModel(self)
        self.grid, self._word, self._stack = PagesGrid(self.model), Preview(), QStackedWidget()
        self._about, self._told, self._warned = QLabel(), QLabel(), QLabel()
        self.field = QLineEdit()
        self.all_button, self.none_button = QPushButton(tr("All")), QPushButton(tr("Choose none"))
        self._smaller = IconButton("minus", tr("Smaller pictures (-)"))
        self._larger = IconButton("plus", tr("Larger pictures (+)"))
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self.setWindowTitle(tr("Pages of {name}", name=self._name))
        self._build()
        self._connect()
        self._enable(False)
        self.take_room(_SIZE, self.minimumSizeHint())
        self._player.open()

    @property
    def ranges(self) -> Ranges:
        """What is chosen now."""
        pages = self.model.choice.pages
        unchanged = pages == _usual(self._before, self.model.choice.count)
        return self._before if unchanged else as_ranges(pages)

    @property
    def said(self) -> str:
        """What is told of the choice."""
        return sentences(self._told.text(), self._warned.text())

    def say(self, sentence: str) -> None:
        """What is waited for, until the pages are there."""
        self._word.say(sentence)

    # --- events ---

    def closeEvent(self, event: QCloseEvent) -> None:
        """The document is let go."""
        super().closeEvent(event)
        self._pause.stop()
        self._player.close()

    # --- parts ---

    def _build(self) -> None:
        self._stack.addWidget(self._word)
        self._stack.addWidget(self.grid)
        self._smaller.clicked.connect(lambda: self.grid.zoom(-1))
        self._larger.clicked.connect(lambda: self.grid.zoom(1))
        self.take_button.setToolTip(tr("Go on to the question with these pages (Ctrl+Enter)"))
        self.cancel_button.setToolTip(tr("Leave the pages as they were (Esc)"))
        foot = self.foot(plain(self._told, "secondary"), plain(self._warned, "warn"))
        bar = head(name_label(self._name), self._about, self._smaller, self._larger)
        self.lay_out(bar, self._stack, (self._build_choice(), foot))

    def _build_choice(self) -> QHBoxLayout:
        label = QLabel(tr("Pages"))
        label.setBuddy(self.field)
        set_role(label, "secondary")
        self.field.setAccessibleName(tr("Pages, for example 3-7 or 1, 4, 9-"))
        self.field.setPlaceholderText(tr("3-7, 12"))
        self.field.setMinimumWidth(Theme.current().px(_FIELD_PX) // 2)
        self.field.setMaximumWidth(Theme.current().px(_FIELD_PX) * 2)
        self.all_button.setToolTip(tr("Choose all pages (Ctrl+A)"))
        self.none_button.setToolTip(tr("Choose none (Ctrl+Shift+A)"))
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(label)
        row.addWidget(self.field, 1)
        row.addWidget(self.all_button)
        row.addWidget(self.none_button)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        player = self._player
        player.opened.connect(self._on_opened)
        player.shown.connect(self._on_shown)
        player.spoiled.connect(self.model.set_problem)
        player.measured.connect(self._on_measured)
        player.failed.connect(self._on_failed)
        self.grid.seen.connect(self._want)
        self.grid.resized.connect(self._on_resized)
        self.model.chosen_changed.connect(self._on_chosen)
        self.field.textEdited.connect(self._on_typed)
        self.field.editingFinished.connect(self._on_typing_left)
        self.all_button.clicked.connect(lambda: self.model.set_chosen(range(1, self.model.choice.count + 1)))
        self.none_button.clicked.connect(lambda: self.model.set_chosen(()))
        self._pause.timeout.connect(lambda: announce(self, self.said))

    # --- what happens ---

    def _on_opened(self, about: PagesAbout) -> None:
        self._about.setText(tr("{count} pages", count=f"{about.count:,}"))
        self.grid.set_shape(about.width, about.height)
        self.model.begin(about.count, _usual(self._before, about.count))
        self._stack.setCurrentWidget(self.grid)
        self._enable(True)
        self.grid.setFocus()
        self.grid.go_to(min(self.model.choice.pages, default=1))
        self._on_chosen()

    def _on_shown(self, page: int, image: QImage, cost: PageCost) -> None:
        self.model.set_picture(page, image, cost)
        self._say()

    def _on_measured(self, costs: dict[int, PageCost]) -> None:
        self.model.costs |= costs
        self._say()

    def _on_failed(self, error: HelperError) -> None:
        self._word.say(str(error))
        announce(self, str(error), urgent=True)

    def _on_resized(self) -> None:
        self.model.draw_anew()
        self.grid.look_again()

    def _want(self, pages: list[int]) -> None:
        size = self.grid.cells.room * self.devicePixelRatioF()
        self._player.want(self.model.missing(pages), (size.width(), size.height()))

    def _on_chosen(self) -> None:
        if not self.field.hasFocus():
            self._show_ranges()
        choice = self.model.choice
        self._player.measure(page for page in choice.pages[:MOST_PAGES] if page not in self.model.costs)
        self.take_button.setEnabled(bool(choice.pages))
        self._say()
        self._pause.start()

    def _on_typed(self, text: str) -> None:
        try:
            pages = chosen(ranges_of(text), self.model.choice.count) if text.strip() else []
        except ValueError:
            self._mark_field(False)
            self._warned.setText(tr("This is no choice of pages. Write it like 3-7 or 1, 4, 9-."))
            return
        self._mark_field(True)
        self.model.set_chosen(pages)
        if pages:
            self.grid.go_to(pages[0])

    def _on_typing_left(self) -> None:
        """Enter, which this is told of as well, leaves what is typed as it is."""
        if not self.field.hasFocus():
            self._show_ranges()

    def _show_ranges(self) -> None:
        self.field.setText(as_typed(as_ranges(self.model.choice.pages)))
        self._mark_field(True)
        self._say()

    def _mark_field(self, valid: bool) -> None:
        if bool(self.field.property("invalid")) is valid:
            self.field.setProperty("invalid", not valid)
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)

    def _say(self) -> None:
        model = self.model
        if not model.choice.count:
            return
        pages = model.choice.pages
        cost = page_choice.cost_of(pages[:MOST_PAGES], model.costs, self._most_characters)
        self._told.setText(page_choice.sentence(pages, model.choice.count, cost, self._limit))
        if not self.field.property("invalid"):
            self._warned.setText(page_choice.warning(pages, cost, self._limit))
        self._warned.setVisible(bool(self._warned.text()))

    def take(self) -> None:
        """What is chosen."""
        if self.take_button.isEnabled() and not self.field.property("invalid"):
            self.close_with(lambda: self.taken.emit(self.ranges))

    def _enable(self, known: bool) -> None:
        choosing = self.field, self.all_button, self.none_button, self.take_button
        for widget in (*choosing, self._smaller, self._larger):  # until then, the keyboard is at the way out
            widget.setEnabled(known)


def _usual(ranges: Ranges, count: int) -> list[int]:
    """The pages that go if nothing is changed."""
    return chosen(ranges, count) if ranges != USUAL_PAGES else list(range(1, min(count, USUAL_COUNT) + 1))
