"""Which handler reads a file: what it contains counts more than what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import PurePath

from desktop_helper.attachments import _errors
from desktop_helper.core import registry
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import AttachmentHandler

HEAD_BYTES = 4096
_USUAL = ("image", "pdf", "docx", "xlsx", "pptx", "odf", "rtf", "text", "csv", "html", "eml", "epub", "ipynb", "video")


@cache
def all_handlers() -> tuple[AttachmentHandler, ...]:
    """One for each kind of file."""
    return tuple(registry.discover("desktop_helper.attachments", "HANDLER"))


def choose(handlers: Sequence[AttachmentHandler], data: bytes, name: str) -> AttachmentHandler:
    """The handler for the bytes of a file called `name`. Raises `HelperError(SOURCE)` if none knows its kind.

    Content decides, then the name, then the handlers of last resort (negative priority: text reads nearly anything).
    The name comes before those so that of a `photo.png` full of text we say that it is no picture, and send nothing.
    """
    head = data[:HEAD_BYTES]
    suffix = PurePath(name).suffix.lower()
    by_priority = sorted(handlers, key=lambda handler: -handler.priority)
    matching = [handler for handler in by_priority if handler.matches(head, name)]
    sure = [handler for handler in matching if handler.priority >= 0]
    named = [handler for handler in by_priority if suffix in handler.suffixes]
    for candidates in (sure, named, matching):
        if candidates:
            return _usable(candidates[0], name)
    raise _unknown(handlers, name)


def _usable(handler: AttachmentHandler, name: str) -> AttachmentHandler:
    state = handler.availability()
    if not state.ok:
        raise _errors.unreadable(tr("{name} cannot be read: {reason}", name=name, reason=state.reason), state.fix)
    return handler


def _unknown(handlers: Sequence[AttachmentHandler], name: str) -> HelperError:
    return _errors.unreadable(
        tr("{name} is not a kind of file that can be read here.", name=name),
        tr("What can be attached: {titles}.", titles=tr(", ").join(titles(handlers))),
    )


def titles(handlers: Sequence[AttachmentHandler]) -> list[str]:
    """What people call the files that can be read, each once, those that most people have first."""
    ranks = {name: rank for rank, name in enumerate(_USUAL)}
    ordered = sorted(handlers, key=lambda handler: (ranks.get(handler.name, len(ranks)), handler.name))
    return list(dict.fromkeys(handler.title() if handler.title is not None else handler.name for handler in ordered))
