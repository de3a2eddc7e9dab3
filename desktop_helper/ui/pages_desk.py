"""Documents among the attachments: which of their pages go, and the password of one that needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_helper.core import office_program
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.document_places import page_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_parts import Wish
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.names import printable
from desktop_helper.core.pages import USUAL_COUNT, USUAL_PAGES, Ranges, most_characters
from desktop_helper.qt.intake import Done, Failed, Intake
from desktop_helper.services.file_origins import USUAL_SETTING, FileOrigin, Setting, ensure_unchanged
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.chip_deeds import ChipDeed
from desktop_helper.ui.line_dialog import LineDialog

if TYPE_CHECKING:
    from desktop_helper.ui.pages.window import PagesWindow

PAGES, PASSWORD, PRINTED, TABLES = "pages", "password", "printed", "tables"
PAGES_KEY = "Ctrl+G"
KNOWN = (".pdf", ".tif", ".tiff")  # kinds that have pages; of others, LibreOffice may have made some
SHEETS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".ods", ".ots")  # tables, unless somebody wants to see their pages


@dataclass(slots=True)
class _Document:
    """What an attachment was made of; `reading` while it is read again. The password is in no other place.

    `origin` is there if it was read before a restart, or came back into the field: then it may be another file by now.
    """

    path: Path
    setting: Setting = USUAL_SETTING
    origin: FileOrigin | None = None
    password: str = field(default="", repr=False)
    parts: tuple[MediaPart, ...] = ()
    reading: CancelToken | None = None

    def check(self) -> None:
        """For another thread. Raises `HelperError(SOURCE)` if it is another one."""
        if self.origin is not None:
            ensure_unchanged(self.origin)


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
        self._window: PagesWindow | None = None
        self._chip: AttachmentChip | None = None  # that the window is about

    @property
    def window(self) -> PagesWindow | None:
        """The one that is open, for one document at a time."""
        return self._window

    def know(self, chip: AttachmentChip, path: Path, reading: CancelToken) -> None:
        """The chip is being read from a file, which may have pages or a password."""
        self._known[chip] = _Document(path, reading=reading)
        if path.suffix.lower() in KNOWN:
            self._offer(chip)  # who knows which pages of a book are meant need not wait for others
        chip.settled.connect(partial(self._on_settled, chip))
        chip.removed.connect(partial(self._on_removed, chip))
        chip.destroyed.connect(lambda: self._known.pop(chip, None))

    def know_again(self, chip: AttachmentChip, origin: FileOrigin) -> None:
        """The chip is what a file became before. `chip.settled` comes after this."""
        self.know(chip, origin.path, CancelToken())
        self._known[chip].setting, self._known[chip].origin = origin.setting, origin

    def origin(self, chip: AttachmentChip) -> FileOrigin | None:
        """Where it came from, as it is now; None of what came from no file."""
        document = self._known.get(chip)
        if document is None:
            return None
        before = document.origin
        locked = bool(document.password) or (before is not None and before.locked)
        seal = before.seal if before is not None else None
        return FileOrigin(document.path.absolute(), document.setting, locked, seal)

    def choose(self, chip: AttachmentChip) -> None:
        """Ask which pages, in a window with all of them."""
        document = self._known[chip]
        if document.origin is not None and document.origin.locked and not document.password:
            self.unlock(chip)
        else:
            self.if_unchanged(chip, partial(self._open, chip, document))

    def if_unchanged(self, chip: AttachmentChip, then: Callable[[], None]) -> None:
        """Go on, unless it was read before a restart and is another file now: then that is said."""
        document = self._known[chip]
        if document.origin is None:
            then()
            return

        def go_on(_nothing: None) -> None:
            if self._composer.holds(chip):
                then()

        self._intake.background.run(lambda _cancel: document.check(), go_on, self._composer.show_error)

    def close(self) -> None:
        """Close the window, as if it had been left."""
        if self._window is not None:
            self._window.close()

    def unlock(self, chip: AttachmentChip) -> None:
        """Ask for the password."""
        document = self._known[chip]
        question = chip.error.message if chip.error is not None else tr("Enter the password of {name}.", name=chip.name)
        dialog = LineDialog(tr("Enter the password"), question, _problem_of_password, self._chat, secret=True)
        dialog.given.connect(lambda line: self._read(chip, document.setting, line))
        dialog.open()

    def setting(self, chip: AttachmentChip) -> Setting | None:
        """How it was read; None of what came from no file."""
        document = self._known.get(chip)
        return None if document is None else document.setting

    def change(self, chip: AttachmentChip, setting: Setting) -> None:
        """Read it again like this; if that cannot be, all stays as it was."""
        self._read(chip, setting, self._known[chip].password)

    def restore(self, chip: AttachmentChip, setting: Setting, parts: tuple[MediaPart, ...]) -> None:
        """It is what it was, as `setting` told it then."""
        document = self._known[chip]
        if document.reading is not None:
            document.reading.cancel()
            document.reading = None
        document.setting = setting
        chip.set_ready(parts)

    def read_as(self, chip: AttachmentChip, wish: Wish, done: Done, failed: Failed, page: int = 0) -> CancelToken:
        """Read it otherwise for once, e.g. one picture of it in full detail; of several pages the one that is meant."""
        document = self._known[chip]
        pages = ((page, page),) if page else document.setting.pages
        setting = replace(document.setting, detail=None, pages=pages)
        password, check = document.password, document.check
        return self._intake.file(document.path, done, failed, wish, setting=setting, password=password, check=check)

    # --- chips ---

    def _on_settled(self, chip: AttachmentChip) -> None:
        document = self._known.get(chip)
        if document is None:
            return
        document.reading = None
        locked = chip.error is not None and chip.error.kind is ErrorKind.LOCKED
        if not locked:
            chip.withdraw(PASSWORD)
        elif PASSWORD not in chip.deeds:
            chip.offer(PASSWORD, ChipDeed(tr("Enter the password…"), partial(self.unlock, chip)), first=True)
        if chip.error is None and _has_pages(document, chip.parts):
            if next(iter(chip.deeds), "") == PAGES:
                chip.withdraw(PAGES)  # Enter looks at what has been read
            self._offer(chip)
        else:
            chip.withdraw(PAGES)
        self._offer_of_sheets(chip, document)
        if locked and self._chat.isActiveWindow():
            self.unlock(chip)

    def _offer(self, chip: AttachmentChip) -> None:
        if PAGES not in chip.deeds:
            chip.offer(PAGES, ChipDeed(tr("Choose pages…"), partial(self.choose, chip), "pages", PAGES_KEY))

    def _offer_of_sheets(self, chip: AttachmentChip, document: _Document) -> None:
        """Pages of what goes as tables, and tables again of what goes as pages."""
        for deed in (PRINTED, TABLES):
            chip.withdraw(deed)
        if document.path.suffix.lower() not in SHEETS or chip.error is not None or document.setting.as_pictures:
            return
        if PAGES in chip.deeds:
            tables = replace(document.setting, pages=USUAL_PAGES)
            chip.offer(TABLES, ChipDeed(tr("Send as tables"), partial(self.change, chip, tables)))
        elif office_program.program() is not None:
            chip.offer(PRINTED, ChipDeed(tr("Choose pages…"), partial(self.choose, chip), "pages", PAGES_KEY))

    def _on_removed(self, chip: AttachmentChip) -> None:
        document = self._known.get(chip)
        if document is not None and document.reading is not None:
            document.reading.cancel()
        if chip is self._chip:
            self.close()

    # --- the window ---

    def _open(self, chip: AttachmentChip, document: _Document) -> None:
        from desktop_helper.services.page_looks import look_at
        from desktop_helper.ui.pages.window import PagesWindow

        if self._window is not None and self._chip is chip:
            self._window.come_up()
            return
        self.close()
        services, background = self._intake.services, self._intake.background
        most, printed = self._intake.max_image_tokens(), document.path.suffix.lower() not in KNOWN
        try:
            looks = look_at(services, document.path, document.password, most, printed=printed)
        except HelperError as error:
            self._composer.show_error(error)
            return
        limits = most_characters(self._intake.max_video_tokens()), self._intake.readable_tokens()
        self._chip = chip
        ranges = document.setting.pages
        if PRINTED in chip.deeds:
            ranges = ((1, USUAL_COUNT),)  # to take them as they are offered is a choice as well: it has been tables
        self._window = window = PagesWindow(looks, background, chip.name, ranges, limits, self._chat)
        window.taken.connect(self._on_taken)
        window.left.connect(self._forget_window)
        if printed:
            window.say(tr("LibreOffice reads {name}", name=chip.name))
        window.come_up()

    def _on_taken(self, pages: Ranges) -> None:
        chip = self._chip
        self._forget_window()
        if chip is not None and self._composer.holds(chip):
            setting = self._known[chip].setting
            if pages != setting.pages:
                self.change(chip, replace(setting, pages=pages))
        self._chat.ask()

    def _forget_window(self) -> None:
        window, self._window, self._chip = self._window, None, None
        if window is not None:
            window.deleteLater()

    # --- reading ---

    def _read(self, chip: AttachmentChip, setting: Setting, password: str) -> None:
        if not self._composer.holds(chip):
            return  # sent or removed while the dialog was open
        document = self._known[chip]
        if document.reading is not None:
            document.reading.cancel()
        document.parts = chip.parts if chip.error is None else ()
        document.reading = self._intake.file(
            document.path,
            partial(self._on_read, chip, setting, password),
            partial(self._on_failed, chip),
            setting=setting,
            password=password,
            told=chip.tell,
            check=document.check,
        )
        chip.set_loading(document.reading)

    def _on_read(self, chip: AttachmentChip, setting: Setting, password: str, parts: tuple[MediaPart, ...]) -> None:
        if self._composer.holds(chip):
            document = self._known[chip]
            document.setting, document.password, document.reading = setting, password, None
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


def _has_pages(document: _Document, parts: tuple[MediaPart, ...]) -> bool:
    """Whether some can be chosen: of what was printed or drawn, but not of text that was drawn here."""
    if document.setting.as_pictures:
        return False
    pictures = [part for part in parts if isinstance(part, ImagePart) and part.moment is None]
    if document.path.suffix.lower() in KNOWN:
        return bool(pictures)
    name = printable(document.path.name)
    return any(found[0] == name for part in pictures if (found := page_of(part.name)) is not None)


def _problem_of_password(line: str) -> str:
    return "" if line else tr("Type the password.")
