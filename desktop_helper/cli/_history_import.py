"""`desktop-helper history import`: conversations from exported files and from vlm-helper."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.cli._live_line import LiveLine
from desktop_helper.cli._terminal import one_line, tell_error
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.core.messages import MediaPart
    from desktop_helper.services.container import Services
    from desktop_helper.services.importing.job import ImportReport


_AS_THEY_ARE = 1_000_000  # tokens: pictures were made small enough when they were first attached


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "files",
        metavar="FILE",
        type=Path,
        nargs="+",
        help=tr("what “history export --format json” wrote, or the vlm_helper.db of vlm-helper"),
    )


def run(arguments: argparse.Namespace, services: Services) -> int:
    """Import the files one after the other, also after one that cannot be read. Returns the exit code."""
    from desktop_helper.core.protocols import ConvertOptions
    from desktop_helper.services.importing.job import import_file

    cancel = CancelToken()
    options = ConvertOptions(max_image_tokens=_AS_THEY_ARE)

    def convert(data: bytes, name: str) -> tuple[MediaPart, ...]:
        return services.converter.convert_bytes(data, name, options, cancel)

    reports: list[ImportReport] = []
    unreadable: list[HelperError] = []
    try:
        for path in arguments.files:
            try:
                with LiveLine() as line:
                    reports.append(
                        import_file(services.history, path, convert, cancel, lambda step: line.say(step.message))
                    )
            except HelperError as error:
                if error.kind is not ErrorKind.SOURCE:  # e.g. a full disk, which the next file would meet too
                    raise
                tell_error(error)
                unreadable.append(error)
    except BaseException:
        if any(report.imported for report in reports):
            _tell(reports, len(unreadable))
        raise
    _tell(reports, len(unreadable) if len(arguments.files) > 1 else 0)
    return unreadable[0].exit_code if unreadable else 0


def _tell(reports: list[ImportReport], unreadable: int) -> None:
    imported, known = sum(one.imported for one in reports), sum(one.known for one in reports)
    damaged, lost = sum(one.damaged for one in reports), sum(one.lost for one in reports)
    if reports:
        print(one_line(tr("Conversations imported: {count}", count=imported)))
    for count, text in (
        (unreadable, tr("Files that cannot be imported: {count}", count=unreadable)),
        (known, tr("Here already: {count}", count=known)),
        (damaged, tr("Damaged conversations and messages, left out: {count}", count=damaged)),
        (lost, tr("Pictures and files that cannot be read, replaced by a line of text: {count}", count=lost)),
    ):
        if count:
            print(one_line(text), file=sys.stderr)
