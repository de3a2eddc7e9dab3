"""`desktop-helper trigger`: tell the running instance what to do, e.g. from a key of the desktop's own settings."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.instance import ACTION

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

RECORDINGS = ("record", "record-screen", "record-window")  # each of them also ends what is being recorded
LOOKS = (*RECORDINGS, "just-happened", "watch")  # “watch” also ends what is being watched
ACTIONS = ("region", "screen", "screens", "window", "repeat", "text", *LOOKS, "chat", "new", "settings", "quit")


class _Name(argparse.Action):
    """Only quick actions have one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Called by argparse if there is a name."""
        if values is not None and namespace.action != ACTION:
            raise argparse.ArgumentError(self, tr("“{action}” takes no name", action=namespace.action))
        setattr(namespace, self.dest, values)


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=(*ACTIONS, ACTION), help=tr("what the running instance does"))
    parser.add_argument("name", nargs="?", action=_Name, help=tr("name of a quick action, after “action”"))


def _run(arguments: argparse.Namespace, services: Services) -> int:
    from desktop_helper.services.instance import send_command

    command = {"command": arguments.action}
    if arguments.action == ACTION:
        if not arguments.name:
            raise HelperError(
                ErrorKind.USAGE,
                tr("“action” needs the name of a quick action."),
                tr("For instance: desktop-helper trigger action translate"),
            )
        # The running instance reads the same file, but it could only complain in a window.
        command["name"] = services.quick_actions.find(arguments.name).name
    reply = send_command(services.paths.socket_path, command)
    if reply.get("message"):
        kind = {one.value: one for one in ErrorKind}.get(str(reply.get("kind")), ErrorKind.INSTANCE)
        raise HelperError(kind, str(reply["message"]), str(reply.get("fix", "")))
    if not reply.get("ok"):
        raise HelperError(
            ErrorKind.INSTANCE,
            tr("The running instance of Desktop Helper cannot do “{action}”.", action=arguments.action),
            tr("It may be of another version: quit it and start it again."),
        )
    return 0


def _settings_use(arguments: argparse.Namespace) -> SettingsUse:
    return SettingsUse.OWN  # the running instance has read them


COMMAND = Command("trigger", tr("tell the running instance what to do"), _configure, _run, _settings_use)
