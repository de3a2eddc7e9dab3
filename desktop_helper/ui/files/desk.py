"""Folders and archives among the attachments: which of their files go."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.intake import Intake
from desktop_helper.services.file_listing import Listing, listing_of
from desktop_helper.services.folder_reading import listing_name, taken
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.chip_deeds import ChipDeed
from desktop_helper.ui.pages_desk import PAGES_KEY, PagesDesk

if TYPE_CHECKING:
    from desktop_helper.ui.files.window import FilesWindow

FILES = "files"


class FilesDesk(QObject):
    """One window at a time.

    Args:
        window: the chat's, with its composer.
        intake: knows the services and what the model can read.
        pages: reads attachments again.
    """

    def __init__(self, window: ChatWindow, intake: Intake, pages: PagesDesk) -> None:
        super().__init__(window)
        self._chat, self._composer = window, window.composer
        self._intake, self._pages = intake, pages
        self._window: FilesWindow | None = None
        self._chip: AttachmentChip | None = None  # that the window is about
        self._looking: CancelToken | None = None

    @property
    def window(self) -> FilesWindow | None:
        """The one that is open."""
        return self._window

    def know(self, chip: AttachmentChip, path: Path) -> None:
        """The chip is being read from this, which may be a folder or an archive."""
        chip.settled.connect(partial(self._on_settled, chip, path))
        chip.removed.connect(partial(self._on_removed, chip))

    def choose(self, chip: AttachmentChip, path: Path) -> None:
        """Let the user choose."""
        self._pages.if_unchanged(chip, partial(self._open, chip, path))

    def _open(self, chip: AttachmentChip, path: Path) -> None:
        from desktop_helper.ui.files.window import FilesWindow

        if self._window is not None and self._chip is chip:
            self._window.come_up()
            return
        self.close()
        self._chip = chip
        self._window = window = FilesWindow(chip.name, self._intake.readable_tokens(), self._chat)
        window.taken.connect(self._on_taken)
        window.left.connect(self._forget_window)
        services = self._intake.services
        self._looking = self._intake.background.run(
            lambda cancel: listing_of(services, path, cancel), partial(self._on_listed, chip), self._on_failed
        )
        window.come_up()

    def close(self) -> None:
        """Close the window, as if it had been left."""
        if self._window is not None:
            self._window.close()

    def _on_settled(self, chip: AttachmentChip, path: Path) -> None:
        tree = listing_name(path.name)
        if chip.error is None and any(part.name == tree for part in chip.parts):
            if FILES not in chip.deeds:
                deed = ChipDeed(tr("Choose files…"), partial(self.choose, chip, path), "pages", PAGES_KEY)
                chip.offer(FILES, deed, first=True)
        else:
            chip.withdraw(FILES)

    def _on_removed(self, chip: AttachmentChip) -> None:
        if chip is self._chip:
            self.close()

    def _on_listed(self, chip: AttachmentChip, listing: Listing) -> None:
        if self._window is not None and chip is self._chip:
            setting, paths = self._pages.setting(chip), [entry.path for entry in listing.entries]
            chosen = setting.members if setting is not None else None
            self._window.show_listing(listing, taken(paths, chip.parts) if chosen is None else chosen)

    def _on_failed(self, error: HelperError) -> None:
        if self._window is not None:
            self._window.show_problem(error)

    def _on_taken(self, paths: tuple[str, ...]) -> None:
        chip = self._chip
        self._forget_window()
        setting = self._pages.setting(chip) if chip is not None else None
        if chip is not None and setting is not None:
            self._pages.change(chip, replace(setting, members=paths))
        self._chat.ask()

    def _forget_window(self) -> None:
        window, self._window, self._chip = self._window, None, None
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if window is not None:
            window.deleteLater()
