"""What every registered command owes the command line."""

from __future__ import annotations

import argparse

import pytest

from desktop_helper.bootstrap import COMMANDS
from desktop_helper.cli.command import Command
from desktop_helper.core import registry

ALL: list[Command] = list(registry.discover(*COMMANDS))


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
class TestRegisteredCommands:
    """All of them."""

    @pytest.fixture
    def parser(self, command: Command) -> argparse.ArgumentParser:
        made = argparse.ArgumentParser(prog=command.name)
        command.configure(made)
        return made

    def test_says_in_one_line_what_it_does(self, command: Command) -> None:
        assert command.help
        assert "\n" not in command.help

    def test_shows_its_arguments(self, command: Command, parser: argparse.ArgumentParser) -> None:
        assert parser.format_help().startswith(f"usage: {command.name}")  # a bare % in a help text would raise

    def test_refuses_what_it_does_not_know(
        self, command: Command, parser: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as caught:
            parser.parse_args(["--no-such-option"])
        assert caught.value.code == 2
        assert "usage: " in capsys.readouterr().err
