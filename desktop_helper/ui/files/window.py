"""The window in which files of a folder or an archive are chosen."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.services import file_listing
from desktop_helper.services.file_listing import Listing
from desktop_helper.ui.announce import announce
from desktop_helper.ui.choice_window import ChoiceWindow, head, name_label, plain
from desktop_helper.ui.files.tree import FilesTree
from desktop_helper.ui.text_safety import reveal, wrappable
from desktop_helper.ui.theme import SPACE_2
from desktop_helper.ui.trim.preview import Preview

_SIZE = QSize(620, 600)


class FilesWindow(ChoiceWindow):
    """One folder; it is made for it and goes with it.

    Args:
        name: of the folder or the archive. Untrusted.
        limit: what the model can read; 0 if nobody knows.
        chat: the chat's window.

    Signals:
        taken: paths of the files that the question is to be about, a tuple of `str`.
    """

    taken = Signal(tuple)

    def __init__(self, name: str, limit: int, chat: QWidget) -> None:
        super().__init__(chat, tr("Take these files"), tr("Cancel"))
        self._name, self._limit = reveal(name), limit
        self._listing = Listing(name, ())
        self.tree, self._word, self._stack = FilesTree(), Preview(), QStackedWidget()
        self._told, self._warned, self._left_out = QLabel(), QLabel(), QLabel()
        self.all_button, self.none_button = QPushButton(tr("All")), QPushButton(tr("Choose none"))
        self.setWindowTitle(tr("Files in {name}", name=self._name))
        self._build()
        self.tree.chosen_changed.connect(self._say)
        self.all_button.clicked.connect(lambda: self.tree.tick(all_of_them=True))
        self.none_button.clicked.connect(lambda: self.tree.tick(all_of_them=False))
        for button in (self.all_button, self.none_button, self.take_button):
            button.setEnabled(False)
        self.take_room(_SIZE, self.minimumSizeHint())

    @property
    def said(self) -> str:
        """What is told of the choice."""
        return sentences(self._told.text(), self._warned.text())

    def show_listing(self, listing: Listing, chosen: Collection[str]) -> None:
        """What there is, and what of it is attached now."""
        self._listing = listing
        self._left_out.setText(wrappable(listing.left_out))
        self._left_out.setVisible(bool(listing.left_out))
        self.tree.show_files(listing.entries, chosen)
        self._stack.setCurrentIndex(1)
        for button in (self.all_button, self.none_button):
            button.setEnabled(True)
        self.tree.setFocus()

    def show_problem(self, error: HelperError) -> None:
        """It cannot be looked through."""
        self._word.say(str(error))
        announce(self, str(error), urgent=True)

    # --- parts ---

    def _build(self) -> None:
        inner = QWidget()
        around = QVBoxLayout(inner)
        around.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        around.addWidget(self.tree)
        self._stack.addWidget(self._word)
        self._stack.addWidget(inner)
        self.all_button.setToolTip(tr("Tick all files (Ctrl+A)"))
        self.none_button.setToolTip(tr("Tick none (Ctrl+Shift+A)"))
        self.take_button.setToolTip(tr("Go on to the question with these files (Ctrl+Enter)"))
        self.cancel_button.setToolTip(tr("Leave the files as they were (Esc)"))
        plain(self._left_out, "secondary").hide()
        foot = self.foot(plain(self._told, "secondary"), plain(self._warned, "warn"))
        bar = head(name_label(self._name), None, self.all_button, self.none_button)
        self.lay_out(bar, self._stack, (self._left_out, foot))

    # --- what happens ---

    def _say(self) -> None:
        chosen = self.tree.chosen
        count = len(self._listing.entries)
        self._told.setText(file_listing.sentence(chosen, count, self._limit))
        self._warned.setText(file_listing.warning(chosen, self._listing, self._limit))
        self._warned.setVisible(bool(self._warned.text()))
        self.take_button.setEnabled(bool(chosen) or (self._listing.none_will_do and count > 0))

    def take(self) -> None:
        """What is ticked."""
        if self.take_button.isEnabled():
            chosen = tuple(entry.path for entry in self.tree.chosen)
            self.close_with(lambda: self.taken.emit(chosen))
