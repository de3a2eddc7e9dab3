"""What a command module declares as `COMMAND`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


class SettingsUse(StrEnum):
    """What a settings file that cannot be read, or names in it that nothing reads, mean to a command."""

    NEEDED = "needed"  # a broken file ends it; unknown names are said on standard error
    OPTIONAL = "optional"  # both are said there, and with a broken file the defaults hold
    OWN = "own"  # it reads none, or tells about them itself


def _needed(arguments: argparse.Namespace) -> SettingsUse:
    return SettingsUse.NEEDED


@dataclass(frozen=True, slots=True)
class Command:
    """`desktop-helper NAME ...`.

    Args:
        name: the word on the command line; also the module's name.
        help: one line for `--help`.
        configure: adds the arguments.
        run: does the work and returns the exit code; a `HelperError` it raises is printed as one sentence.
        settings: what it does about the settings file, with these arguments.
    """

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Services], int]
    settings: Callable[[argparse.Namespace], SettingsUse] = _needed
