"""`desktop-helper trigger`: tell the running instance what to do, e.g. from a key of the desktop's own settings."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from desktop_helper.cli.command import Command
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

ACTIONS = ("region", "screen", "window", "chat", "new", "settings", "quit")


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=ACTIONS, help=tr("what the running instance does"))


def _run(arguments: argparse.Namespace, services: Services) -> int:
    from desktop_helper.services.instance import send_command

    reply = send_command(services.paths.socket_path, {"command": arguments.action})
    if not reply.get("ok"):
        raise HelperError(
            ErrorKind.INSTANCE,
            tr("The running instance of Desktop Helper cannot do “{action}”.", action=arguments.action),
            tr("It may be of another version: quit it and start it again."),
        )
    return 0


COMMAND = Command("trigger", tr("tell the running instance what to do"), _configure, _run)
