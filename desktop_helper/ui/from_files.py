"""Attachments that were made of files: tells the desks that can read those again, also when they come back."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from desktop_helper.core.cancel import CancelToken
from desktop_helper.services.file_origins import FileOrigin, FileOrigins
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.dense_desk import DenseDesk
from desktop_helper.ui.detail_desk import DetailDesk
from desktop_helper.ui.files.desk import FilesDesk
from desktop_helper.ui.pages_desk import PagesDesk
from desktop_helper.ui.trim.desk import TrimDesk


class FromFiles(QObject):
    """Belongs to the chat.

    What comes back with a draft, or of the questions that waited, can be changed as before, by the note that was made
    of it in `origins`. Videos have notes of their own (`services.clip_origins`).

    Args:
        composer: where they are.
        origins: which files they were made of.
        trim, pages, detail, files, dense: what can be done with them.
    """

    def __init__(
        self,
        composer: Composer,
        origins: FileOrigins,
        trim: TrimDesk,
        pages: PagesDesk,
        detail: DetailDesk,
        files: FilesDesk,
        dense: DenseDesk,
    ) -> None:
        super().__init__(composer)
        self._origins = origins
        self._trim, self._pages, self._detail, self._files, self._dense = trim, pages, detail, files, dense
        composer.chip_added.connect(self._watch)

    def know(self, chip: AttachmentChip, path: Path, reading: CancelToken) -> None:
        """The chip is being read from a file, or from what is in a folder."""
        self._trim.know(chip, path, reading)
        self._detail.know(chip, path)
        self._pages.know(chip, path, reading)
        self._files.know(chip, path)
        self._dense.know(chip, path)

    def _watch(self, chip: AttachmentChip) -> None:
        chip.settled.connect(partial(self._on_settled, chip))

    def _on_settled(self, chip: AttachmentChip) -> None:
        if not chip.parts or chip.is_clip:
            return
        origin = self._pages.origin(chip)
        if origin is not None:
            self._origins.remember(chip.parts, origin)
        elif (found := self._origins.find(chip.parts)) is not None:
            self._know_again(chip, found)

    def _know_again(self, chip: AttachmentChip, origin: FileOrigin) -> None:
        self._detail.know(chip, origin.path)
        self._pages.know_again(chip, origin)
        self._files.know(chip, origin.path)
        self._dense.know(chip, origin.path)
        chip.set_ready(chip.parts)  # once more, for those that know it now
