"""What a command module declares as `COMMAND`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


@dataclass(frozen=True, slots=True)
class Command:
    """`desktop-helper NAME ...`.

    Args:
        name: the word on the command line; also the module's name.
        help: one line for `--help`.
        configure: adds the arguments.
        run: does the work and returns the exit code; a `HelperError` it raises is printed as one sentence.
    """

    name: str
    help: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Services], int]
