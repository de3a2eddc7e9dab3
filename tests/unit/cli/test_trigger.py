"""`desktop-helper trigger`: what it sends and its exit codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _main, trigger
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services import instance
from desktop_helper.services.container import Services


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


@pytest.fixture
def sent(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The commands that an instance got; it takes every one."""
    commands: list[dict[str, Any]] = []

    def send(path: object, command: dict[str, Any]) -> dict[str, Any]:
        assert path == services.paths.socket_path
        commands.append(command)
        return {"ok": True}

    monkeypatch.setattr(instance, "send_command", send)
    return commands


def run(services: Services, *words: str) -> int:
    return _main.run(["trigger", *words], services, lambda _: trigger.COMMAND, lambda: [trigger.COMMAND])


@pytest.mark.parametrize("action", trigger.ACTIONS)
def test_the_instance_gets_the_action(
    services: Services, sent: list[dict[str, Any]], capsys: pytest.CaptureFixture[str], action: str
) -> None:
    assert run(services, action) == 0
    assert sent == [{"command": action}]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ({"ok": False}, "cannot do “chat”"),
        ({}, "cannot do “chat”"),
        (HelperError(ErrorKind.INSTANCE, "It does not answer."), "It does not answer."),
        (instance.NotRunningError(), "not running"),
    ],
)
def test_an_instance_that_does_not_take_it(
    services: Services, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reply: Any, said: str
) -> None:
    def send(*_: object) -> dict[str, Any]:
        if isinstance(reply, Exception):
            raise reply
        return dict(reply)

    monkeypatch.setattr(instance, "send_command", send)
    assert run(services, "chat") == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["dance"], ["chat", "quit"]])
def test_nonsense_is_refused(services: Services, sent: list[dict[str, Any]], words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(services, *words)
    assert caught.value.code == 2
    assert sent == []


def test_a_quick_action_is_sent_by_its_name(services: Services, sent: list[dict[str, Any]]) -> None:
    services.paths.ensure()
    services.paths.actions_file.write_text('["回复"]\nprompt = "x"\n', encoding="utf-8")
    assert run(services, "action", "translate") == 0
    assert run(services, "action", "回复") == 0
    assert sent == [{"command": "action", "name": "translate"}, {"command": "action", "name": "回复"}]


@pytest.mark.parametrize("words", [["action"], ["action", "dance"]])
def test_a_quick_action_that_is_not_there_is_not_sent(
    services: Services, sent: list[dict[str, Any]], capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run(services, *words) == 2
    assert "translate" in capsys.readouterr().err
    assert sent == []


def test_an_action_without_a_name_is_told_what_is_missing(
    services: Services, sent: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "action") == 2
    assert "“action” needs the name of a quick action." in capsys.readouterr().err
    assert sent == []
