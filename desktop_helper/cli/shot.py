"""`desktop-helper shot`: a picture of the screen as a PNG file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.cli import _capture
from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.atomic_file import write_whole
from desktop_helper.services.storage_errors import not_written

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


def _configure(parser: argparse.ArgumentParser) -> None:
    _capture.add(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help=tr("the PNG file to write, over one that is there; - for standard output"),
    )


def _run(arguments: argparse.Namespace, services: Services) -> int:
    target: Path = arguments.output
    to_stdout = str(target) == "-"
    if not to_stdout and target.is_dir():
        message = tr("{name} is a folder.", name=target)
        raise HelperError(ErrorKind.USAGE, message, tr("Name a file in it that ends in .png."))
    if not to_stdout and target.suffix.lower() != ".png":
        raise HelperError(ErrorKind.USAGE, tr("shot writes PNG files."), tr("Let the file's name end in .png."))
    from desktop_helper.services import pictures

    with _capture.opened(services, arguments.window) as capturer:
        frame = capturer.grab(_capture.area(arguments, capturer))
    data = pictures.to_png(frame)
    if to_stdout:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        _save(target, data)
    return 0


def _save(target: Path, data: bytes) -> None:
    try:
        write_whole(target, data)
    except OSError as error:
        raise not_written(target, error) from error


def _settings_use(arguments: argparse.Namespace) -> SettingsUse:
    return SettingsUse.OPTIONAL


COMMAND = Command("shot", tr("save a picture of the screen"), _configure, _run, _settings_use)
