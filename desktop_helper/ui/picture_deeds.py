"""What can be done with a picture of the screen besides asking about it: copy it or its text, save it, pin it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Frame
from desktop_helper.qt import screens
from desktop_helper.qt.background import Background
from desktop_helper.qt.x11_focus import X11Focus
from desktop_helper.services import pictures
from desktop_helper.services.atomic_file import write_whole
from desktop_helper.services.container import Services
from desktop_helper.services.settings import SettingsStore
from desktop_helper.services.storage_errors import not_written
from desktop_helper.ui.frame_image import image_of, to_clipboard
from desktop_helper.ui.pinned_picture import PinnedPicture
from desktop_helper.ui.text_desk import Notify, TextDesk

_log = logging.getLogger(__name__)


class PictureDeeds(QObject):
    """Performs them; files are written on a thread.

    Args:
        services: the settings remember the folder that was saved to last; the reader reads.
        background: writes.
        notify: says a title and a text in the tray; False where there is none.
        parent: owner.

    Attributes:
        text: copies the text of pictures.

    Signals:
        saved(str): the file that a picture went to.
        failed: a `HelperError`.
        said(str): what the user should read in our window, since there is no tray.
        asked: a `Frame` that was pinned, and its name; it is wanted for a question now.
    """

    saved = Signal(str)
    failed = Signal(object)
    said = Signal(str)
    asked = Signal(object, str)

    def __init__(
        self, services: Services, background: Background, notify: Notify, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._settings = services.settings
        self.text = TextDesk(services, background, notify, self.failed.emit, self.said.emit)
        self.saved.connect(lambda path: notify(tr("The picture is saved"), path))
        self._focus = X11Focus()
        self._pins: list[PinnedPicture] = []
        self._dialog: _SaveDialog | None = None

    def perform(self, deed: str, frame: Frame, name: str) -> None:
        """Do `copy`, `read`, `save` or `pin` with the picture. `name`: what it shows. Untrusted."""
        if deed == "copy":
            to_clipboard(image_of(frame))
        elif deed == "read":
            self.text.take(frame, name)
        elif deed == "save":
            self.save(frame)
        else:
            self.pin(frame, name)

    def choose_text(self, pick: Callable[[str, PictureDeeds], None]) -> None:
        """Let the user choose a region whose text is copied; while one is being read, stop that."""
        if not self.text.stop():
            pick("region", self)

    def save(self, frame: Frame) -> None:
        """Ask where to, and write a PNG file with the exact pixels."""
        self._close_dialog()
        self._dialog = dialog = _SaveDialog(str(self._folder() / file_name()))
        dialog.accepted.connect(lambda: self._write(frame, Path(dialog.selectedFiles()[0])))
        dialog.finished.connect(lambda _result: self._close_dialog())
        dialog.show()
        dialog.activateWindow()
        self._focus.activate(int(dialog.winId()))

    def pin(self, frame: Frame, name: str) -> PinnedPicture:
        """Show it above everything, where it was taken."""
        image, place = image_of(frame), QPoint(0, 0)
        screen = screens.showing(frame.rect)
        if screen is not None:
            ratio, corner = screen.devicePixelRatio(), screen.geometry().topLeft()
            image.setDevicePixelRatio(ratio)
            offset = QPoint(round((frame.rect.x - corner.x()) / ratio), round((frame.rect.y - corner.y()) / ratio))
            place = corner + offset
        pinned = PinnedPicture(image, place)
        self._pins.append(pinned)
        pinned.closed.connect(lambda: self._forget(pinned))
        pinned.save_requested.connect(lambda: self.save(frame))
        pinned.text_requested.connect(lambda: self.text.take(frame, name))
        pinned.asked.connect(lambda: self.asked.emit(frame, name))
        pinned.show()
        return pinned

    def close(self) -> None:
        """Take everything off the screen that was pinned there, and read no more."""
        self._close_dialog()
        self.text.close()
        pins, self._pins = self._pins, []
        for pinned in pins:
            pinned.close()
        self._focus.close()

    def _forget(self, pinned: PinnedPicture) -> None:
        if pinned in self._pins:
            self._pins.remove(pinned)

    def _folder(self) -> Path:
        """Where the last one went, else where the system keeps pictures."""
        last = self._settings.current.capture.folder
        if last and Path(last).is_dir():
            return Path(last)
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))

    def _write(self, frame: Frame, path: Path) -> None:
        self._background.run(
            lambda _cancel: write_png(frame, path, self._settings),
            done=lambda written: self.saved.emit(str(written)),
            failed=self.failed.emit,
        )

    def _close_dialog(self) -> None:
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.hide()
            dialog.deleteLater()


class _SaveDialog(QFileDialog):
    """A window of ours, so that it steps aside for the next picture."""

    def __init__(self, suggested: str) -> None:
        super().__init__(None, tr("Save the picture"))
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix("png")
        self.setNameFilter(tr("Pictures (*.png)"))
        self.setDirectory(str(Path(suggested).parent))
        self.selectFile(suggested)


def write_png(frame: Frame, path: Path, settings: SettingsStore) -> Path:
    """Write the file and remember its folder. Raises `HelperError(STORAGE)`. For a thread."""
    try:
        write_whole(path, pictures.to_png(frame))
    except OSError as error:
        raise not_written(path, error) from error
    folder = str(path.parent)
    try:
        if settings.current.capture.folder != folder:
            settings.update(lambda all_: replace(all_, capture=replace(all_.capture, folder=folder)))
    except HelperError as error:  # the picture is there all the same
        _log.info("the folder of pictures is not remembered: %s", error)
    return path


def file_name() -> str:
    """`Screenshot 2026-11-29 14.05.33.png`: sorts by time, and every file system takes it."""
    return tr("Screenshot {time}", time=time.strftime("%Y-%m-%d %H.%M.%S")) + ".png"
