"""`--as-pictures`: how the text of the file before it is sent, and when that is worth a word."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop_helper.cli._arguments import SOURCES
from desktop_helper.cli._chosen_file import Meant, OfLastFile
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart

if TYPE_CHECKING:
    from desktop_helper.core.protocols import ModelProfile


def add(group: argparse._ArgumentGroup) -> None:
    """Add the option to `group`."""
    group.add_argument(
        "--as-pictures",
        nargs=0,
        dest=SOURCES,
        action=_OfLastText,
        default=argparse.SUPPRESS,
        help=tr("draw the text of the file before it as pages of small print, which takes fewer tokens if it is long"),
    )


def proposals(media: Sequence[MediaPart], profile: ModelProfile) -> Iterator[str]:
    """A sentence for each document whose text would be cheaper as pictures."""
    from desktop_helper.services import text_pictures

    for name, proposal in text_pictures.proposals(media, profile):
        yield tr(
            "{name} takes about {text} tokens as text and {drawn} as {count} pictures (--as-pictures).",
            name=name,
            text=f"{proposal.as_text:,}",
            drawn=f"{proposal.as_pictures:,}",
            count=proposal.pictures,
        )


class _OfLastText(OfLastFile):
    def changed(self, meant: Meant, value: Any) -> Meant:
        return replace(meant, as_pictures=True)
