"""`ask --action`: a quick action on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import ask
from desktop_helper.services import clipboard
from desktop_helper.services.container import Services
from tests.unit.cli.test_ask import CUSTOM, dry_run, parse

ACTIONS = """
[reply]
prompt = "Reply in {language}: {input}"
thinking = "off"
profile = "other"
[clip]
prompt = "About {clipboard}"
[look]
prompt = "What is it?"
capture = "clipboard"
[local]
prompt = "Where?"
profile = "gone"
"""
SETTINGS = """
[profiles.zai]
provider = "zai"
[profiles.other]
provider = "custom"
base_url = "http://127.0.0.1:9/v1"
model = "other-model"
"""


@pytest.fixture
def services():
    made = build_services()
    made.paths.ensure()
    made.paths.actions_file.write_text(ACTIONS, encoding="utf-8")
    made.paths.settings_file.write_text(SETTINGS, encoding="utf-8")
    yield made
    made.close()


def text_of(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])


def test_the_question_is_what_it_is_about(services: Services, tmp_path: Path) -> None:
    request = dry_run(services, tmp_path, "--action", "reply", "See you at noon?")
    assert "Reply in English: See you at noon?" in text_of(request)
    assert request["model"] == "other-model"
    assert request["sampling"]["thinking"] == "off"


def test_options_go_before_what_the_action_says(services: Services, tmp_path: Path) -> None:
    request = dry_run(services, tmp_path, *CUSTOM, "--thinking", "on", "--action", "reply", "Noon?")
    assert request["model"] == "m"
    assert request["sampling"]["thinking"] == "on"


def test_the_clipboard_is_read_only_where_it_has_a_place(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clipboard, "read", lambda: b"kept in {input}")
    assert "About kept in {input}" in text_of(dry_run(services, tmp_path, *CUSTOM, "--action", "clip"))
    request = dry_run(services, tmp_path, *CUSTOM, "--action", "look")
    assert "kept in {input}" in str(request)  # attached, since that is what it looks at
    assert "kept" not in str(dry_run(services, tmp_path, *CUSTOM, "--action", "look", "a cat"))


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["--action", "dance", "x"], "no quick action called “dance”", 2),
        (["--action", "explain"], "nothing that “explain” could be about", 2),
        (["--action", "reply"], "nothing that “reply” could be about", 2),
        (["--action", "local", "x"], "no model profile called “gone”", 4),
    ],
)
def test_what_cannot_be_asked_is_said(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str, code: int
) -> None:
    assert ask.COMMAND.run(parse("--dry-run", str(tmp_path), *words), services) == code
    assert said in capsys.readouterr().err
