"""The window in which pages of a document are chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QImage, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

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
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.enter_key import pressed_button
from desktop_helper.ui.hairline import hairline
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.pages.grid import PagesGrid
from desktop_helper.ui.pages.model import PagesModel
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, SPACE_4, Theme, set_role
from desktop_helper.ui.trim.preview import Preview

PAUSE_MS = 400  # of choosing before the choice is told to a screen reader
_SIZE = QSize(860, 660)
_BAR_PX = 46
_FIELD_PX = 220


class PagesWindow(Companion):
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
        left: the window is closed, and nothing is to change.
    """

    taken = Signal(tuple)
    left = Signal()

    def __init__(
        self,
        looks: PageLooks,
        background: Background,
        name: str,
        ranges: Ranges,
        limits: tuple[int, int],
        chat: QWidget,
    ) -> None:
        super().__init__(chat)
        self._player, self._name = PagePlayer(looks, background, self), reveal(name)
        self._before = ranges
        self._most_characters, self._limit = limits
        self._taken = False
        self.model = PagesModel(self)
        self.grid, self._word, self._stack = PagesGrid(self.model), Preview(), QStackedWidget()
        self._about, self._told, self._warned = QLabel(), QLabel(), QLabel()
        self.field = QLineEdit()
        self.all_button, self.none_button = QPushButton(tr("All")), QPushButton(tr("Choose none"))
        self.take_button, self.cancel_button = QPushButton(tr("Take these pages")), QPushButton(tr("Cancel"))
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what is chosen, Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif (button := pressed_button(self, event)) is not None:
            button.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The document is let go."""
        super().closeEvent(event)
        self._pause.stop()
        self._player.close()
        if not self._taken:
            self.left.emit()

    # --- parts ---

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._build_head())
        layout.addWidget(hairline())
        self._stack.addWidget(self._word)
        self._stack.addWidget(self.grid)
        layout.addWidget(self._stack, 1)
        layout.addWidget(hairline())
        below = QVBoxLayout()
        below.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_3)
        below.setSpacing(SPACE_2)
        below.addLayout(self._build_choice())
        below.addLayout(self._build_foot())
        layout.addLayout(below)

    def _build_head(self) -> QWidget:
        head = QWidget()
        head.setMinimumHeight(_BAR_PX)
        row = QHBoxLayout(head)
        row.setContentsMargins(SPACE_4, 0, SPACE_2, 0)
        row.setSpacing(SPACE_3)
        name = ElidedLabel(self._name)
        name.setToolTip(tooltip(self._name))
        set_role(name, "heading")
        set_role(self._about, "secondary")
        smaller, larger = IconButton("minus", tr("Smaller pictures (-)")), IconButton("plus", tr("Larger pictures (+)"))
        smaller.clicked.connect(lambda: self.grid.zoom(-1))
        larger.clicked.connect(lambda: self.grid.zoom(1))
        row.addWidget(name)
        row.addWidget(self._about)
        row.addStretch(1)
        row.addWidget(smaller)
        row.addWidget(larger)
        return head

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

    def _build_foot(self) -> QHBoxLayout:
        for label, role in ((self._told, "secondary"), (self._warned, "warn")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            set_role(label, role)
        set_role(self.take_button, "primary")
        self.take_button.setToolTip(tr("Go on to the question with these pages (Ctrl+Enter)"))
        self.cancel_button.setToolTip(tr("Leave the pages as they were (Esc)"))
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self._told)
        said.addWidget(self._warned)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_2)
        foot.addLayout(said, 1)
        foot.addSpacing(SPACE_1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.take_button)
        return foot

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
        self.take_button.clicked.connect(self._take)
        self.cancel_button.clicked.connect(self.close)
        self._pause.timeout.connect(lambda: announce(self, self.said))
        QShortcut(QKeySequence("Ctrl+Return"), self, self._take)

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

    def _take(self) -> None:
        if self.take_button.isEnabled() and not self.field.property("invalid"):
            self._taken = True
            self.close()  # first: the keyboard is to be in the question then
            self.taken.emit(self.ranges)

    def _enable(self, known: bool) -> None:
        for widget in (self.field, self.all_button, self.none_button, self.take_button):
            widget.setEnabled(known)


def _usual(ranges: Ranges, count: int) -> list[int]:
    """The pages that go if nothing is changed."""
    return chosen(ranges, count) if ranges != USUAL_PAGES else list(range(1, min(count, USUAL_COUNT) + 1))
