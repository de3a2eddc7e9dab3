"""A file that was named, with what the options behind it say about it."""

from __future__ import annotations

import argparse
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktop_helper.cli._arguments import SOURCES
from desktop_helper.core.clip_span import AS_A_WHOLE, Cut
from desktop_helper.core.i18n import tr
from desktop_helper.core.pages import USUAL_PAGES, Ranges


@dataclass(frozen=True, slots=True)
class Meant:
    """What of a file is meant.

    Args:
        cut: of a video.
        pages: of a document.
        password_env: the environment variable that holds its password.
        as_pictures: its text goes as pictures.
    """

    cut: Cut = AS_A_WHOLE
    pages: Ranges = USUAL_PAGES
    password_env: str = ""
    as_pictures: bool = False


class ChosenFile(str):
    """A file's path as it was given, and what of the file is meant."""

    __slots__ = ("meant",)
    meant: Meant


def meant_of(path: str) -> Meant:
    """What of the file is meant."""
    return path.meant if isinstance(path, ChosenFile) else Meant()


class OfLastFile(argparse.Action):
    """Changes what is meant of the file that was named last."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | float | None,
        option_string: str | None = None,
    ) -> None:
        """Called by argparse for each of the options."""
        sources = list(getattr(namespace, SOURCES, None) or [])
        if not sources or sources[-1][0] != "file":
            raise argparse.ArgumentError(self, tr("it belongs behind the --file that it is about"))
        path = ChosenFile(sources[-1][1])
        path.meant = self.changed(meant_of(sources[-1][1]), values)
        setattr(namespace, SOURCES, [*sources[:-1], ("file", path)])

    @abstractmethod
    def changed(self, meant: Meant, value: Any) -> Meant:
        """With the option's value."""
