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
    from desktop_helper.services.container import Services
    from desktop_helper.services.importing.files import Outcome


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
    from desktop_helper.services.importing.files import Outcome, import_one

    cancel, outcome = CancelToken(), Outcome()
    errors: list[HelperError] = []
    try:
        for path in arguments.files:
            try:
                with LiveLine() as line:
                    import_one(services, path, cancel, lambda step: line.say(step.message), outcome)
            except HelperError as error:
                if error.kind is not ErrorKind.SOURCE:  # e.g. a full disk, which the next file would meet too
                    raise
                tell_error(error)
                errors.append(error)
                if len(arguments.files) > 1:
                    outcome.unreadable.append(error)
    except BaseException:
        if any(report.imported for report in outcome.reports):
            _tell(outcome)
        raise
    _tell(outcome)
    return errors[0].exit_code if errors else 0


def _tell(outcome: Outcome) -> None:
    first, more = outcome.told()
    if outcome.reports:
        print(one_line(first))
    for text in more:
        print(one_line(text), file=sys.stderr)
