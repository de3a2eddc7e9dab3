"""`desktop-helper history import`: conversations from exported files and from vlm-helper."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.cli._live_line import LiveLine
from desktop_helper.cli._terminal import one_line
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.core.messages import MediaPart
    from desktop_helper.services.container import Services


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


def run(arguments: argparse.Namespace, services: Services) -> None:
    """Import the files one after the other. The first one that cannot be read ends it."""
    from desktop_helper.core.protocols import ConvertOptions
    from desktop_helper.services.importing.job import import_file

    cancel = CancelToken()
    options = ConvertOptions(max_image_tokens=_AS_THEY_ARE)

    def convert(data: bytes, name: str) -> tuple[MediaPart, ...]:
        return services.converter.convert_bytes(data, name, options, cancel)

    imported = known = damaged = lost = 0
    try:
        for path in arguments.files:
            with LiveLine() as line:
                report = import_file(services.history, path, convert, cancel, lambda step: line.say(step.message))
            imported, known = imported + report.imported, known + report.known
            damaged, lost = damaged + report.damaged, lost + report.lost
    except BaseException:
        if imported:
            _tell(imported, known, damaged, lost)
        raise
    _tell(imported, known, damaged, lost)


def _tell(imported: int, known: int, damaged: int, lost: int) -> None:
    print(one_line(tr("Conversations imported: {count}", count=imported)))
    for count, text in (
        (known, tr("Here already: {count}", count=known)),
        (damaged, tr("Damaged conversations and messages, left out: {count}", count=damaged)),
        (lost, tr("Pictures and files that cannot be read, replaced by a line of text: {count}", count=lost)),
    ):
        if count:
            print(one_line(text), file=sys.stderr)
