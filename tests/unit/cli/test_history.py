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
    assert len(json.loads(capsys.readouterr().out)["messages"]) == 2


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
        (["export", "1", "-o", "here.md"], 2, "is there already"),
        (["export", "1", "--format", "md,html", "-o", "here.md"], 2, "need a folder"),
        (["export", "1", "--format", "md,html"], 2, "need a folder"),
        (["export", "1", "2"], 2, "need a folder"),
        (["export"], 2, "Say which"),
        (["export", "1", "--all"], 2, "Say which"),
        (["import", "missing.json"], 3, "No such file"),
        (["import", "here.md"], 3, "not valid JSON"),
        (["delete", "99"], 2, "no conversation 99"),
        (["delete", "99", "--now"], 2, "no conversation 99"),
        (["restore", "99"], 2, "no conversation 99"),
        (["rename", "99", "x"], 2, "no conversation 99"),
        (["rename", "1", "  "], 2, "at least one word"),
        (["pin", "99"], 2, "no conversation 99"),
        (["restore", "1"], 2, "Conversation 1 is not in the trash"),
        (["search", ""], 2, "nothing to search for"),
        (["search", "  "], 2, "nothing to search for"),
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
    (tmp_path / "here.md").write_text("mine", encoding="utf-8")
    assert run(services, *words) == code
    out, error = capsys.readouterr()
    assert said in error
    assert (out, error.count("\n")) == ("", 1)
    assert (tmp_path / "here.md").read_text(encoding="utf-8") == "mine"


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
        ["export", "1", "--format", ","],
        ["import"],
        ["delete"],
        ["delete", "one"],
        ["rename", "1"],
        ["pin"],
    ],
)
def test_nonsense_is_refused(services: Services, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(services, *words)
    assert caught.value.code == 2
