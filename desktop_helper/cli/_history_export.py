"""`desktop-helper history export`: conversations as files for other programs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.cli._arguments import positive_count
from desktop_helper.cli._live_line import LiveLine
from desktop_helper.cli._terminal import one_line
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.export.format import ExportFormat
    from desktop_helper.services.history import History

_FORMATS = ("md", "html", "json", "llamafactory")  # those of `services.export`, which `--help` does not load


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("ids", metavar="ID", type=positive_count, nargs="*")
    parser.add_argument("--all", action="store_true", help=tr("every conversation"))
    parser.add_argument(
        "--format",
        metavar="FORMAT,…",
        type=_format_names,
        default=["md"],
        help=tr("{formats}; several with commas between them", formats=", ".join(_FORMATS)),
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help=tr("a file for one document, a folder for several; standard output without it"),
    )
    parser.add_argument("--thinking", action="store_true", help=tr("with what the model thought"))
    parser.add_argument("--force", action="store_true", help=tr("write over files that are there"))


def run(arguments: argparse.Namespace, services: Services) -> None:
    """Export what the arguments choose."""
    from desktop_helper.services import exporting

    known = exporting.formats()
    chosen = [known[name] for name in arguments.format]
    ids = _chosen_ids(arguments, services.history)
    if arguments.output is None:
        _print(ids, chosen, arguments, services)
        return
    job = exporting.ExportJob(
        ids,
        chosen,
        Path(arguments.output),
        into_folder=arguments.output.endswith(("/", os.sep)) or _always_a_folder(arguments, chosen),
        thinking=arguments.thinking,
        force=arguments.force,
    )
    with LiveLine() as line:
        documents = exporting.export(services.history, job, CancelToken(), lambda step: line.say(step.message))
    if len(documents) != 1 or documents[0] != job.target:
        print(
            one_line(tr("Documents written to {path}: {count}", count=len(documents), path=job.target)), file=sys.stderr
        )


def _always_a_folder(arguments: argparse.Namespace, chosen: list[ExportFormat]) -> bool:
    """A script that exports all must not find a file there on the day when all is one."""
    return arguments.all and not all(form.joined for form in chosen)


def _print(ids: list[int], chosen: list[ExportFormat], arguments: argparse.Namespace, services: Services) -> None:
    from desktop_helper.services import exporting

    if len(ids) != 1 or len(chosen) != 1:
        raise HelperError(
            ErrorKind.USAGE,
            tr("Several documents need a folder."),
            tr("Name one with -o FOLDER; it is created."),
        )
    found = exporting.conversation(services.history, ids[0])
    print(exporting.as_text(chosen[0], found, thinking=arguments.thinking), end="")


def _chosen_ids(arguments: argparse.Namespace, history: History) -> list[int]:
    if arguments.all == bool(arguments.ids):
        raise HelperError(
            ErrorKind.USAGE,
            tr("Say which conversations to export."),
            tr("Name their numbers, or pass --all."),
        )
    from desktop_helper.services import exporting

    return exporting.every_conversation(history) if arguments.all else list(dict.fromkeys(arguments.ids))


def _format_names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names or [text]:
        if name not in _FORMATS:
            message = tr("“{name}” is not a format; there are {formats}", name=name, formats=", ".join(_FORMATS))
            raise argparse.ArgumentTypeError(message)
    return list(dict.fromkeys(names))
