"""`desktop-helper history`: its arguments, what it prints and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _main, history
from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.container import Services


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


@pytest.fixture
def asked(services: Services) -> list[int]:
    """The ids of two conversations, the newer one last."""
    ids = []
    for question, reply in (("What is this?", "A cat."), ("And\x1b[31m that?", "A dog.")):
        ids.append(services.history.new_conversation())
        services.history.add_message(ids[-1], Message(Role.USER, (TextPart(question),)))
        writer = services.history.begin_answer(ids[-1], "GLM")
        writer.append("", reply)
        writer.finish(FinishReason.STOP)
    return ids


def run(services: Services, *words: object) -> int:
    return _main.run(["history", *map(str, words)], services, lambda _: history.COMMAND, lambda: [history.COMMAND])


def test_the_list_begins_with_the_latest(
    services: Services, asked: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [int(line.split()[0]) for line in lines] == asked[::-1]
    assert lines[1].endswith("What is this?")
    assert "\x1b" not in lines[0]
    assert run(services, "list", "--limit", 1, "--json") == 0
    assert [one["id"] for one in json.loads(capsys.readouterr().out)] == asked[1:]


def test_an_empty_history_is_an_empty_list(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services, "list") == 0
    assert capsys.readouterr().out == ""
    assert run(services, "search", "cat", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_search_finds_words_of_questions_and_answers(
    services: Services, asked: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "search", "cat") == 0
    assert capsys.readouterr().out.split()[0] == str(asked[0])
    assert run(services, "search", "that", "--json") == 0
    assert [hit["conversation_id"] for hit in json.loads(capsys.readouterr().out)] == asked[1:]


def test_show_and_export_say_the_same(
    services: Services, asked: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "show", asked[0]) == 0
    shown = capsys.readouterr().out
    assert shown == "## You\n\nWhat is this?\n\n## GLM\n\nA cat.\n"
    assert run(services, "export", asked[0], "-o", tmp_path / "a.md") == 0
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == shown
    assert run(services, "show", asked[0], "--json") == 0
    data = capsys.readouterr().out
    assert run(services, "export", asked[0], "--format", "json") == 0
    assert capsys.readouterr().out == data
    assert len(json.loads(data)["messages"]) == 2


def test_nothing_found_is_said_beside_the_output(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services, "list") == 0
    assert run(services, "search", "zzz") == 0
    assert capsys.readouterr() == ("", "There are no conversations yet.\nNo message has “zzz” in it.\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show", "99"], 2, "no conversation 99"),
        (["export", "99"], 2, "no conversation 99"),
        (["export", "1", "-o", "missing/a.md"], 1, "cannot be written"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_an_exit_code(
    services: Services,
    asked: list[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(services, *words) == code
    out, error = capsys.readouterr()
    assert said in error
    assert (out, error.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["forget"],
        ["search"],
        ["show"],
        ["show", "one"],
        ["show", "0"],
        ["list", "--limit", "-1"],
        ["export", "1", "--format", "pdf"],
    ],
)
def test_nonsense_is_refused(services: Services, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(services, *words)
    assert caught.value.code == 2
