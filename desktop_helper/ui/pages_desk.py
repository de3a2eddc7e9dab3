"""Documents among the attachments: which of their pages go, and the password of one that needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.pages import USUAL_PAGES, Ranges, as_typed, ranges_of
from desktop_helper.qt.intake import Intake
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.chip_deeds import ChipDeed
from desktop_helper.ui.line_dialog import LineDialog

PAGES, PASSWORD = "pages", "password"
PAGED = (".pdf", ".tif", ".tiff", ".doc", ".xls", ".ppt")


@dataclass(slots=True)
class _Document:
    """What an attachment was made of; `reading` while it is read again. The password is in no other place."""

    path: Path
    pages: Ranges = USUAL_PAGES
    password: str = field(default="", repr=False)
    parts: tuple[MediaPart, ...] = ()
    reading: CancelToken | None = None


class PagesDesk(QObject):
    """Belongs to the chat.

    Args:
        window: the chat's, with its composer.
        intake: reads files again.
    """

    def __init__(self, window: ChatWindow, intake: Intake) -> None:
        super().__init__(window)
        self._chat, self._composer, self._intake = window, window.composer, intake
        self._known: dict[AttachmentChip, _Document] = {}

    def know(self, chip: AttachmentChip, path: Path) -> None:
        """The chip is being read from a file, which may have pages or a password."""
        self._known[chip] = _Document(path)
        chip.settled.connect(partial(self._on_settled, chip))
        chip.removed.connect(partial(self._on_removed, chip))
        chip.destroyed.connect(lambda: self._known.pop(chip, None))

    def choose(self, chip: AttachmentChip) -> None:
        """Ask which pages."""
        document = self._known[chip]
        question = tr("Which pages of {name}? For example 3-7 or 1, 4, 9-.", name=chip.name)
        dialog = LineDialog(tr("Choose pages"), question, _problem_of_pages, self._chat, line=as_typed(document.pages))
        dialog.given.connect(lambda line: self._read(chip, _pages(line), document.password))
        dialog.open()

    def unlock(self, chip: AttachmentChip) -> None:
        """Ask for the password."""
        document = self._known[chip]
        question = chip.error.message if chip.error is not None else tr("Enter the password of {name}.", name=chip.name)
        dialog = LineDialog(tr("Enter the password"), question, _problem_of_password, self._chat, secret=True)
        dialog.given.connect(lambda line: self._read(chip, document.pages, line))
        dialog.open()

    # --- chips ---

    def _on_settled(self, chip: AttachmentChip) -> None:
        document = self._known.get(chip)
        if document is None:
            return
        locked = chip.error is not None and chip.error.kind is ErrorKind.LOCKED
        if not locked:
            chip.withdraw(PASSWORD)
        elif PASSWORD not in chip.deeds:
            chip.offer(PASSWORD, ChipDeed(tr("Enter the password…"), partial(self.unlock, chip)), first=True)
        if chip.error is None and document.path.suffix.lower() in PAGED and _has_pages(chip.parts):
            if PAGES not in chip.deeds:
                chip.offer(PAGES, ChipDeed(tr("Choose pages…"), partial(self.choose, chip)))
        else:
            chip.withdraw(PAGES)
        if locked and self._chat.isActiveWindow():
            self.unlock(chip)

    def _on_removed(self, chip: AttachmentChip) -> None:
        document = self._known.get(chip)
        if document is not None and document.reading is not None:
            document.reading.cancel()

    # --- reading ---

    def _read(self, chip: AttachmentChip, pages: Ranges, password: str) -> None:
        if not self._composer.holds(chip):
            return  # sent or removed while the dialog was open
        document = self._known[chip]
        if document.reading is not None:
            document.reading.cancel()
        document.parts = chip.parts if chip.error is None else ()
        chip.set_loading()
        document.reading = self._intake.file(
            document.path,
            partial(self._on_read, chip, pages, password),
            partial(self._on_failed, chip),
            pages=pages,
            password=password,
        )

    def _on_read(self, chip: AttachmentChip, pages: Ranges, password: str, parts: tuple[MediaPart, ...]) -> None:
        if self._composer.holds(chip):
            document = self._known[chip]
            document.pages, document.password, document.reading = pages, password, None
            chip.set_ready(parts)

    def _on_failed(self, chip: AttachmentChip, error: HelperError) -> None:
        """What could be read before stays."""
        if not self._composer.holds(chip):
            return
        document = self._known[chip]
        document.reading = None
        if document.parts:
            chip.set_ready(document.parts)
            self._composer.show_error(error)
        else:
            chip.set_failed(error)


def _has_pages(parts: tuple[MediaPart, ...]) -> bool:
    return any(isinstance(part, ImagePart) and part.moment is None for part in parts)


def _pages(line: str) -> Ranges:
    """An empty line is as many as usual."""
    return ranges_of(line) if line.strip() else USUAL_PAGES


def _problem_of_pages(line: str) -> str:
    try:
        _pages(line)
    except ValueError:
        return tr("This is no choice of pages. Write it like 3-7 or 1, 4, 9-.")
    return ""


def _problem_of_password(line: str) -> str:
    return "" if line else tr("Type the password.")
