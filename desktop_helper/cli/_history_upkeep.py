"""`desktop-helper history delete, restore, rename, pin, unpin` and `storage`."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from desktop_helper.cli._arguments import positive_count
from desktop_helper.cli._terminal import one_line
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

    _Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def configure(actions: _Actions) -> None:
    """Add these actions to those of `history`."""
    for name, text in (
        ("delete", tr("delete conversations; within a day they can be restored")),
        ("restore", tr("bring back what was deleted today")),
        ("pin", tr("pin conversations: no rule deletes them")),
        ("unpin", tr("the opposite of pin")),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("ids", metavar="ID", type=positive_count, nargs="+")
        if name == "delete":
            action.add_argument("--now", action="store_true", help=tr("for good, at once"))
    rename = actions.add_parser("rename", help=tr("give a conversation another title"))
    rename.add_argument("id", metavar="ID", type=positive_count)
    rename.add_argument("title", metavar="TITLE")
    storage = actions.add_parser("storage", help=tr("how much room the history takes"))
    storage.add_argument("--json", action="store_true", help=tr("print JSON"))


def delete(arguments: argparse.Namespace, services: Services) -> None:
    """Into the trash, or away."""
    for conversation_id in arguments.ids:
        if not arguments.now:
            services.history.trash(conversation_id)
        elif not services.history.delete_conversation(conversation_id):
            raise HelperError(
                ErrorKind.USAGE,
                tr("There is no conversation {id}.", id=conversation_id),
                tr("“desktop-helper history list” shows those there are."),
            )
    if not arguments.now:
        ids = " ".join(map(str, arguments.ids))
        print(tr("Deleted. Within a day this brings it back: desktop-helper history restore {ids}", ids=ids))


def restore(arguments: argparse.Namespace, services: Services) -> None:
    """Out of the trash."""
    for conversation_id in arguments.ids:
        services.history.restore(conversation_id)


def pin(arguments: argparse.Namespace, services: Services) -> None:
    """Pin or unpin."""
    for conversation_id in arguments.ids:
        services.history.set_pinned(conversation_id, arguments.action == "pin")


def rename(arguments: argparse.Namespace, services: Services) -> None:
    """Another title."""
    if not arguments.title.strip():
        raise HelperError(ErrorKind.USAGE, tr("A title needs at least one word."))
    services.history.rename(arguments.id, arguments.title)


def storage(arguments: argparse.Namespace, services: Services) -> None:
    """What takes how much room."""
    from desktop_helper.services.model_store.sizes import size_text

    meter = services.history.storage()
    if arguments.json:
        print(json.dumps(asdict(meter), indent=2))
        return
    for what, value in (
        (tr("Conversations"), str(meter.conversations)),
        (tr("In the trash"), str(meter.trashed)),
        (tr("Messages"), str(meter.messages)),
        (tr("Database"), size_text(meter.database_bytes)),
        (tr("Pictures"), f"{meter.pictures}, {size_text(meter.picture_bytes)}"),
        (tr("Files"), f"{meter.files}, {size_text(meter.file_bytes)}"),
        (tr("Copies of older versions"), size_text(meter.backup_bytes)),
    ):
        print(one_line(f"{what}: {value}"))
