"""`desktop-helper text`: what it reads, where it prints it, and its exit codes."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _main, text
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame, Screen, WindowInfo
from desktop_helper.core.text_lines import TextLine, Word
from desktop_helper.services.container import Services
from tests.support import sample_files, written

SCREEN = Rect(0, 0, 300, 60)


class Desktop:
    """One screen that says something."""

    def screens(self) -> list[Screen]:
        return [Screen(1, "only", SCREEN, primary=True)]

    def windows(self) -> list[WindowInfo]:
        return []

    def grab(self, rect: Rect) -> Frame:
        image = written.picture([(10, 10, "On the screen")], (rect.width, rect.height))
        return Frame(image.convert("RGBA").tobytes("raw", "BGRA"), rect)

    def close(self) -> None:
        """Nothing is open."""


class Reader:
    """Stands for the process: says how many pictures it was given, and whether there is text in this one."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.found: tuple[TextLine, ...] = (
            TextLine("Hello there", Rect(1, 2, 110, 20), 0.97, (Word("Hello", Rect(1, 2, 50, 20)),)),
            TextLine("Ann\x1b[2J", Rect(1, 30, 40, 20), 0.9),
        )
        self.error: HelperError | None = None

    def warm(self) -> None:
        """It is."""

    def read(self, data: bytes, name: str, cancel: CancelToken, on_progress: Any) -> tuple[TextLine, ...]:
        on_progress(Progress("Looking for text", 0.0))
        self.given.append(name)
        if self.error is not None:
            raise self.error
        return self.found

    def close(self) -> None:
        """Nothing runs."""


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def services(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    made = build_services()
    monkeypatch.setattr(made, "capture", Desktop)
    made.__dict__["text_reader"] = reader
    monkeypatch.setattr(sys, "stdin", None)
    yield made
    made.close()


def run(services: Services, *words: str) -> int:
    return _main.run(["text", *words], services, lambda _: text.COMMAND, lambda: [text.COMMAND])


def file(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_a_picture_and_a_text_file(services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = file(tmp_path, "a.png", sample_files.picture())
    notes = file(tmp_path, "notes.txt", b"one\ntwo\n")
    assert run(services, "--file", picture, "--file", notes) == 0
    said = capsys.readouterr()
    assert said.out == "Hello there\nAnn\x1b[2J\n\none\ntwo\n"  # a pipe gets what was read
    assert said.err == ""


def test_files_are_named_with_and_without_the_option(
    services: Services, reader: Reader, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, three = (file(tmp_path, f"{name}.png", sample_files.picture()) for name in ("one", "two", "three"))
    assert run(services, one, two, "--file", three, "--json") == 0
    assert reader.given == ["one.png", "two.png", "three.png"]
    assert run(services, str(tmp_path / "gone.png")) == 3
    assert "gone.png" in capsys.readouterr().err


def test_screen_and_region(services: Services, reader: Reader, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services, "--screen", "--region", "0,0,100,50") == 0
    assert reader.given == ["Screen", "Region"]
    assert capsys.readouterr().out.count("Hello there") == 2


def test_json_has_the_place_of_each_word(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "--json", "--file", file(tmp_path, "a.png", sample_files.picture(64, 48))) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["type"] for event in events] == ["progress", "text", "finished"]
    found = events[1]
    assert (found["name"], found["text"]) == ("a.png", "Hello there\nAnn\x1b[2J")
    assert (found["width"], found["height"]) == (64, 48)
    assert found["lines"][0] == {
        "text": "Hello there",
        "box": [1, 2, 110, 20],
        "score": 0.97,
        "words": [{"text": "Hello", "box": [1, 2, 50, 20]}],
    }


def test_no_text_is_said_plainly(
    services: Services, reader: Reader, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.found = ()
    assert run(services, "--file", file(tmp_path, "a.png", sample_files.picture())) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "No text was found in a.png.\n")


@pytest.mark.parametrize("words", [[], ["--screen", "two"]])
def test_nothing_to_read(services: Services, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services, *words) == 2
    assert "Name a file, or take" in capsys.readouterr().err


def test_a_picture_that_is_piped_in(
    services: Services, reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(file(tmp_path, "a.png", sample_files.picture())).open("rb") as stream:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        assert run(services) == 0
    assert reader.given == ["Standard input"]


@pytest.mark.parametrize(("kind", "code"), [(ErrorKind.SOURCE, 3), (ErrorKind.WORKER, 5), (ErrorKind.CANCELLED, 5)])
def test_exit_codes(
    services: Services, reader: Reader, tmp_path: Path, kind: ErrorKind, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.error = HelperError(kind, "It did not work.", "Do something else.")
    assert run(services, "--file", file(tmp_path, "a.png", sample_files.picture())) == code
    assert "It did not work. Do something else." in capsys.readouterr().err
    assert run(services, "--file", str(tmp_path / "none.png")) == 3
