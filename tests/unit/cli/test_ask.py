"""What `ask` makes of its arguments, without a model."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _conversation, ask
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.container import Services
from desktop_helper.services.history_records import ROOT
from tests.support import sample_files

CUSTOM = ("--base-url", "http://127.0.0.1:9/v1", "--model", "m")


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    ask.COMMAND.configure(parser)
    return parser.parse_args(words)


def dry_run(services: Services, folder: Path, *words: str) -> dict[str, Any]:
    """What would be sent."""
    assert ask.COMMAND.run(parse("--dry-run", str(folder), *words), services) == 0
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    assert isinstance(request, dict)
    return request


@pytest.mark.parametrize(
    ("words", "question", "sources", "conversation"),
    [
        (["What?"], "What?", [], None),
        (["--screen", "What?"], "What?", [("screen", None)], None),
        (["--screen", "2", "What?"], "What?", [("screen", 2)], None),
        (["--screen", "0", "What?"], "What?", [("screen", 0)], None),
        (["--screen", "all", "What?"], "What?", [("screen", -1)], None),
        (["--screen", "ALL", "What?"], "What?", [("screen", -1)], None),
        (["What?", "--screen"], "What?", [("screen", None)], None),
        (["--continue", "What?"], "What?", [], 0),
        (["--continue", "7", "What?"], "What?", [], 7),
        (["--clipboard", "What?"], "What?", [("clipboard", [])], None),
        (
            ["--file", "a", "--region", "1,2,3,4", "--file", "b", "What?"],
            "What?",
            [("file", "a"), ("region", Rect(1, 2, 3, 4)), ("file", "b")],
            None,
        ),
    ],
)
def test_the_question_is_found(
    words: list[str], question: str, sources: list[object], conversation: int | None
) -> None:
    arguments = parse(*words)
    assert ask._take_question(arguments) == question
    assert (arguments.sources, arguments.conversation) == (sources, conversation)


@pytest.mark.parametrize("words", [["  "], [""], ["--screen", "a", "b"], ["--continue", "a", "b"]])
def test_an_empty_question_and_two_questions_are_refused(words: list[str]) -> None:
    with pytest.raises(HelperError) as caught:
        ask._take_question(parse(*words))
    assert caught.value.kind is ErrorKind.USAGE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--screen", "al", "What?"], "“al” is not the number of a screen"),
        (["--screen", "-1", "What?"], "“-1” is not the number of a screen"),
        (["--screen", "al", "--continue", "x"], "“al” is not the number of a screen"),
        (["--continue", "last", "What?"], "“last” is not the number of a conversation"),
    ],
)
def test_what_stands_where_a_number_does_is_named(words: list[str], told: str) -> None:
    with pytest.raises(HelperError, match=told) as caught:
        ask._take_question(parse(*words))
    assert "the question last" in caught.value.fix


@pytest.mark.parametrize("words", [[], ["--screen"]])
def test_no_question_is_refused(words: list[str], services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask.COMMAND.run(parse(*words), services) == 2
    assert "There is no question." in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--region", "1,2,3"],
        ["--region", "0,0,0,5"],
        ["--timeout", "0"],
        ["--timeout", "nan"],
        ["--max-tokens", "-1"],
        ["--temperature", "nan"],
        ["--temperature", "-1"],
        ["--thinking", "maybe"],
    ],
)
def test_nonsense_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse("What?", *words)
    assert caught.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_dry_run_writes_what_would_be_sent(services: Services, tmp_path: Path) -> None:
    picture, text = tmp_path / "a.png", tmp_path / "b.txt"
    picture.write_bytes(sample_files.picture())
    text.write_text("hello\n", encoding="utf-8")
    folder = tmp_path / "out"
    words = ("--file", str(picture), "--file", str(text), "--file", str(picture), "Compare.")
    more = ("--system", "Be brief.", "--temperature", "0.5", "--thinking", "off", "--timeout", "30")
    request = dry_run(services, folder, *words, *more, *CUSTOM)
    described = {"file": "media-1.png", "mime": "image/png", "width": 64, "height": 48, "tokens": 8}
    assert request["messages"] == [
        {"role": "system", "content": [{"type": "text", "text": "Be brief."}]},
        {
            "role": "user",
            "content": [
                described,
                {"type": "text", "text": "File: b.txt\n```\nhello\n```\n\n"},
                described,
                {"type": "text", "text": "Compare."},
            ],
        },
    ]
    assert request["model"] == "m"
    assert request["sampling"] == {"thinking": "off", "temperature": 0.5}
    assert request["timeout_s"] == 30
    assert (folder / "media-1.png").read_bytes() == picture.read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == ["media-1.png", "request.json"]
    assert services.history.latest() is None


@pytest.mark.parametrize("option", ["--provider", "--model", "--base-url", "--api-key-env", "--gguf", "--mmproj"])
def test_an_unset_shell_variable_does_not_choose_another_model(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parse(option, "", "What?")
    assert stopped.value.code == 2
    assert "its value is empty" in capsys.readouterr().err


def test_an_unknown_provider_is_told_with_those_there_are(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.COMMAND.run(parse("--dry-run", str(tmp_path), "--provider", "zia", "What?"), services) == 2
    said = capsys.readouterr().err
    assert "There is no provider called “zia”." in said
    assert all(name in said for name in services.providers.names())


def test_a_broken_provider_file_is_not_called_a_wrong_word(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = services.paths.config_dir / "providers"
    folder.mkdir(parents=True)
    (folder / "zai.toml").write_text("title = \n", encoding="utf-8")
    assert ask.COMMAND.run(parse("--dry-run", str(tmp_path), "--provider", "zai", "What?"), services) == 4
    assert "zai.toml" in capsys.readouterr().err


def test_an_unset_key_variable_is_named(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--dry-run", str(tmp_path / "out"), *CUSTOM, "--api-key-env", "MY_KEY", "What?")
    assert ask.COMMAND.run(parse(*words), services) == 2
    assert "The environment variable MY_KEY is not set, or is empty." in capsys.readouterr().err
    monkeypatch.setenv("MY_KEY", "k")
    assert ask.COMMAND.run(parse(*words), services) == 0


def test_dry_run_says_what_was_left_out(services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(sample_files.pdf(21))
    dry_run(services, tmp_path / "out", "--file", str(path), "Sum up.", *CUSTOM)
    assert "All 21 pages of a.pdf go. Text only: 5–21." in capsys.readouterr().err


def test_dry_run_goes_on_with_a_conversation(services: Services, tmp_path: Path) -> None:
    conversation = services.history.new_conversation()
    services.history.add_message(conversation, Message(Role.USER, (TextPart("First."),)))
    request = dry_run(services, tmp_path, "--continue", "Second.", *CUSTOM)
    assert [message["content"][0]["text"] for message in request["messages"]] == ["First.", "Second."]


def test_it_goes_on_with_the_branch_that_is_shown(services: Services, tmp_path: Path) -> None:
    history = services.history
    conversation = history.new_conversation()
    first = history.add_message(conversation, Message(Role.USER, (TextPart("First."),)))
    history.add_message(conversation, Message(Role.USER, (TextPart("Instead."),)), ROOT)
    history.choose(first)
    request = dry_run(services, tmp_path, "--continue", "Second.", *CUSTOM)
    assert [message["content"][0]["text"] for message in request["messages"]] == ["First.", "Second."]


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (["--gguf", "a", "--base-url", "http://x"], 2, "usage"),
        (["--mmproj", "a"], 2, "usage"),
        (["--continue", "99"], 2, "usage"),
        (["--continue", "99", "--file", "/nonexistent"], 2, "usage"),  # said before any file is read
        (["--provider", "nobody"], 2, "usage"),
        (["--provider", "custom"], 2, "usage"),  # without --base-url
        (["--provider", "local"], 2, "usage"),  # without --gguf
        (["--base-url", "ftp://x"], 2, "usage"),
        (["--api-key-env", "NOT_SET", "--provider", "zai"], 2, "usage"),
        (["--api-key-env", "NOT_SET"], 2, "usage"),
        (["--api-key-env", "sk-a1.b2", "--provider", "zai"], 2, "usage"),
        (["--file", "/nonexistent"], 3, "source"),
    ],
)
def test_errors_are_events_in_json(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, kind: str
) -> None:
    arguments = parse("--dry-run", str(tmp_path / "out"), "--json", *words, "What?")
    assert ask.COMMAND.run(arguments, services) == code
    shown = capsys.readouterr()
    assert shown.err == ""
    (event,) = [json.loads(line) for line in shown.out.splitlines()]
    assert (event["type"], event["kind"]) == ("error", kind)
    assert event["message"]
    assert "sk-a1.b2" not in shown.out


def test_an_answer_is_worth_more_than_its_copy(services: Services, tmp_path: Path) -> None:
    """What cannot be saved is said, and the question is asked all the same."""
    services.paths.ensure()
    services.paths.history_file.mkdir()
    said: list[str] = []
    question = Message(Role.USER, (TextPart("What?"),))
    conversation = _conversation.begin(services, None, question, "", said.append)
    assert conversation.history is None
    (note,) = said
    assert note.startswith("This answer is not saved: ")
    assert str(services.paths.history_file) in note


def test_a_certificate_for_an_address_without_encryption_is_told(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        ask.COMMAND.run(parse(*CUSTOM, "--ca-file", "ca.pem", "--dry-run", str(tmp_path / "out"), "Hi"), services) == 2
    )
    assert "The certificate has no effect: http://127.0.0.1:9/v1 is not encrypted." in capsys.readouterr().err


LIMITED = """base_url = "http://127.0.0.1:9/v1"
[[models]]
id = "m"
context_tokens = 1000
max_images = 2
"""


@pytest.fixture
def limited(services: Services) -> tuple[str, ...]:
    """A model that reads little."""
    folder = services.paths.config_dir / "providers"
    folder.mkdir(parents=True)
    (folder / "limited.toml").write_text(LIMITED)
    return "--provider", "limited"


def test_a_question_that_is_far_too_long_is_not_sent_and_not_kept(
    services: Services, limited: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.COMMAND.run(parse(*limited, "x" * 35_000), services) == 6
    told = capsys.readouterr().err
    assert "has about 10,000 tokens, and m reads no more than 1,000. Nothing was sent." in told
    assert "--dry-run" in told
    assert services.history.latest() is None


def test_one_that_may_be_too_long_is_told_and_tried(
    services: Services, limited: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask.COMMAND.run(parse(*limited, "x" * 4_200), services) == 4  # nobody listens there
    assert "about 1,200 tokens, more than the 1,000 that m reads" in capsys.readouterr().err


def test_more_pictures_than_the_model_takes_are_not_sent_and_not_kept(
    services: Services, limited: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = []
    for number in range(3):
        path = tmp_path / f"{number}.png"
        path.write_bytes(sample_files.picture())
        files += ["--file", str(path)]
    assert ask.COMMAND.run(parse(*limited, *files, "Which?"), services) == 6
    assert (
        "The question has 3 pictures, and m takes no more than 2 at once. Nothing was sent." in capsys.readouterr().err
    )
    assert services.history.latest() is None
    assert ask.COMMAND.run(parse(*limited, *files, "--dry-run", str(tmp_path / "out"), "Which?"), services) == 0
    assert "no more than 2 pictures at once, and these are 3" in capsys.readouterr().err
