"""What a format declares, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import CLIP_MIME, FilePart, MediaPart, Role

if TYPE_CHECKING:
    from desktop_helper.services.history_records import ConversationInfo, StoredMessage

_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", CLIP_MIME: ".mp4"}


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation as `History.info` and `History.messages` tell it."""

    info: ConversationInfo
    messages: Sequence[StoredMessage]


class MediaFolder:
    """The pictures and files of a document, in a folder beside it, each content once.

    Args:
        name: of the folder.
        save: called with the path of each, relative to the document and with `/`, and its bytes.
    """

    def __init__(self, name: str, save: Callable[[str, bytes], None]) -> None:
        self._name = name
        self._save = save
        self._paths: dict[str, str] = {}

    def add(self, part: MediaPart) -> str:
        """The path of `part` beside the document. Its own name is untrusted: only its kind and a number are used."""
        if part.sha256 not in self._paths:
            kind = "file" if isinstance(part, FilePart) else "picture"
            suffix = _SUFFIXES.get(part.mime, ".txt" if part.mime.startswith("text/") else ".bin")
            path = f"{self._name}/{kind}-{len(self._paths) + 1}{suffix}"
            self._save(path, part.data)
            self._paths[part.sha256] = path
        return self._paths[part.sha256]

    def link(self, part: MediaPart) -> str:
        """The same as an address inside a document."""
        return quote(self.add(part))


def _on_its_way(_number: int, _total: int) -> None:
    """Nobody waits."""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How to write.

    Args:
        thinking: with what the model thought, where a format does not need it anyway.
        media: where pictures and files go; None if there is no place beside the document.
        on_message: told which of how many messages comes next. Raises `HelperError(CANCELLED)` to end it.
    """

    thinking: bool = False
    media: MediaFolder | None = None
    on_message: Callable[[int, int], None] = _on_its_way

    def each(self, messages: Sequence[StoredMessage]) -> Iterator[StoredMessage]:
        """The messages, telling how far it is; a format goes through them once in this way."""
        for number, stored in enumerate(messages):
            self.on_message(number, len(messages))
            yield stored


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """`FORMAT` of a module in this package.

    Args:
        name: on the command line; also the module's name.
        title: in a menu.
        suffix: of the file's name.
        joined: whether all conversations go into one document; else `render` gets one at a time.
        render: makes the document. Raises `HelperError` if the conversations cannot be told in this form.
    """

    name: str
    title: Callable[[], str]
    suffix: str
    joined: bool
    render: Callable[[Iterable[Conversation], ExportOptions], str]


def speaker(stored: StoredMessage) -> str:
    """Who said it, for a heading."""
    who = {Role.USER: tr("You"), Role.ASSISTANT: stored.model or tr("Model"), Role.TOOL: tr("Tool")}
    return " ".join(who.get(stored.message.role, stored.message.role.value).split())


def outcome(stored: StoredMessage) -> str:
    """What is to be said of an answer that is not whole; empty if it is."""
    if stored.error:
        return stored.error
    return f"({stored.status})" if stored.status in _NOT_WHOLE else ""


_NOT_WHOLE = ("interrupted", "cancelled", "length", "filtered", "repetition")
