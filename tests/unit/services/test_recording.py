"""Recording: names of files, what can be recorded, and what is left when the recorder goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.recording import RecordingProgress, RecordingSpec
from desktop_helper.services import recording
from desktop_helper.services.recording import Recording, checked_area, checked_file, partial_file

MISBEHAVING = child_argv("tests.support.recorder_child")
AREA = Rect(0, 0, 100, 80)

Begin = Callable[..., Recording]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    running: list[Recording] = []

    def start(name: str, argv: list[str] = MISBEHAVING) -> Recording:
        file = tmp_path / f"{name}.mp4"
        running.append(Recording(argv, tmp_path / "logs", RecordingSpec(AREA, file, partial_file(file))))
        return running[-1]

    yield start
    for one in running:
        one.close()


def failure(running: Recording) -> HelperError:
    assert isinstance(running.next_event(), RecordingProgress)
    with pytest.raises(HelperError) as caught:
        running.next_event()
    return caught.value


def videos(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.mp4"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_what_a_killed_recorder_has_written_is_kept(begin: Begin, tmp_path: Path) -> None:
    error = failure(begin("begun_dies"))
    assert error.kind is ErrorKind.WORKER
    assert "signal 9" in error.message
    assert str(tmp_path / "begun_dies.mp4") in error.fix
    assert videos(tmp_path) == ["begun_dies.mp4"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_empty_file_is_not_kept(begin: Begin, tmp_path: Path) -> None:
    error = failure(begin("dies"))
    assert "Nothing was recorded" in error.fix
    assert videos(tmp_path) == []


def test_a_recorder_that_hangs_is_ended(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = begin("begun_hangs")
    assert isinstance(running.next_event(), RecordingProgress)
    monkeypatch.setattr(recording, "SILENCE_S", 0.3)
    with pytest.raises(HelperError, match="does not answer"):
        running.next_event()
    assert videos(tmp_path) == ["begun_hangs.mp4"]


def test_a_recorder_whose_desktop_asks_is_waited_for(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    running = begin("asks")
    assert isinstance(running.next_event(), RecordingProgress)
    assert not running.is_waiting
    monkeypatch.setattr(recording, "SILENCE_S", 1.2)
    with pytest.raises(HelperError, match="There is no screen"):
        running.next_event()
    assert running.is_waiting


def test_what_the_recorder_refuses_is_told(begin: Begin, tmp_path: Path) -> None:
    error = failure(begin("refuses"))
    assert (error.kind, error.message) == (ErrorKind.CAPTURE, "There is no screen.")
    assert videos(tmp_path) == []


def test_a_recorder_that_cannot_be_started_leaves_nothing(begin: Begin, tmp_path: Path) -> None:
    with pytest.raises(HelperError, match="could not be started"):
        begin("never", ["/nonexistent/program"])
    assert videos(tmp_path) == []


def test_the_file_in_the_making_has_a_name_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    assert [partial_file(file).name for _ in range(3)] == [
        "clip.recording.mp4",
        "clip.recording-2.mp4",
        "clip.recording-3.mp4",
    ]


def test_places_that_cannot_be_written_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    for wrong in (tmp_path / "missing" / "a.mp4", tmp_path / "folder.mp4"):
        with pytest.raises(HelperError, match="cannot be written") as caught:
            partial_file(wrong)
        assert caught.value.kind is ErrorKind.STORAGE


def test_what_can_be_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert checked_file(Path("a.MP4")) == tmp_path / "a.MP4"
    with pytest.raises(HelperError, match="MP4"):
        checked_file(Path("a.avi"))
    assert checked_area(Rect(0, 0, 16, 16))
    with pytest.raises(HelperError, match="too small"):
        checked_area(Rect(0, 0, 300, 15))


def test_a_spec_travels_whole(tmp_path: Path) -> None:
    spec = RecordingSpec(AREA, tmp_path / "ä.mp4", tmp_path / "b.mp4", 12.5, 3.0, 99, 7, pointer=False)
    assert RecordingSpec.from_header(spec.to_header()) == spec
