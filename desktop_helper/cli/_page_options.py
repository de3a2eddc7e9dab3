"""`--pages` and `--password-env`: what of the document before them is meant, and what opens it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from desktop_helper.cli._arguments import SOURCES
from desktop_helper.cli._chosen_file import Meant, OfLastFile
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.pages import Ranges, ranges_of

MOST_TRIES = 3
Read = Callable[[str], tuple[MediaPart, ...]]


def add(group: argparse._ArgumentGroup) -> None:
    """Add the options to `group`."""
    common: dict[str, Any] = {"dest": SOURCES, "action": _OfLastDocument, "default": argparse.SUPPRESS}
    group.add_argument(
        "--pages", metavar="PAGES", type=_pages, **common, help=tr("of the document before it: e.g. 3-7 or 1,4,9-")
    )
    group.add_argument(
        "--password-env",
        metavar="VAR",
        **common,
        help=tr("environment variable with the password of the document before it; asked for on a terminal without it"),
    )


def opened(meant: Meant, name: str, read: Read) -> tuple[MediaPart, ...]:
    """What `read` returns for the password that opens the file. Raises `HelperError`.

    It is looked up or asked for only if there must be one, and kept nowhere.
    """
    try:
        return read("")
    except HelperError as error:
        if error.kind is not ErrorKind.LOCKED:
            raise
        if meant.password_env:
            return read(_from_environment(meant.password_env))
        if not _can_ask():
            raise
    for _ in range(MOST_TRIES - 1):
        try:
            return read(_asked(name))
        except HelperError as error:
            if error.kind is not ErrorKind.LOCKED:
                raise
            print(error.message, file=sys.stderr)
    return read(_asked(name))


class _OfLastDocument(OfLastFile):
    def changed(self, meant: Meant, value: Any) -> Meant:
        if "--pages" in self.option_strings:
            return replace(meant, pages=value)
        if not value.strip():
            raise argparse.ArgumentError(self, tr("its value is empty"))
        return replace(meant, password_env=value)


def _pages(text: str) -> Ranges:
    try:
        return ranges_of(text)
    except ValueError:
        message = tr("“{text}” is no choice of pages; write it like 3-7 or 1,4,9-", text=text)
        raise argparse.ArgumentTypeError(message) from None


def _from_environment(variable: str) -> str:
    password = os.environ.get(variable, "")
    if not password:
        raise HelperError(
            ErrorKind.LOCKED,
            tr("The environment variable {name} is not set.", name=variable),
            tr("Set it to the file's password."),
        )
    return password


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(name: str) -> str:
    """What is typed is not shown. Raises `HelperError` if nothing is."""
    from getpass import getpass

    try:
        password = getpass(tr("Password for {name}: ", name=name), stream=sys.stderr)
    except EOFError:
        password = ""
    if not password:
        raise HelperError(ErrorKind.CANCELLED, tr("No password was given."))
    return password
