"""`ask --file clip.mp4 --from 0:10 --to 0:20`: a part of a video without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import ask
from desktop_helper.cli._chosen_file import meant_of
from desktop_helper.core.clip_span import AS_A_WHOLE, Cut, Span
from desktop_helper.services.container import Services
from tests.support.clip_files import clip
from tests.unit.cli.test_ask import CUSTOM, dry_run, parse


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


def test_the_options_are_about_the_file_before_them() -> None:
    cuts = (
        "--file",
        "a.mp4",
        "--from",
        "0:10",
        "--to",
        "20",
        "--file",
        "b.mp4",
        "--frames",
        "8",
        "--evenly",
        "--file",
        "c",
    )
    sources = parse(*cuts, "Why?").sources
    assert sources == [("file", "a.mp4"), ("file", "b.mp4"), ("file", "c")]
    assert [meant_of(path).cut for _kind, path in sources] == [
        Cut(Span(10, 20)),
        Cut(most_frames=8, evenly=True),
        AS_A_WHOLE,
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "1", "--file", "a"], "it belongs behind the --file that it is about"),
        (["--screen", "1", "--to", "1"], "it belongs behind the --file that it is about"),
        (["--file", "a", "--from", "9", "--to", "3"], "the part ends before it begins"),
        (["--file", "a", "--from", "1:99"], "“1:99” is not a time; write it like 12.5, 0:12 or 1:02:03"),
        (["--file", "a", "--frames", "1"], "“1” is not a number from 2 to 64"),
        (["--file", "a", "--frames", "0"], "“0” is not a whole number above zero"),
    ],
)
def test_nonsense_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(*words, "Why?")
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_a_dry_run_holds_the_part_with_the_times_of_the_whole(services: Services, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(clip("mp4"))
    words = ("--file", str(film), "--from", "1.45", "--to", "2.55", *CUSTOM, "Why?")
    content = dry_run(services, tmp_path / "out", *words)["messages"][-1]["content"]
    texts = [part["text"] for part in content if part.get("type") == "text"]
    assert [text for text in texts if text.endswith("seconds")] == ["1.4 seconds", "2.0 seconds", "2.5 seconds"]
    assert any("Of the part from 0:01.4 to 0:02.5" in text for text in texts)


def test_what_is_no_video_has_no_part(services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("hello")
    arguments = parse("--dry-run", str(tmp_path / "out"), "--file", str(notes), "--to", "3", *CUSTOM, "Why?")
    assert ask.COMMAND.run(arguments, services) == 3
    assert "notes.txt is no video" in capsys.readouterr().err
