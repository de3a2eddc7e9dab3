"""What is piped into `ask`: read when it is there, never waited for without end."""

from __future__ import annotations

import argparse
import io
import json
import os
import pty
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _standard_input, ask
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.container import Services
from tests.support import sample_files

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
CUSTOM = ("--base-url", "http://127.0.0.1:9/v1", "--model", "m")

Feed = Callable[..., None]


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


@pytest.fixture
def opened() -> Iterator[list[int]]:
    descriptors: list[int] = []
    yield descriptors
    for descriptor in descriptors:
        os.close(descriptor)


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch, opened: list[int]) -> Feed:
    """Puts a pipe in the place of standard input."""

    def feed(data: bytes = b"", *, ended: bool = True) -> None:
        theirs, ours = os.pipe()
        opened.append(theirs)
        os.write(ours, data)
        if ended:
            os.close(ours)
        else:
            opened.append(ours)
        replace(monkeypatch, theirs)

    return feed


def replace(monkeypatch: pytest.MonkeyPatch, descriptor: int) -> None:
    monkeypatch.setattr(sys, "stdin", os.fdopen(descriptor, closefd=False))


def asked(services: Services, folder: Path, *words: str) -> list[Any]:
    """The last message of what would be sent."""
    parser = argparse.ArgumentParser()
    ask.COMMAND.configure(parser)
    assert ask.COMMAND.run(parser.parse_args(["--dry-run", str(folder), *CUSTOM, *words]), services) == 0
    content = json.loads((folder / "request.json").read_text(encoding="utf-8"))["messages"][-1]["content"]
    assert isinstance(content, list)
    return content


def text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


FILE = text("File: Standard input\n```\nSales 1 2 3\n```\n\n")


def test_piped_text_belongs_to_the_question(services: Services, tmp_path: Path, feed: Feed) -> None:
    feed(b"Sales 1 2 3\n")
    assert asked(services, tmp_path / "out", "Sum?") == [FILE, text("Sum?")]


def test_a_piped_picture_is_known_by_its_content(services: Services, tmp_path: Path, feed: Feed) -> None:
    feed(sample_files.picture())
    picture, question = asked(services, tmp_path / "out", "What?")
    assert (picture["mime"], picture["width"], question) == ("image/png", 64, text("What?"))


def test_the_table_calls_it_by_its_own_name(
    services: Services, tmp_path: Path, feed: Feed, capsys: pytest.CaptureFixture[str]
) -> None:
    feed(sample_files.pdf(21))
    asked(services, tmp_path / "out", "Sum?")
    assert capsys.readouterr().out.startswith("Standard input  "), "not by that of the note about its pages"


@pytest.mark.parametrize("words", [(), ("--file", "-")])
def test_piped_text_is_the_question_if_there_is_none(
    services: Services, tmp_path: Path, feed: Feed, words: tuple[str, ...]
) -> None:
    feed(b"What is 1+1?\n")
    assert asked(services, tmp_path / "out", *words) == [text("What is 1+1?")]


def test_more_than_a_model_reads_is_no_question(
    services: Services, tmp_path: Path, opened: list[int], monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    long = tmp_path / "long.txt"
    long.write_text("many words\n" * 50_000)
    opened.append(os.open(long, os.O_RDONLY))
    replace(monkeypatch, opened[-1])
    parser = argparse.ArgumentParser()
    ask.COMMAND.configure(parser)
    assert ask.COMMAND.run(parser.parse_args(["--dry-run", str(tmp_path / "out"), *CUSTOM]), services) == 2
    assert "too long for a question. Attach it with --file - and write the question last." in capsys.readouterr().err


def test_a_piped_question_about_a_file(services: Services, tmp_path: Path, feed: Feed) -> None:
    path = tmp_path / "a.txt"
    path.write_text("hello\n", encoding="utf-8")
    feed(b"What is it?")
    content = asked(services, tmp_path / "out", "--file", str(path))
    assert content == [text("File: a.txt\n```\nhello\n```\n\n"), text("What is it?")]


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_it_keeps_its_place_among_the_files(services: Services, tmp_path: Path, feed: Feed, name: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(sample_files.picture())
    feed(b"Sales 1 2 3\n")
    content = asked(services, tmp_path / "out", "--file", name, "--file", str(path), "Sum?")
    assert (content[0], content[1]["mime"], content[2]) == (FILE, "image/png", text("Sum?"))


def test_a_pipe_that_nobody_writes_to_is_left_alone(services: Services, tmp_path: Path, feed: Feed) -> None:
    feed(ended=False)
    begun = time.monotonic()
    assert asked(services, tmp_path / "out", "What?") == [text("What?")]
    assert time.monotonic() - begun < 10


def test_a_piped_picture_is_no_question(services: Services, feed: Feed, capsys: pytest.CaptureFixture[str]) -> None:
    feed(sample_files.picture())
    parser = argparse.ArgumentParser()
    ask.COMMAND.configure(parser)
    assert ask.COMMAND.run(parser.parse_args([*CUSTOM]), services) == 2
    assert "There is no question." in capsys.readouterr().err


def test_a_socket_is_a_pipe_too(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        replace(monkeypatch, theirs.fileno())
        ours.sendall(b"hello")
        ours.shutdown(socket.SHUT_WR)
        assert _standard_input.StandardInput(CancelToken()).offered(5) == b"hello"


def test_a_file_is_read_only_from_its_beginning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`while read line; do desktop-helper ask "$line"; done < list` must not lose its lines."""
    path = tmp_path / "list"
    path.write_bytes(b"one\ntwo\n")
    with path.open("rb", buffering=0) as file:
        replace(monkeypatch, file.fileno())
        assert _standard_input.StandardInput(CancelToken()).offered(0) == b"one\ntwo\n"
        file.seek(4)
        assert _standard_input.StandardInput(CancelToken()).offered(0) == b""
        assert _standard_input.StandardInput(CancelToken()).read() == b"two\n"


def test_a_terminal_is_never_read(monkeypatch: pytest.MonkeyPatch, opened: list[int]) -> None:
    opened += pty.openpty()
    os.write(opened[0], b"typed\n")
    replace(monkeypatch, opened[1])
    given = _standard_input.StandardInput(CancelToken())
    assert given.offered(5) == b""
    with pytest.raises(HelperError, match="Nothing is piped") as caught:
        given.read()
    assert caught.value.kind is ErrorKind.USAGE


@pytest.mark.parametrize("gone", [None, io.StringIO()], ids=["closed", "replaced"])
def test_without_any_standard_input(monkeypatch: pytest.MonkeyPatch, gone: object) -> None:
    monkeypatch.setattr(sys, "stdin", gone)
    given = _standard_input.StandardInput(CancelToken())
    assert given.offered(5) == b""
    with pytest.raises(HelperError, match="Nothing is piped"):
        given.read()


def test_the_null_device_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull, "rb") as null:
        replace(monkeypatch, null.fileno())
        assert _standard_input.StandardInput(CancelToken()).offered(5) == b""


def test_waiting_for_the_rest_can_be_stopped(feed: Feed) -> None:
    feed(b"begun", ended=False)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(HelperError) as caught:
        _standard_input.StandardInput(cancel).read()
    assert caught.value.kind is ErrorKind.CANCELLED


def test_too_much_is_refused(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_standard_input, "MAX_BYTES", 3)
    feed(b"four")
    with pytest.raises(HelperError, match="larger than") as caught:
        _standard_input.StandardInput(CancelToken()).read()
    assert caught.value.kind is ErrorKind.SOURCE
