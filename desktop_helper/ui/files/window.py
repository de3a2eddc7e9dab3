"""The window in which files of a folder or an archive are chosen."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.services import file_listing
from desktop_helper.services.file_listing import Listing
from desktop_helper.ui.announce import announce
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.enter_key import pressed_button
from desktop_helper.ui.files.tree import FilesTree
from desktop_helper.ui.hairline import hairline
from desktop_helper.ui.text_safety import reveal, tooltip, wrappable
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, SPACE_4, set_role
from desktop_helper.ui.trim.preview import Preview

_SIZE = QSize(620, 600)
_BAR_PX = 46


class FilesWindow(Companion):
    """One folder; it is made for it and goes with it.

    Args:
        name: of the folder or the archive. Untrusted.
        limit: what the model can read; 0 if nobody knows.
        chat: the chat's window.

    Signals:
        taken: paths of the files that the question is to be about, a tuple of `str`.
        left: the window is closed, and nothing is to change.
    """

    taken = Signal(tuple)
    left = Signal()

    def __init__(self, name: str, limit: int, chat: QWidget) -> None:
        super().__init__(chat)
        self._name, self._limit = reveal(name), limit
        self._count, self._taken = 0, False
        self.tree, self._word, self._stack = FilesTree(), Preview(), QStackedWidget()
        self._told, self._warned, self._left_out = QLabel(), QLabel(), QLabel()
        self.all_button, self.none_button = QPushButton(tr("All")), QPushButton(tr("Choose none"))
        self.take_button, self.cancel_button = QPushButton(tr("Take these files")), QPushButton(tr("Cancel"))
        self.setWindowTitle(tr("Files in {name}", name=self._name))
        self._build()
        self.tree.chosen_changed.connect(self._say)
        self.all_button.clicked.connect(lambda: self.tree.tick(all_of_them=True))
        self.none_button.clicked.connect(lambda: self.tree.tick(all_of_them=False))
        self.take_button.clicked.connect(self._take)
        self.cancel_button.clicked.connect(self.close)
        QShortcut(QKeySequence("Ctrl+Return"), self, self._take)
        for button in (self.all_button, self.none_button, self.take_button):
            button.setEnabled(False)
        self.take_room(_SIZE, self.minimumSizeHint())

    @property
    def said(self) -> str:
        """What is told of the choice."""
        return sentences(self._told.text(), self._warned.text())

    def show_listing(self, listing: Listing, chosen: Collection[str]) -> None:
        """What there is, and what of it is attached now."""
        self._count = len(listing.entries)
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

    # --- events ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes what is ticked, Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif (button := pressed_button(self, event)) is not None:
            button.click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """All stays as it was, if nothing was taken."""
        super().closeEvent(event)
        if not self._taken:
            self.left.emit()

    # --- parts ---

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._build_head())
        layout.addWidget(hairline())
        inner = QWidget()
        around = QVBoxLayout(inner)
        around.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        around.addWidget(self.tree)
        self._stack.addWidget(self._word)
        self._stack.addWidget(inner)
        layout.addWidget(self._stack, 1)
        layout.addWidget(hairline())
        layout.addLayout(self._build_foot())

    def _build_head(self) -> QWidget:
        head = QWidget()
        head.setMinimumHeight(_BAR_PX)
        row = QHBoxLayout(head)
        row.setContentsMargins(SPACE_4, SPACE_1, SPACE_3, SPACE_1)
        row.setSpacing(SPACE_2)
        name = ElidedLabel(self._name)
        name.setToolTip(tooltip(self._name))
        set_role(name, "heading")
        self.all_button.setToolTip(tr("Tick all files (Ctrl+A)"))
        self.none_button.setToolTip(tr("Tick none (Ctrl+Shift+A)"))
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(self.all_button)
        row.addWidget(self.none_button)
        return head

    def _build_foot(self) -> QVBoxLayout:
        for label, role in ((self._told, "secondary"), (self._warned, "warn"), (self._left_out, "secondary")):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            set_role(label, role)
        self._left_out.hide()
        set_role(self.take_button, "primary")
        self.take_button.setToolTip(tr("Go on to the question with these files (Ctrl+Enter)"))
        self.cancel_button.setToolTip(tr("Leave the files as they were (Esc)"))
        said = QVBoxLayout()
        said.setSpacing(0)
        for label in (self._told, self._warned):
            said.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addLayout(said, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.take_button)
        foot = QVBoxLayout()
        foot.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_3)
        foot.setSpacing(SPACE_2)
        foot.addWidget(self._left_out)
        foot.addLayout(row)
        return foot

    # --- what happens ---

    def _say(self) -> None:
        chosen = self.tree.chosen
        self._told.setText(file_listing.sentence(chosen, self._count, self._limit))
        self._warned.setText(file_listing.warning(chosen, self._limit))
        self._warned.setVisible(bool(self._warned.text()))
        self.take_button.setEnabled(bool(chosen))

    def _take(self) -> None:
        if self.take_button.isEnabled():
            chosen = tuple(entry.path for entry in self.tree.chosen)
            self._taken = True
            self.close()  # first: the keyboard is to be in the question then
            self.taken.emit(chosen)
