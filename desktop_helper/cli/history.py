"""`desktop-helper history`: find and read past conversations."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_helper.cli import _transcript
from desktop_helper.cli._arguments import positive_count
from desktop_helper.cli._terminal import harmless, is_terminal, one_line, prepare
from desktop_helper.cli.command import Command
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.storage_errors import not_written

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.history_records import StoredMessage


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    found = actions.add_parser("list", help=tr("conversations, the latest first"))
    found.add_argument("--limit", metavar="N", type=positive_count, default=20, help=tr("show no more than N"))
    search = actions.add_parser("search", help=tr("messages that contain every word of TEXT"))
    search.add_argument("text", metavar="TEXT")
    show = actions.add_parser("show", help=tr("one conversation"))
    export = actions.add_parser("export", help=tr("one conversation as a file for other programs"))
    for action in (show, export):
        action.add_argument("id", metavar="ID", type=positive_count)
    export.add_argument("--format", choices=("md", "json"), default="md", help=tr("Markdown or JSON"))
    export.add_argument("-o", "--output", metavar="FILE", type=Path, help=tr("instead of standard output"))
    for action in (found, search, show):
        action.add_argument("--json", action="store_true", help=tr("print JSON"))


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    actions: dict[str, Callable[[argparse.Namespace, Services], None]] = {
        "list": _list,
        "search": _search,
        "show": _show,
        "export": _export,
    }
    actions[arguments.action](arguments, services)
    return 0


def _list(arguments: argparse.Namespace, services: Services) -> None:
    conversations = services.history.conversations(limit=arguments.limit)
    if arguments.json:
        _print_json([_described(one) for one in conversations])
        return
    if not conversations:
        print(tr("There are no conversations yet."), file=sys.stderr)
    for one in conversations:
        print(f"{one.id:>6}  {_when(one.updated)}  {one_line(one.title)}")


def _search(arguments: argparse.Namespace, services: Services) -> None:
    hits = services.history.search(arguments.text)
    if arguments.json:
        _print_json([_described(hit) for hit in hits])
        return
    if not hits:
        print(one_line(tr("No message has “{text}” in it.", text=arguments.text)), file=sys.stderr)
    for hit in hits:
        print(f"{hit.conversation_id:>6}  {_when(hit.created)}  {one_line(hit.title)}\n        {one_line(hit.snippet)}")


def _show(arguments: argparse.Namespace, services: Services) -> None:
    messages = _messages(arguments.id, services)
    if arguments.json:
        _print_json(_transcript.as_data(arguments.id, messages))
        return
    text = _transcript.as_markdown(messages)
    print(harmless(text) if is_terminal(sys.stdout) else text, end="")


def _export(arguments: argparse.Namespace, services: Services) -> None:
    messages = _messages(arguments.id, services)
    if arguments.format == "json":
        text = _json(_transcript.as_data(arguments.id, messages))
    else:
        text = _transcript.as_markdown(messages)
    if arguments.output is None:
        print(text, end="")
        return
    try:
        arguments.output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise not_written(arguments.output, error) from error


def _messages(conversation_id: int, services: Services) -> list[StoredMessage]:
    messages = services.history.messages(conversation_id)
    if not messages:
        raise HelperError(
            ErrorKind.USAGE,
            tr("There is no conversation {id}.", id=conversation_id),
            tr("“desktop-helper history list” shows those there are."),
        )
    return messages


def _described(record: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(record).items()}


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _print_json(data: object) -> None:
    print(_json(data), end="")


def _when(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


COMMAND = Command("history", tr("find and read past conversations"), _configure, _run)
