"""The clipboard through other programs, which are played by scripts here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services import clipboard
from tests.support.sample_files import picture

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="plays the programs of Linux")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":0")
    return tmp_path


def install(folder: Path, name: str, script: str) -> None:
    """A program called `name` that runs `script`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def refusal() -> HelperError:
    with pytest.raises(HelperError) as caught:
        clipboard.read()
    assert caught.value.kind is ErrorKind.SOURCE
    return caught.value


def test_xclip_gives_a_picture_before_text(programs: Path) -> None:
    (programs / "data").write_bytes(picture())
    offered = "echo TARGETS; echo UTF8_STRING; echo image/png"
    script = f'case "$*" in *TARGETS) {offered};; *image/png) /bin/cat {programs}/data;; *) echo text;; esac'
    install(programs, "xclip", script)
    assert clipboard.read() == picture()


def test_xclip_gives_text(programs: Path) -> None:
    install(programs, "xclip", 'case "$*" in *TARGETS) echo STRING;; *UTF8_STRING) printf 文字;; esac')
    assert clipboard.read() == "文字".encode()


def test_wayland(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    install(
        programs, "wl-paste", 'case "$*" in *list-types) echo image/jpeg;; *"--type image/jpeg") printf jpeg;; esac'
    )
    assert clipboard.read() == b"jpeg"


def test_xsel_is_the_second_choice(programs: Path) -> None:
    install(programs, "xsel", "printf text")
    assert clipboard.read() == b"text"


def test_nothing_in_it(programs: Path) -> None:
    install(programs, "xclip", "exit 1")
    assert refusal().message == "The clipboard holds no picture and no text."


def test_no_program(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal().fix == "Install xclip."
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert refusal().fix == "Install wl-clipboard."


def test_no_display(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY")
    assert refusal().message == "There is no clipboard, since there is no display."


def test_an_owner_that_hangs(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "TIMEOUT_S", 0.2)
    install(programs, "xclip", "exec /bin/sleep 30")
    assert refusal().message == "The clipboard does not answer."
