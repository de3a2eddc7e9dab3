"""What LibreOffice made is kept within bounds, and losing it costs nothing but time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.attachments import _printed_before as printed


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    printed.keep_in(str(tmp_path))
    yield tmp_path
    printed.keep_in("")


def aged(path: Path, seconds: int) -> None:
    os.utime(path, (seconds, seconds))


def test_what_was_kept_is_found_and_nothing_else(folder: Path) -> None:
    printed.keep("a", b"%PDF-a")
    assert printed.found("a") == b"%PDF-a"
    assert printed.found("b") == b""
    assert [path.name for path in folder.iterdir()] == ["a.made"], "nothing unfinished"


def test_those_that_were_wanted_last_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "MOST_FILES", 3)
    for age, key in enumerate("abc", 1):
        printed.keep(key, b"x")
        aged(folder / f"{key}.made", age)
    assert printed.found("a")
    printed.keep("d", b"x")
    assert {path.stem for path in folder.iterdir()} == {"a", "c", "d"}


def test_all_of_them_stay_within_bounds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "MOST_BYTES", 100)
    for age, key in enumerate("abc", 1):
        printed.keep(key, b"x" * 40)
        aged(folder / f"{key}.made", age)
    assert {path.stem for path in folder.iterdir()} == {"b", "c"}
    printed.keep("large", b"x" * 51)
    assert printed.found("large") == b"", "it would drive out all others"
    (folder / "d-17.part").write_bytes(b"x" * 90)  # of a process that was ended while it wrote
    aged(folder / "d-17.part", 0)
    printed.keep("e", b"x" * 40)
    assert not (folder / "d-17.part").exists()


def test_a_folder_that_is_gone_is_no_reason_to_fail(tmp_path: Path) -> None:
    for nowhere in (str(tmp_path / "gone"), ""):
        printed.keep_in(nowhere)
        printed.keep("a", b"x")
        assert printed.found("a") == b""
    assert not (tmp_path / "gone").exists()
