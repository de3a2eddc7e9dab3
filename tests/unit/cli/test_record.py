"""`desktop-helper record` without a screen: its arguments, what it asks for, what it says and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _main, record
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Screen, WindowInfo
from desktop_helper.core.recording import Ending, Recorded, RecordingProgress
from desktop_helper.services.container import Services

SILENT = {"microphone": False, "system_sound": False}
PROGRESS = RecordingProgress(62.5, 1_234_567, 1875, 0)


class Desktop:
    """Two screens and a window."""

    def screens(self) -> list[Screen]:
        return [Screen(1, "left", Rect(0, 0, 40, 30)), Screen(2, "right", Rect(40, 0, 60, 30), primary=True)]

    def windows(self) -> list[WindowInfo]:
        return [WindowInfo(1, "Notes", Rect(5, 5, 20, 20))]

    def close(self) -> None:
        pass


class Recorder:
    """Stands for `Services.record` and for what it returns."""

    def __init__(self) -> None:
        self.asked: list[tuple[Rect, Path, dict[str, Any]]] = []
        self.events: list[RecordingProgress | Recorded | HelperError] = [PROGRESS]
        self.closed = False
        self.end: Recorded | None = None

    def __call__(self, area: Rect, file: Path, **options: Any) -> Recorder:
        self.asked.append((area, file, options))
        self.events.append(self.end or recorded(file))
        return self

    def next_event(self) -> RecordingProgress | Recorded:
        event = self.events.pop(0)
        if isinstance(event, HelperError):
            raise event
        return event

    def stop(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def recorded(file: Path, ending: Ending = Ending.TIME, dropped: int = 0, message: str = "") -> Recorded:
    return Recorded(ending, file, 1000.0, 3.0, 5000, 90 - dropped, dropped, 60, 30, message, "Do this." * bool(message))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def services(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    made = build_services()
    monkeypatch.setattr(made, "capture", Desktop)
    monkeypatch.setattr(made, "record", recorder)
    yield made
    made.close()


def run(services: Services, *words: str) -> int:
    return _main.run(["record", *words], services, lambda _: record.COMMAND, lambda: [record.COMMAND])


@pytest.mark.parametrize(
    ("words", "area"),
    [
        ([], Rect(40, 0, 60, 30)),
        (["--screen", "1"], Rect(0, 0, 40, 30)),
        (["--screen", "all"], Rect(0, 0, 100, 30)),
        (["--region", "1,2,70,90"], Rect(1, 2, 70, 90)),
        (["--window", "notes"], Rect(5, 5, 20, 20)),
    ],
)
def test_what_is_asked_for_is_what_is_recorded(
    services: Services, recorder: Recorder, tmp_path: Path, words: list[str], area: Rect
) -> None:
    assert run(services, *words, "-o", str(tmp_path / "a.mp4")) == 0
    options = {"fps": 30.0, "seconds": None, "max_bytes": None, "pointer": True} | SILENT
    assert recorder.asked == [(area, tmp_path / "a.mp4", options)]
    assert recorder.closed


def test_limits(services: Services, recorder: Recorder, tmp_path: Path) -> None:
    words = ["--seconds", "2.5", "--fps", "12", "--max-size", "1.5", "--no-pointer", "-o", str(tmp_path / "a.mp4")]
    assert run(services, *words) == 0
    assert recorder.asked[0][2] == {"fps": 12.0, "seconds": 2.5, "max_bytes": 1_500_000, "pointer": False} | SILENT


def test_sound_is_recorded_on_demand(
    services: Services, recorder: Recorder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = "The microphone was not recorded. There is no microphone."
    recorder.end = replace(recorded(tmp_path / "a.mp4"), sound=True, sound_problem=missing)
    assert run(services, "--microphone", "--system-sound", "-o", str(tmp_path / "a.mp4")) == 0
    options = recorder.asked[0][2]
    assert (options["microphone"], options["system_sound"]) == (True, True)
    assert capsys.readouterr() == ("", f"{missing}\n")


def test_without_a_terminal_a_good_recording_says_nothing(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "-o", str(tmp_path / "a.mp4")) == 0
    assert capsys.readouterr() == ("", "")


def test_json_has_one_event_a_line(services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.mp4"
    assert run(services, "--json", "-o", str(file)) == 0
    progress, finished = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert progress == {
        "type": "progress",
        "message": "1:02 · 1.2 MB",
        "seconds": 62.5,
        "bytes": 1_234_567,
        "delivered": 1875,
        "dropped": 0,
        "paused": False,
        "microphone": False,
    }
    assert finished == {
        "type": "finished",
        "reason": "time",
        "file": str(file),
        "began": 1000.0,
        "seconds": 3.0,
        "bytes": 5000,
        "delivered": 90,
        "dropped": 0,
        "width": 60,
        "height": 30,
        "sound": False,
        "sound_problem": "",
    }


@pytest.mark.parametrize(
    ("ending", "code"), [(Ending.DISK, 1), (Ending.SCREEN, 3), (Ending.STOPPED, 0), (Ending.SIZE, 0)]
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_recording_that_ended_too_soon_says_why(
    services: Services,
    recorder: Recorder,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    ending: Ending,
    code: int,
    as_json: bool,
) -> None:
    recorder.events.append(recorded(tmp_path / "a.mp4", ending, message="It ended." if code else ""))
    assert run(services, *["--json"] * as_json, "-o", str(tmp_path / "a.mp4")) == code
    out, err = capsys.readouterr()
    if as_json:
        types = [json.loads(line)["type"] for line in out.splitlines()]
        assert types == ["progress", *["error"] * bool(code), "finished"]
    else:
        assert err == ("desktop-helper: It ended. Do this.\n" if code else "")


def test_missing_pictures_are_told(
    services: Services, recorder: Recorder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder.events.append(recorded(tmp_path / "a.mp4", dropped=30))
    assert run(services, "-o", str(tmp_path / "a.mp4")) == 0
    assert "30 of 90 pictures are missing" in capsys.readouterr().err


def test_a_recorder_that_dies_is_told(
    services: Services, recorder: Recorder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder.events.append(HelperError(ErrorKind.WORKER, "It stopped.", "Look at a.mp4."))
    assert run(services, "--json", "-o", str(tmp_path / "a.mp4")) == 5
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"type": "error", "kind": "worker", "message": "It stopped.", "fix": "Look at a.mp4."}
    assert recorder.closed


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-o", "a.avi"], 2, "MP4"),
        (["--screen", "9", "-o", "a.mp4"], 3, "no screen 9"),
        (["--window", "Player", "-o", "a.mp4"], 3, "Player"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_an_exit_code(
    services: Services, recorder: Recorder, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    assert run(services, *words) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert recorder.asked == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-o", "a.mp4", "--seconds", "0"],
        ["-o", "a.mp4", "--fps", "0"],
        ["-o", "a.mp4", "--fps", "121"],
        ["-o", "a.mp4", "--max-size", "-1"],
        ["-o", "a.mp4", "--screen", "1", "--region", "1,2,3,4"],
    ],
)
def test_nonsense_is_refused(services: Services, recorder: Recorder, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(services, *words)
    assert caught.value.code == 2
    assert recorder.asked == []


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "DISPLAY is not set"),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "The Wayland compositor does not answer"),
    ],
)
def test_without_a_screen_to_look_at(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: dict[str, str],
    said: str,
) -> None:
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    services = build_services()
    try:
        assert run(services, "-o", str(tmp_path / "a.mp4")) == 3
    finally:
        services.close()
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
