"""`ask --file a.pdf --pages 3-7`, and passwords that are in no list of processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _page_options, ask
from desktop_helper.cli._chosen_file import meant_of
from desktop_helper.services.container import Services
from tests.support import sample_files
from tests.unit.cli.test_ask import CUSTOM, dry_run, parse


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    path = tmp_path / "a.pdf"
    path.write_bytes(sample_files.pdf(3, password="sesame"))
    return path


def run(services: Services, folder: Path, *words: str) -> int:
    """The exit code."""
    return ask.COMMAND.run(parse("--dry-run", str(folder / "out"), *CUSTOM, *words, "Why?"), services)


def sent(services: Services, folder: Path, *words: str) -> str:
    """What would be sent, as JSON."""
    return json.dumps(dry_run(services, folder / "out", *CUSTOM, *words, "Why?"))


def answers(monkeypatch: pytest.MonkeyPatch, *typed: str) -> list[str]:
    """Somebody types these at a terminal; returns what they were asked."""
    waiting, asked = list(typed), []

    def getpass(prompt: str, stream: object = None) -> str:
        asked.append(prompt)
        return waiting.pop(0)

    monkeypatch.setattr("getpass.getpass", getpass)
    monkeypatch.setattr(_page_options, "_can_ask", lambda: True)
    return asked


def test_the_options_are_about_the_file_before_them() -> None:
    words = ("--file", "a.pdf", "--pages", "3-7,9-", "--file", "b", "--password-env", "X", "--file", "c", "?")
    sources = parse(*words).sources
    assert [path for _kind, path in sources] == ["a.pdf", "b", "c"]
    assert [meant_of(path).pages for _kind, path in sources] == [((3, 7), (9, None)), (), ()]
    assert [meant_of(path).password_env for _kind, path in sources] == ["", "X", ""]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--pages", "1", "--file", "a"], "it belongs behind the --file that it is about"),
        (["--file", "a", "--pages", "7-3"], "“7-3” is no choice of pages; write it like 3-7 or 1,4,9-"),
        (["--file", "a", "--pages", ""], "is no choice of pages"),
        (["--file", "a", "--password-env", ""], "its value is empty"),
    ],
)
def test_nonsense_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(*words, "Why?")
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_a_dry_run_holds_the_chosen_pages(services: Services, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(sample_files.pdf(9))
    request = sent(services, tmp_path, "--file", str(tmp_path / "a.pdf"), "--pages", "4,6-7")
    assert [f"This is page {page}." in request for page in range(3, 9)] == [False, True, False, True, True, False]


def test_pages_of_a_text_are_refused(services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("words")
    assert run(services, tmp_path, "--file", str(tmp_path / "a.txt"), "--pages", "1") == 3
    assert "a.txt has no pages to choose from." in capsys.readouterr().err


def test_the_environment_opens_it(
    services: Services, tmp_path: Path, locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PDF_PASSWORD", "sesame")
    request = sent(services, tmp_path, "--file", str(locked), "--password-env", "PDF_PASSWORD")
    assert "This is page 3." in request
    assert "sesame" not in request


def test_a_variable_that_is_not_set_is_named(
    services: Services, tmp_path: Path, locked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, tmp_path, "--file", str(locked), "--password-env", "PDF_NONE") == 3
    assert "The environment variable PDF_NONE is not set." in capsys.readouterr().err


class TestTerminal:
    def test_it_is_asked_for(
        self,
        services: Services,
        tmp_path: Path,
        locked: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        asked = answers(monkeypatch, "wrong", "sesame")
        assert "This is page 3." in sent(services, tmp_path, "--file", str(locked))
        assert asked == [f"Password for {locked}: "] * 2
        assert "The password does not open a.pdf." in capsys.readouterr().err

    def test_after_three_wrong_ones_it_ends(
        self, services: Services, tmp_path: Path, locked: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = answers(monkeypatch, "a", "b", "c", "sesame")
        assert run(services, tmp_path, "--file", str(locked)) == 3
        assert len(asked) == 3

    def test_nothing_typed_is_no_password(
        self, services: Services, tmp_path: Path, locked: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers(monkeypatch, "")
        assert run(services, tmp_path, "--file", str(locked)) == 5

    def test_without_one_nobody_is_asked(
        self, services: Services, tmp_path: Path, locked: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(services, tmp_path, "--file", str(locked)) == 3
        assert "--password-env" in capsys.readouterr().err


def test_a_dry_run_prints_what_would_be_sent(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(sample_files.pdf(21))
    assert run(services, tmp_path, "--file", str(path)) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("Tool: ")]
    first, *_more, total, note = lines
    assert first.split()[:3] == ["a.pdf", "4", "pages"], "of the others the text alone"
    assert "tokens" in total
    assert note == "Note: All 21 pages of a.pdf go. Text only: 5–21."
    assert run(services, tmp_path, "--json", "--file", str(path), "--pages", "2") == 0
    (event,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"budget"' in line]
    (item,) = event["items"]
    assert (item["name"], item["kind"], len(item["pictures"])) == ("a.pdf", "picture", 1)
    assert event["total_tokens"] == item["tokens"] + event["text_tokens"]
    assert event["limit"] is None


@pytest.mark.parametrize("watched", [True, False])
def test_a_terminal_has_each_note_once(
    services: Services,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    watched: bool,
) -> None:
    monkeypatch.setattr("desktop_helper.cli._output.is_terminal", lambda _stream: watched)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.txt").write_text("marmalade")
    assert run(services, tmp_path, "--file", str(tmp_path / "notes")) == 0
    shown = capsys.readouterr()
    assert shown.err.count("notes holds 1 file; attached: 1.") == 1
    assert shown.out.count("notes holds 1 file; attached: 1.") == (0 if watched else 1)


def test_a_folder_is_a_source(services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes/deep").mkdir(parents=True)
    (tmp_path / "notes/deep/a.txt").write_text("marmalade")
    (tmp_path / "notes/tool.bin").write_bytes(b"\0\0")
    request = sent(services, tmp_path, "--file", str(tmp_path / "notes"))
    assert "marmalade" in request
    assert "deep/a.txt" in request
    shown = capsys.readouterr()
    assert "notes holds 1 file; attached: 1. Not among them: 1 that is neither text, picture nor document." in shown.err
    assert shown.out.startswith("notes ")
