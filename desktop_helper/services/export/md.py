"""Markdown: a heading for each message, pictures and files in a folder beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.services.export.format import (
    Conversation,
    ExportFormat,
    ExportOptions,
    MediaFolder,
    outcome,
    speaker,
)

if TYPE_CHECKING:
    from desktop_helper.services.history_records import StoredMessage

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def _render(conversations: Iterable[Conversation], options: ExportOptions) -> str:
    return (
        "\n\n".join(_section(stored, options) for one in conversations for stored in options.each(one.messages)) + "\n"
    )


def _section(stored: StoredMessage, options: ExportOptions) -> str:
    return "\n\n".join([f"## {speaker(stored)}", *_paragraphs(stored, options)])


def _paragraphs(stored: StoredMessage, options: ExportOptions) -> Iterator[str]:
    for part in stored.message.media:
        yield _medium(part, options.media)
    for notice in stored.notices:
        yield f"*{' '.join(notice.split())}*"
    if options.thinking and stored.message.thinking.strip():
        lines = stored.message.thinking.strip().splitlines()
        yield "\n".join(f"> {line}".rstrip() for line in (f"**{tr('Thinking')}**", "", *lines))
    if stored.message.text:
        yield stored.message.text.rstrip()
    if unfinished := outcome(stored):
        yield f"*{unfinished}*"


def _medium(part: MediaPart, media: MediaFolder | None) -> str:
    name = " ".join(part.name.split())
    if media is None:
        return f"[{name}]"
    mark = "!" if isinstance(part, ImagePart) else ""
    escaped = _SPECIAL.sub(r"\\\1", name)
    return f"{mark}[{escaped}]({media.link(part)})"


FORMAT = ExportFormat(name="md", title=lambda: tr("Markdown"), suffix=".md", joined=False, render=_render)
