"""Parses the command line and runs one command."""

from __future__ import annotations

import argparse
import errno
import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from desktop_helper import __version__
from desktop_helper.cli._terminal import one_line, tell_error
from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, set_language, tr
from desktop_helper.services.container import Services

_OUTPUT_ERRORS = (errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT)  # of a write to a file that is open already

_ASKS_FOR_KEY = re.compile("--(api-?)?(key|token)", re.IGNORECASE)

LoadCommand = Callable[[str], Command | None]
LoadAll = Callable[[], list[Command]]


def run(argv: list[str], services: Services, load: LoadCommand, load_all: LoadAll) -> int:
    """Run the command that `argv` names; only its own module is imported. Returns the exit code."""
    set_language(_language(services))
    name = argv[0] if argv and not argv[0].startswith("-") else ""
    chosen = load(name) if name else None
    commands = [chosen] if chosen else load_all()
    parser, subparsers = _parser(commands)
    try:
        arguments, unknown = parser.parse_known_args(argv)
        if unknown:
            parser.error(_unrecognized(unknown))
        command = subparsers[arguments.command]
        _tell_about_settings(command.settings(arguments), services)
        return _flushed(command.run(arguments, services))
    except HelperError as error:
        tell_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 5
    except BrokenPipeError:  # whoever read our output has left
        _drop_output()
        return 128 + getattr(signal, "SIGPIPE", 13)
    except OSError as error:
        if error.filename is not None or error.errno not in _OUTPUT_ERRORS:
            raise
        _drop_output()
        print(f"desktop-helper: {tr('The output cannot be written: {why}.', why=error.strerror)}", file=sys.stderr)
        return 1


def _unrecognized(unknown: list[str]) -> str:
    """What is said of arguments that nobody knows. The value of an option is not told: it may be a key."""
    options = [word.partition("=")[0] for word in unknown if word.startswith("-")]
    if any(_ASKS_FOR_KEY.fullmatch(name) for name in options):
        return tr(
            "{option} is no option, since others could read a key there; "
            "--api-key-env names the environment variable that holds it",
            option=" ".join(options),
        )
    return tr("unrecognized arguments: {arguments}", arguments=" ".join(options or unknown))


def _flushed(code: int) -> int:
    """At the interpreter's exit nobody could say in a sentence why the output cannot be written."""
    sys.stdout.flush()
    return code


def _drop_output() -> None:
    """Else Python tries again at its exit, and complains in its own words."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser(commands: list[Command]) -> tuple[argparse.ArgumentParser, dict[str, Command]]:
    parser = _Parser(
        prog="desktop-helper",
        description=tr("Looks at your screen and your files and answers. Without a command it starts in the tray."),
        allow_abbrev=False,  # `__main__` has taken `--trace` out, and knows it only by its whole name
    )
    parser.add_argument("--version", action="version", version=f"desktop-helper {__version__}")
    parser.add_argument("--trace", metavar="FILE", help=tr("write Chrome trace events, readable in Perfetto, to FILE"))
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for command in commands:
        command.configure(subparsers.add_parser(command.name, help=command.help, description=command.help))
    return parser, {command.name: command for command in commands}


class _Parser(argparse.ArgumentParser):
    """Complains in one line, as everything else here does, and points to `--help`.

    What argparse itself prints, such as the help, it writes without looking whether that could be written.
    """

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            print(message, end="", file=file or sys.stderr, flush=True)

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message} ({tr('see')} {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)


def _language(services: Services) -> str:
    try:
        return services.settings.current.general.language
    except HelperError:
        return "auto"  # the command itself will say what is wrong with the settings, if it needs them


def _tell_about_settings(use: SettingsUse, services: Services) -> None:
    """What is wrong in the file, for a command that would not say it."""
    if use is SettingsUse.OWN:
        return
    settings = services.settings
    try:
        settings.load()
    except HelperError as error:
        if use is SettingsUse.OPTIONAL:
            settings.load_or_defaults()
            fix = sentences(error.fix, tr("The defaults hold until then."))
            tell_error(HelperError(error.kind, error.message, fix))
    for warning in settings.warnings:
        print(one_line(f"desktop-helper: {warning}"), file=sys.stderr)
