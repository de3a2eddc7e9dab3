"""A converter in a room of its own: how much the app grows, how long it waits, and what is lying about afterwards."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from desktop_helper.core.child import child_argv
from desktop_helper.core.documents import LONGEST, PageReading, PageText, Unit
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter

MOST_GROWTH = 100_000_000
SLACK_S = 3.0
_BUSY = (ErrorKind.SOURCE, ErrorKind.LOCKED, ErrorKind.PROTECTED)


@dataclass
class Room:
    """Where files are read.

    Args:
        folder: of the room; everything that the converter writes must be below it.
        limit_s: the converter's time limit.
    """

    folder: Path
    limit_s: float
    converter: Converter = field(init=False)

    def __post_init__(self) -> None:
        argv = child_argv("desktop_helper.attachments._worker")
        self.converter = Converter(argv, self.folder / "logs", time_limit_s=self.limit_s)
        self.converter.warm()

    @property
    def files(self) -> Path:
        """Where the hostile ones lie."""
        return self.folder / "files"

    def written(self, data: bytes, name: str) -> Path:
        """A file with these bytes."""
        path = self.files / name
        path.write_bytes(data)
        return path

    def read(self, path: Path, options: ConvertOptions | None = None) -> tuple[MediaPart, ...] | HelperError:
        """What comes of it: parts that can be sent, or a sentence; and never later than the limit."""
        begun = time.monotonic()
        with _Growth() as growth:
            found = self._read(path, options)
        assert growth.most < MOST_GROWTH, f"the app grew by {growth.most / 1e6:.0f} MB"
        assert time.monotonic() - begun < self.limit_s + SLACK_S, f"{path} took too long"
        check_refusal(found) if isinstance(found, HelperError) else check_parts(found)
        return found

    def look_through(self, path: Path) -> tuple[PageText, ...] | HelperError:
        """What its parts say, or a sentence, within the same limits."""
        begun = time.monotonic()
        with _Growth() as growth:
            try:
                wanted = PageReading(1, LONGEST, unit=Unit.PART)
                found: tuple[PageText, ...] | HelperError = self.converter.page_texts(path, path.name, wanted)[1]
            except HelperError as error:
                found = error
        assert growth.most < MOST_GROWTH, f"the app grew by {growth.most / 1e6:.0f} MB"
        assert time.monotonic() - begun < self.limit_s + SLACK_S, f"{path} took too long"
        if isinstance(found, HelperError):
            check_refusal(found)
        return found

    def _read(self, path: Path, options: ConvertOptions | None) -> tuple[MediaPart, ...] | HelperError:
        try:
            return self.converter.convert_file(path, options)
        except HelperError as error:
            return error


def check_parts(parts: tuple[MediaPart, ...]) -> None:
    """Something that a model can be sent."""
    assert parts
    for part in parts:
        assert part.name
        if isinstance(part, ImagePart):
            assert part.data.startswith(b"\x89PNG" if part.mime == "image/png" else b"\xff\xd8")
            assert part.width > 0 < part.height
        else:
            assert isinstance(part, FilePart)
            part.text.encode()


def check_refusal(error: HelperError) -> None:
    """One sentence that says what and why."""
    assert error.kind in _BUSY, error.kind
    assert error.message.endswith("."), error.message
    assert len(error.message) < 1000
    assert "Traceback" not in error.message
    assert "Error(" not in error.message


def said(parts: tuple[MediaPart, ...]) -> str:
    """All that is sent as text."""
    return "\n".join(part.text for part in parts if isinstance(part, FilePart))


@contextmanager
def room(folder: Path, monkeypatch: pytest.MonkeyPatch, limit_s: float = 20.0) -> Iterator[Room]:
    """Opens one. When it is left, nothing lies about that was not there before."""
    for name in ("files", "home", "temporary", "standing", "logs"):
        (folder / name).mkdir()
    monkeypatch.setenv("HOME", str(folder / "home"))
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(folder / "temporary"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "home" / ".cache"))
    monkeypatch.chdir(folder / "standing")
    before = _shared_places()
    made = Room(folder, limit_s)
    try:
        yield made
    finally:
        made.converter.close()
    assert [path for name in ("home", "temporary", "standing") for path in (folder / name).rglob("*")] == []
    assert {path.name for path in (folder / "logs").iterdir()} <= {"converter.log", "converter.log.1"}
    assert _shared_places() - before == set()


def _shared_places() -> set[Path]:
    """What lies where programs that know no better write: names that are ours or the hostile files' own."""
    found = {path for place in (Path("/tmp"), Path("/var/tmp"), Path("/")) if place.is_dir() for path in _listed(place)}
    return {path for path in found if path.name.startswith(("climbed", "desktop-helper-office", "mupdf", "lu"))}


def _listed(place: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(place)]
    except OSError:
        return []


class _Growth:
    """How much this process grows at most, while it is entered."""

    def __init__(self) -> None:
        self.most = 0
        self._process = psutil.Process()
        self._begun = self._process.memory_info().rss
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="growth", daemon=True)

    def __enter__(self) -> _Growth:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while True:
            self.most = max(self.most, self._process.memory_info().rss - self._begun)
            if self._over.wait(0.01):
                return
