"""`desktop-helper shot` without a screen: its arguments, what it takes and where it puts it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _main, shot
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame, Screen, WindowInfo
from desktop_helper.services.container import Services
from tests.support import sample_files

LEFT, RIGHT = Rect(0, 0, 40, 30), Rect(40, 0, 60, 30)


class Desktop:
    """Two screens and a window; each pixel tells nothing but its place."""

    def __init__(self) -> None:
        self.closed = False

    def screens(self) -> list[Screen]:
        return [Screen(1, "left", LEFT), Screen(2, "right", RIGHT, primary=True)]

    def windows(self) -> list[WindowInfo]:
        return [WindowInfo(1, "Notes", Rect(5, 5, 10, 20))]

    def grab(self, rect: Rect) -> Frame:
        return Frame(bytes(rect.width * rect.height * 4), rect)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def services(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    made = build_services()
    monkeypatch.setattr(made, "capture", lambda: desktop)
    yield made
    made.close()


def run(services: Services, *words: str) -> int:
    return _main.run(["shot", *words], services, lambda _: shot.COMMAND, lambda: [shot.COMMAND])


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ([], (60, 30)),
        (["--screen"], (60, 30)),
        (["--screen", "1"], (40, 30)),
        (["--screen", "all"], (100, 30)),
        (["--region", "1,2,7,9"], (7, 9)),
        (["--window", "notes"], (10, 20)),
    ],
)
def test_what_is_asked_for_is_what_the_file_holds(
    services: Services, desktop: Desktop, tmp_path: Path, words: list[str], size: tuple[int, int]
) -> None:
    file = tmp_path / "a.PNG"
    assert run(services, *words, "-o", str(file)) == 0
    assert sample_files.decoded(file.read_bytes()).size == size
    assert desktop.closed


def test_a_picture_that_is_there_is_written_over(services: Services, tmp_path: Path) -> None:
    """As by other programs with `-o`; the help says so."""
    file = tmp_path / "a.png"
    file.write_bytes(b"old")
    assert run(services, "-o", str(file)) == 0
    assert sample_files.decoded(file.read_bytes()).size == (60, 30)


def test_standard_output_gets_the_file_and_nothing_else(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=written, flush=lambda: None))
    assert run(services, "-o", "-") == 0
    assert sample_files.decoded(written.getvalue()).size == (60, 30)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-o", "a.jpg"], 2, "PNG"),
        (["-o", "folder"], 2, "folder is a folder. Name a file in it"),
        (["-o", "folder.png"], 2, "folder.png is a folder. Name a file in it"),
        (["--screen", "9", "-o", "a.png"], 3, "no screen 9"),
        (["--window", "Player", "-o", "a.png"], 3, "Player"),
        (["-o", "missing/a.png"], 1, "cannot be written"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_an_exit_code(
    services: Services,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("folder", "folder.png"):
        (tmp_path / name).mkdir()
    assert run(services, *words) == code
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert list(tmp_path.glob("a.*")) == []


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["-o"],
        ["-o", "a.png", "--screen", "0"],
        ["-o", "a.png", "--region", "1,2"],
        ["-o", "a.png", "--screen", "1", "--region", "1,2,3,4"],
    ],
)
def test_nonsense_is_refused(services: Services, desktop: Desktop, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(services, *words)
    assert caught.value.code == 2
    assert not desktop.closed
