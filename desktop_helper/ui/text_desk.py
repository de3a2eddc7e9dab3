"""Copies the text of a region, and says how it went where the user looks: our window may be hidden."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Frame
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services
from desktop_helper.ui.announce import announce
from desktop_helper.ui.floating_note import FloatingNote
from desktop_helper.ui.recording.edge import can_be_placed
from desktop_helper.ui.text_copier import Copied, TextCopier
from desktop_helper.ui.theme import set_role

PATIENCE_MS = 700  # until it is said that it takes a while
STAYS_MS = 2500  # what is said without a tray
Notify = Callable[[str, str], bool]
_WIDEST = "88888"
_BEGINNING = 80  # characters of the text that are shown


class TextDesk(QObject):
    """One region at a time.

    Args:
        services: read.
        background: runs that.
        notify: says a title and a text in the tray; False where there is none.
        tell: says that something went wrong.
        say: says something in our window, where no other way is left.
    """

    def __init__(
        self,
        services: Services,
        background: Background,
        notify: Notify,
        tell: Callable[[HelperError], None],
        say: Callable[[str], None],
    ) -> None:
        super().__init__()
        self._notify, self._tell, self._say = notify, tell, say
        self._copier = TextCopier(services, background, self)
        self._copier.copied.connect(self._on_copied)
        self._copier.failed.connect(self._on_failed)
        self._copier.progressed.connect(self._on_progress)
        self._note: ReadingNote | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_note)

    def warm(self) -> None:
        """A region is being chosen."""
        self._copier.warm()

    def take(self, frame: Frame, name: str) -> None:
        """Copy the text in it. `name` is untrusted."""
        self._patience.start()
        self._copier.copy_frame(frame, name)

    def stop(self) -> bool:
        """Copy nothing. Returns whether something was being read."""
        self._rest()
        return self._copier.stop()

    def close(self) -> None:
        """The app is left."""
        self.stop()
        if self._note is not None:
            self._note.deleteLater()
            self._note = None

    def _on_copied(self, copied: Copied) -> None:
        self._rest()
        beginning = " ".join(copied.text[: 2 * _BEGINNING].split())
        shown = beginning if len(beginning) <= _BEGINNING else f"{beginning[:_BEGINNING]}…"
        if self._notify(copied.sentence, shown):
            return
        if can_be_placed():
            self._made_note().say_and_go(copied.sentence)
        else:
            self._say(copied.sentence)

    def _on_failed(self, error: HelperError) -> None:
        self._rest()
        self._tell(error)

    def _on_progress(self, words: str) -> None:
        if self._note is not None and self._note.isVisible():
            self._note.say(words)

    def _show_note(self) -> None:
        if self._copier.busy and can_be_placed():  # else it would take the keyboard
            self._made_note().begin(tr("Reading the text"))

    def _rest(self) -> None:
        self._patience.stop()
        if self._note is not None:
            self._note.hide()

    def _made_note(self) -> ReadingNote:
        if self._note is None:
            self._note = ReadingNote(self._copier)
        return self._note


class ReadingNote(FloatingNote):
    """How far it is, in a corner of the screen."""

    def __init__(self, copier: TextCopier) -> None:
        self._copier = copier
        self._words = QLabel()
        self._words.setAccessibleName(tr("Reading the text"))
        set_role(self._words, "secondary")
        super().__init__(tr("Reading the text"), self._words)
        self._leave = QTimer(self, singleShot=True, interval=STAYS_MS)
        self._leave.timeout.connect(self.hide)

    def begin(self, words: str) -> None:
        """Show it with room for numbers that grow."""
        self._leave.stop()
        longest = tr("Reading line {line} of {count}", line=_WIDEST, count=_WIDEST)
        self._words.setMinimumWidth(self._words.fontMetrics().horizontalAdvance(longest))
        self.say(words)
        self.appear()
        announce(self, words)

    def say(self, words: str) -> None:
        """Something else."""
        self._words.setText(words)

    def say_and_go(self, words: str) -> None:
        """The last word."""
        self._words.setMinimumWidth(0)
        self.say(words)
        self.appear()
        announce(self, words)
        self._leave.start()

    def stop(self) -> bool:
        """Hide; what is being read is not wanted any more."""
        self.hide()
        return self._copier.stop()
