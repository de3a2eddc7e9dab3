"""How a recording ends of which nothing could be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from desktop_helper.capture._control import Control
from desktop_helper.capture._recorder import Recorder
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.recording import Ending, RecordingSpec


class FullDisk:
    """A film that could write `sound` bytes."""

    def __init__(self, path: Path, sound: bytes) -> None:
        self._path, self._sound = path, sound

    def close(self, seconds: float) -> None:
        raise OSError(28, "No space left on device")

    def abandon(self) -> None:
        self._path.write_bytes(self._sound)


class Channel:
    def __init__(self) -> None:
        self.sent: list[dict[str, object]] = []

    def send(self, header: dict[str, object]) -> None:
        self.sent.append(header)


def recorder(folder: Path) -> tuple[Any, Channel]:
    spec = RecordingSpec(Rect(0, 0, 100, 100), folder / "a.mp4", folder / "a.recording.mp4")
    spec.partial.touch()
    channel = Channel()
    return Recorder(spec, Control(), cast("Any", channel)), channel


def test_nothing_is_left_and_that_is_said(tmp_path: Path) -> None:
    made, channel = recorder(tmp_path)
    with pytest.raises(HelperError) as caught:
        made._finish(FullDisk(tmp_path / "a.recording.mp4", b""))
    assert caught.value.kind is ErrorKind.STORAGE
    assert caught.value.message.startswith("Nothing was recorded. The recording ended, since ")
    assert list(tmp_path.iterdir()) == []
    assert channel.sent == []


def test_what_could_be_written_is_kept(tmp_path: Path) -> None:
    made, channel = recorder(tmp_path)
    made._finish(FullDisk(tmp_path / "a.recording.mp4", b"some"))
    assert (tmp_path / "a.mp4").read_bytes() == b"some"
    (done,) = channel.sent
    assert (done["type"], done["ending"], done["bytes"]) == ("done", Ending.DISK, 4)
