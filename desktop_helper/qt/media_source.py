"""Pictures and files of stored messages: their bytes are read, and pictures decoded, off the UI thread."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.document_places import NOTHING, Outline, outline_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.qt.background import Background
from desktop_helper.services.file_names import file_name

Failed = Callable[[HelperError], None]


class MediaSource:
    """For the windows that show messages.

    Args:
        background: runs what takes time.
        blob: finds bytes by their sha256 (`History.blob`).
    """

    def __init__(self, background: Background, blob: Callable[[str], bytes | None]) -> None:
        self._background = background
        self._blob = blob
        self._folder: Path | None = None

    def thumbnail(self, part: ImagePart, room: QSize, done: Callable[[QImage], None]) -> CancelToken:
        """Decode a picture into about `room`. One that is gone, or cannot be read, gives nothing."""
        return self._background.run(lambda _cancel: decode(self.loaded(part).data, room), done, _ignore)

    def open(self, part: MediaPart, done: Callable[[MediaPart, QImage], None], failed: Failed) -> CancelToken:
        """The part with its bytes and the picture in its true size; a null picture for what is none."""
        return self._background.run(lambda _cancel: self._opened(part), lambda found: done(*found), failed)

    def outline(self, part: FilePart, done: Callable[[Outline], None]) -> CancelToken:
        """Which places its text tells of. A part that is gone gives nothing."""

        def read(_cancel: CancelToken) -> Outline:
            found = self.loaded(part)
            return outline_of(found) if isinstance(found, FilePart) else NOTHING

        return self._background.run(read, done, _ignore)

    def save(self, part: MediaPart, path: Path, done: Callable[[Path], None], failed: Failed) -> CancelToken:
        """Write it to a file of the user's."""
        return self._background.run(partial(self._write, part, path), done, failed)

    def loaded(self, part: MediaPart) -> MediaPart:
        """The part with its bytes. Reads the disk. Raises `HelperError(STORAGE)` if they are gone."""
        if part.data:
            return part
        data = self._blob(part.sha256)
        if data is None:
            raise HelperError(ErrorKind.STORAGE, tr("{name} is missing from the history folder.", name=part.name))
        if isinstance(part, FilePart) and not part.text:
            return replace(part, data=data, text=data.decode("utf-8", "replace"))
        return replace(part, data=data)

    def file_for(self, part: MediaPart) -> Path:
        """A copy under its own name that another program may read until `close`; for what is dragged out.

        Reads and writes the disk. Raises `HelperError(STORAGE)`.
        """
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="desktop-helper-"))
        path = self._folder / part.sha256[:12] / file_name(part)
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            self._write(part, path)
        return path

    def close(self) -> None:
        """Remove the copies."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _opened(self, part: MediaPart) -> tuple[MediaPart, QImage]:
        found = self.loaded(part)
        return found, QImage.fromData(found.data) if isinstance(found, ImagePart) else QImage()

    def _write(self, part: MediaPart, path: Path, _cancel: CancelToken | None = None) -> Path:
        from desktop_helper.services.storage_errors import not_written

        data = self.loaded(part).data
        try:
            path.write_bytes(data)
        except OSError as error:
            raise not_written(path, error) from error
        return path


def decode(data: bytes, room: QSize) -> QImage:
    """Our own PNG or JPEG, made small while it is read where the format can."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if size.isValid() and (size.width() > room.width() or size.height() > room.height()):
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    return reader.read()


def _ignore(_error: HelperError) -> None:
    """The sign for a file stands there instead."""
