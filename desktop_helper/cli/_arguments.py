"""Arguments that more than one command takes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr

SOURCES = "sources"


class AddSource(argparse.Action):
    """Appends `(kind, value)` to `arguments.sources`, so that sources of several kinds keep their order."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Called by argparse for each source."""
        kind = (option_string or self.dest).lstrip("-")
        # A new list each time: argparse shares the default one between parsers.
        setattr(namespace, SOURCES, [*(getattr(namespace, SOURCES) or []), (kind, values)])


class NotEmpty(argparse.Action):
    """Refuses an empty value: `--base-url "$UNSET"` must not send the question to the model of the settings instead."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Called by argparse for each value; not for the default, which is empty."""
        if not (isinstance(values, str) and values.strip()):
            raise argparse.ArgumentError(self, tr("its value is empty"))
        setattr(namespace, self.dest, values)


def region(text: str) -> Rect:
    """`X,Y,W,H` of the command line."""
    try:
        return Rect.parse(text)
    except ValueError:
        message = tr("“{text}” is not a region; write X,Y,WIDTH,HEIGHT in pixels, e.g. 0,0,800,600", text=text)
        raise argparse.ArgumentTypeError(message) from None


ALL_SCREENS = -1
"""As the number of a screen."""


def screen_number(text: str) -> int:
    """A screen, counted from 1, or `all` of them."""
    if _means_all(text):
        return ALL_SCREENS
    try:
        return positive_count(text)
    except argparse.ArgumentTypeError:
        message = tr("“{text}” is not the number of a screen; write 1, 2 and so on, or “all”", text=text)
        raise argparse.ArgumentTypeError(message) from None


def screen_or_words(text: str) -> int | str:
    """The same where words are the question that follows."""
    return ALL_SCREENS if _means_all(text) else number_or_words(text)


def _means_all(text: str) -> bool:
    return text.strip().lower() == "all"


def number_or_words(text: str) -> int | str:
    """The value of an option whose number may be left out: words there are the question that follows it."""
    return int(text) if text.isascii() and text.isdigit() else text


def positive_number(text: str) -> float:
    """Seconds."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(tr("“{text}” is not a number above zero", text=text))
    return value


def number_from_zero(text: str) -> float:
    """E.g. a temperature."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(tr("“{text}” is not zero or a number above it", text=text))
    return value


def positive_count(text: str) -> int:
    """A whole number above zero."""
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(tr("“{text}” is not a whole number above zero", text=text))
    return int(text)
