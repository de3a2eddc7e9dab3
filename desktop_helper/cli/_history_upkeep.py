"""`desktop-helper history delete, restore, rename, pin, unpin` and `storage`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from desktop_helper.cli._arguments import positive_count
from desktop_helper.cli._terminal import one_line, tell_error
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.history_errors import no_conversation, not_deleted

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

    _Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def configure(actions: _Actions) -> list[argparse.ArgumentParser]:
    """Add these actions to those of `history`. Returns the ones that say what they did, also as JSON."""
    added = []
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
        added.append(action)
    rename = actions.add_parser("rename", help=tr("give a conversation another title"))
    rename.add_argument("id", metavar="ID", type=positive_count)
    rename.add_argument("title", metavar="TITLE")
    storage = actions.add_parser("storage", help=tr("how much room the history takes"))
    return [*added, rename, storage]


def delete(arguments: argparse.Namespace, services: Services) -> int:
    """Into the trash, or away. Returns the exit code, as those below do."""

    def delete_now(conversation_id: int) -> None:
        if not services.history.delete_conversation(conversation_id):
            raise no_conversation(conversation_id)

    if arguments.now:
        return _each(arguments, "deleted_for_good", delete_now, lambda ids: tr("Deleted for good: {ids}", ids=ids))
    return _each(
        arguments,
        "deleted",
        services.history.trash,
        lambda ids: tr("Deleted. Within a day this brings it back: desktop-helper history restore {ids}", ids=ids),
    )


def restore(arguments: argparse.Namespace, services: Services) -> int:
    """Out of the trash."""

    def bring_back(conversation_id: int) -> None:
        if not services.history.restore(conversation_id):
            raise not_deleted(conversation_id)

    return _each(arguments, "restored", bring_back, lambda ids: tr("Restored: {ids}", ids=ids))


def pin(arguments: argparse.Namespace, services: Services) -> int:
    """Keep them whatever the rules say."""
    history = services.history
    return _each(
        arguments, "pinned", lambda one: history.set_pinned(one, True), lambda ids: tr("Pinned: {ids}", ids=ids)
    )


def unpin(arguments: argparse.Namespace, services: Services) -> int:
    """The rules hold for them again."""
    history = services.history
    return _each(
        arguments,
        "unpinned",
        lambda one: history.set_pinned(one, False),
        lambda ids: tr("No longer pinned: {ids}", ids=ids),
    )


def rename(arguments: argparse.Namespace, services: Services) -> None:
    """Another title."""
    title = " ".join(arguments.title.split())
    if not title:
        raise HelperError(ErrorKind.USAGE, tr("A title needs at least one word."))
    services.history.rename(arguments.id, title)
    if arguments.json:
        print(json.dumps({"renamed": arguments.id, "title": title}, ensure_ascii=False, indent=2))
    else:
        print(one_line(tr("Conversation {id} is now called “{title}”.", id=arguments.id, title=title)))


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


def _each(arguments: argparse.Namespace, done_as: str, do: Callable[[int], object], said: Callable[[str], str]) -> int:
    """Do it to each conversation, also after one that it cannot be done to, and say to which it was done.

    Args:
        arguments: of the command.
        done_as: what JSON calls those it was done to.
        do: raises `HelperError` for one that it cannot be done to.
        said: the line about the ids that it was done to.
    """
    done, errors = [], []
    for conversation_id in dict.fromkeys(arguments.ids):
        try:
            do(conversation_id)
        except HelperError as error:
            errors.append((conversation_id, error))
        else:
            done.append(conversation_id)
    if arguments.json:
        described = [{"id": one, "kind": problem.kind.value, "message": problem.message} for one, problem in errors]
        print(json.dumps({done_as: done, "errors": described}, ensure_ascii=False, indent=2))
    elif done:
        print(one_line(said(" ".join(map(str, done)))))
    for _, problem in errors:
        tell_error(problem)
    return errors[0][1].exit_code if errors else 0
