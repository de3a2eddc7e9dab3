"""`desktop-helper history`: find, read and keep past conversations."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from desktop_helper.cli import _history_costs, _history_export, _history_import, _history_upkeep, _transcript
from desktop_helper.cli._arguments import positive_count
from desktop_helper.cli._terminal import harmless, is_terminal, one_line, prepare
from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.history_errors import no_conversation

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.history_records import StoredMessage


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    found = actions.add_parser("list", help=tr("conversations, the latest first"))
    found.add_argument("--limit", metavar="N", type=positive_count, default=20, help=tr("show no more than N"))
    search = actions.add_parser("search", help=tr("messages and titles that contain every word of TEXT"))
    search.add_argument("text", metavar="TEXT")
    search.add_argument("--limit", metavar="N", type=positive_count, default=100, help=tr("show no more than N"))
    show = actions.add_parser("show", help=tr("one conversation"))
    show.add_argument("id", metavar="ID", type=positive_count)
    _history_export.configure(actions.add_parser("export", help=tr("conversations as files for other programs")))
    _history_import.configure(actions.add_parser("import", help=tr("conversations from exported files")))
    changes = _history_upkeep.configure(actions)
    costs = actions.add_parser("costs", help=tr("what answers of servers have cost"))
    for action in (found, search, show, *changes, costs):
        action.add_argument("--json", action="store_true", help=tr("print JSON"))


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    actions: dict[str, Callable[[argparse.Namespace, Services], int | None]] = {
        "list": _list,
        "search": _search,
        "show": _show,
        "export": _history_export.run,
        "import": _history_import.run,
        "delete": _history_upkeep.delete,
        "restore": _history_upkeep.restore,
        "rename": _history_upkeep.rename,
        "pin": _history_upkeep.pin,
        "unpin": _history_upkeep.unpin,
        "storage": _history_upkeep.storage,
        "costs": _history_costs.run,
    }
    return actions[arguments.action](arguments, services) or 0


def _list(arguments: argparse.Namespace, services: Services) -> None:
    conversations = services.history.conversations(limit=arguments.limit)
    if arguments.json:
        _print_json([_described(one) for one in conversations])
        return
    if not conversations:
        print(tr("There are no conversations yet."), file=sys.stderr)
    for one in conversations:
        print(f"{one.id:>6}{'*' if one.pinned else ' '} {_when(one.updated)}  {one_line(one.title)}")


def _search(arguments: argparse.Namespace, services: Services) -> None:
    if not arguments.text.strip():
        raise HelperError(ErrorKind.USAGE, tr("There is nothing to search for."), tr("Write one word at least."))
    hits = services.history.search(arguments.text, arguments.limit)
    if arguments.json:
        _print_json([_described(hit) for hit in hits])
        return
    if not hits:
        print(one_line(tr("No message has “{text}” in it.", text=arguments.text)), file=sys.stderr)
    for hit in hits:
        print(f"{hit.conversation_id:>6}  {_when(hit.created)}  {one_line(hit.title)}")
        if hit.snippet:
            print(f"        {one_line(hit.snippet)}")


def _show(arguments: argparse.Namespace, services: Services) -> None:
    messages = _messages(arguments.id, services)
    if arguments.json:
        _print_json(_transcript.as_data(arguments.id, messages))
        return
    text = _transcript.as_markdown(messages)
    print(harmless(text) if is_terminal(sys.stdout) else text, end="")


def _messages(conversation_id: int, services: Services) -> list[StoredMessage]:
    messages = services.history.messages(conversation_id)
    if not messages:
        raise no_conversation(conversation_id)
    return messages


def _described(record: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(record).items()}


def _print_json(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _when(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _settings_use(arguments: argparse.Namespace) -> SettingsUse:
    return SettingsUse.OPTIONAL


COMMAND = Command("history", tr("find, read and keep past conversations"), _configure, _run, _settings_use)
