"""The folder of recordings, and a recording that nobody waits for."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import cast

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.recording import Ending, Recorded, RecordingProgress
from desktop_helper.services import recordings
from desktop_helper.services.recording import Recording
from desktop_helper.services.recording_run import RecordingRun

DAY_S = 86_400


def test_names_are_new_and_the_folder_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "recordings"
    made = []
    for _ in range(3):
        file = recordings.new_file(folder)
        file.touch()
        made.append(file)
    assert len(set(made)) == 3
    assert all(file.parent == folder and file.suffix == ".mp4" and file.stem.startswith("Recording ") for file in made)
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HelperError) as caught:
        recordings.new_file(tmp_path / "file" / "recordings")
    assert caught.value.kind is ErrorKind.STORAGE


def test_old_recordings_go_and_nothing_else(tmp_path: Path) -> None:
    for name, days in (("old.mp4", 31), ("left.recording.mp4", 31), ("new.mp4", 29), ("notes.txt", 400)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - days * DAY_S,) * 2)
    recordings.tidy_up(tmp_path, 0)
    assert len(list(tmp_path.iterdir())) == 4
    recordings.tidy_up(tmp_path, 30)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.mp4", "notes.txt"]
    recordings.tidy_up(tmp_path / "not there", 30)


class FakeRecording:
    """Notes what it is told, and ends when it is stopped or discarded."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.closed = False
        self._over = threading.Event()
        self._first = True

    def pause(self) -> None:
        self.told.append("pause")

    def resume(self) -> None:
        self.told.append("resume")

    def stop(self) -> None:
        self.told.append("stop")
        self._over.set()

    def discard(self) -> None:
        self.told.append("discard")
        self._over.set()

    def next_event(self) -> RecordingProgress | Recorded:
        if self._first:
            self._first = False
            return RecordingProgress(1.5, 2000, 45, 0)
        assert self._over.wait(10)
        return Recorded(Ending.STOPPED, Path("a.mp4"), 0.0, 2.0, 3000, 60, 0, 64, 48)

    def close(self) -> None:
        self.closed = True


def working(run: RecordingRun, cancel: CancelToken, results: list[Recorded]) -> threading.Thread:
    thread = threading.Thread(target=lambda: results.append(run.work(cancel)))
    thread.start()
    return thread


def test_what_was_wanted_before_it_began_is_told_in_order() -> None:
    fake, results = FakeRecording(), list[Recorded]()
    run = RecordingRun(lambda: cast(Recording, fake))
    run.pause()
    run.resume()
    run.stop()
    thread = working(run, CancelToken(), results)
    thread.join(10)
    assert fake.told == ["pause", "resume", "stop"]
    assert fake.closed
    assert results[0].seconds == 2.0
    assert run.progress == RecordingProgress(1.5, 2000, 45, 0)


def test_cancelling_stops_it_and_keeps_it() -> None:
    fake, results, cancel = FakeRecording(), list[Recorded](), CancelToken()
    thread = working(RecordingRun(lambda: cast(Recording, fake)), cancel, results)
    cancel.cancel()
    thread.join(10)
    assert fake.told == ["stop"]
    assert fake.closed


def test_it_is_closed_after_a_failure() -> None:
    fake = FakeRecording()
    error = HelperError(ErrorKind.WORKER, "It stopped.")

    def fail() -> RecordingProgress | Recorded:
        raise error

    fake.next_event = fail  # type: ignore[method-assign]
    with pytest.raises(HelperError):
        RecordingRun(lambda: cast(Recording, fake)).work(CancelToken())
    assert fake.closed
