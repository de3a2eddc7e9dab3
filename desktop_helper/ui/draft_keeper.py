"""Keeps what stands in the composer through quitting and crashes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from weakref import WeakValueDictionary

from PySide6.QtCore import QObject, QTimer

from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import MediaPart
from desktop_helper.qt.background import Background
from desktop_helper.services.draft import Draft, DraftFile
from desktop_helper.ui.composer import Composer

PAUSE_MS = 400  # of typing before it is written down


class DraftKeeper(QObject):
    """Does nothing before `restore`: what is on the disk must not be replaced by an empty field."""

    def __init__(self, file: DraftFile, composer: Composer, background: Background) -> None:
        super().__init__(composer)
        self._file, self._composer, self._background = file, composer, background
        self._kept: Draft | None = None
        self._left_out: WeakValueDictionary[int, MediaPart] = WeakValueDictionary()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._keep)

    def restore(self) -> None:
        """Put the saved draft into the composer, and keep it up to date from then on."""
        self._background.run(lambda _cancel: self._file.load(), self._show, self._give_up)

    def leave_out(self, parts: Iterable[MediaPart]) -> None:
        """Never write these down, since they are in memory only until they are asked about."""
        self._left_out.update((id(part), part) for part in parts)

    def leave_out_as(self, source: MediaPart, made: Iterable[MediaPart]) -> None:
        """What was made of a part is written down if that is."""
        if self.leaves_out(source):
            self.leave_out(made)

    def leaves_out(self, part: MediaPart) -> bool:
        """Whether it is one of those."""
        return self._left_out.get(id(part)) is part

    def close(self) -> None:
        """Return when the last change is saved."""
        self._timer.stop()
        self._keep()
        self._file.close()

    def _show(self, draft: Draft) -> None:
        self._kept = draft
        if draft != Draft():
            self._composer.put_back(draft.text, draft.attachments)
        self._composer.edited.connect(self._timer.start)
        self._timer.start()  # for what was typed meanwhile

    def _give_up(self, _error: HelperError) -> None:
        """A fault of ours, which is in the log; the file stays for a version that can read it."""

    def _keep(self) -> None:
        if self._kept is None:
            return
        draft = self._composer.unsent()
        kept = tuple(pair for pair in draft.attachments if not any(map(self.leaves_out, pair[1])))
        draft = replace(draft, attachments=kept)
        if draft != self._kept:
            self._kept = draft
            self._file.keep(draft)
