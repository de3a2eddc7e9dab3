"""How a recording ends of which nothing could be written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from desktop_helper.capture import _recorder
from desktop_helper.capture._control import Control
from desktop_helper.capture._film import Film
from desktop_helper.capture._recorder import Recorder
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.core.recording import Ending, RecordingSpec


class FullDisk:
    """A film that could write `sound` bytes."""

    def __init__(self, path: Path, sound: bytes) -> None:
        self._path, self._sound = path, sound

    full, pictures = False, 3

    def close(self, seconds: float) -> None:
        raise OSError(28, "No space left on device")

    def abandon(self) -> None:
        self._path.write_bytes(self._sound)


class Undecided:
    """A desktop whose user does not answer what may be recorded."""

    def __init__(self) -> None:
        self.answer = threading.Event()
        self.problem = HelperError(ErrorKind.CAPTURE, "Refused.")

    def grab(self, rect: Rect) -> Frame:
        self.answer.wait(20)
        raise self.problem

    def close(self) -> None:
        pass


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
    assert caught.value.message.endswith("a.mp4 cannot be written: the disk is full.")
    assert list(tmp_path.iterdir()) == []
    assert channel.sent == []


def test_what_could_be_written_is_kept(tmp_path: Path) -> None:
    made, channel = recorder(tmp_path)
    made._finish(FullDisk(tmp_path / "a.recording.mp4", b"some"))
    assert (tmp_path / "a.mp4").read_bytes() == b"some"
    (done,) = channel.sent
    assert (done["type"], done["ending"], done["bytes"]) == ("done", Ending.DISK, 4)


def test_a_file_that_may_hold_no_picture_is_refused_and_not_left_there(tmp_path: Path) -> None:
    made, channel = recorder(tmp_path)
    film = Film(tmp_path / "a.recording.mp4", 64, 64, 10.0, max_bytes=1000)
    film.add(bytearray(range(256)) * 64, 0.0)
    with pytest.raises(HelperError) as caught:
        made._finish(film)
    assert caught.value.kind is ErrorKind.USAGE
    assert list(tmp_path.iterdir()) == []
    assert channel.sent == []


@pytest.fixture
def undecided(monkeypatch: pytest.MonkeyPatch) -> Iterator[Undecided]:
    desktop = Undecided()
    monkeypatch.setattr(_recorder, "_capturer", lambda spec: desktop)
    monkeypatch.setattr(_recorder, "_ASKED_S", 0.05)
    monkeypatch.setattr(_recorder, "_PATIENCE_S", 0.2)
    yield desktop
    desktop.answer.set()
    for thread in threading.enumerate():
        if thread.name == "grab":
            thread.join(5)


@pytest.mark.parametrize("deed", ["stop", "discard"])
def test_who_does_not_want_to_answer_need_not(undecided: Undecided, tmp_path: Path, deed: str) -> None:
    made, channel = recorder(tmp_path)
    ending = Ending.DISCARDED if deed == "discard" else Ending.STOPPED
    threading.Timer(0.3, made._control.stop, [ending]).start()
    if deed == "discard":
        made.run()
    else:
        with pytest.raises(HelperError, match="Nothing was recorded, since the recording was ended before"):
            made.run()
    assert list(tmp_path.iterdir()) == []
    waiting = [sent for sent in channel.sent if sent["type"] == "waiting"]
    assert len(waiting) >= 3, "the app would take it for hung"
    done = channel.sent[len(waiting) :]
    assert [(one["type"], one["ending"], one["file"]) for one in done] == (
        [("done", Ending.DISCARDED, None)] if deed == "discard" else []
    )


def test_a_refusal_is_told(undecided: Undecided, tmp_path: Path) -> None:
    made, _channel = recorder(tmp_path)
    undecided.answer.set()
    with pytest.raises(HelperError, match="Refused."):
        made.run()
    assert list(tmp_path.iterdir()) == []
