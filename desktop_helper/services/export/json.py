r"""Our own form, which `desktop-helper history import` reads again.

One JSON object for each conversation, UTF-8:

    format      "desktop-helper-conversation"
    version     1; a reader refuses a number that it does not know
    title, created, updated, pinned
    left_out    what the history has of it and the file has not: "thinking" if that was not asked for, "versions" for
                questions and answers beside those that are shown; [] if the file is all there is
    messages    the messages in the order of the conversation, each with
        role, created, status, error, model, notices, usage, call_id
        tool_calls   [{"call_id", "name", "arguments"}]
        thinking, thinking_s   only if they were asked for; seconds, or null if nobody knows
        parts        {"type": "text", "text"}
                     {"type": "image", "media", "mime", "name", "width", "height", "tokens", "moment"}; the last
                     for a picture of a video: {"clip", "at", "duration", "frames"}, in seconds
                     {"type": "file", "media", "mime", "name", "text"}; without "text" it is the file's bytes as UTF-8
    media       SHA-256 (hex) -> base64 of the bytes, each picture and file once

Times are ISO 8601 with their zone. Keys that a reader does not know are to be ignored.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from desktop_helper.core.clips import fields_of
from desktop_helper.core.messages import ImagePart, Part, TextPart
from desktop_helper.services.export.format import Conversation, ExportFormat, ExportOptions

if TYPE_CHECKING:
    from desktop_helper.services.history_records import StoredMessage

NAME = "desktop-helper-conversation"
VERSION = 1


def _render(conversations: Iterable[Conversation], options: ExportOptions) -> str:
    (conversation,) = conversations
    return json.dumps(as_data(conversation, options), ensure_ascii=False, indent=1) + "\n"


def as_data(conversation: Conversation, options: ExportOptions) -> dict[str, Any]:
    """The object of one conversation."""
    info, messages = conversation.info, conversation.messages
    told: list[dict[str, Any]] = []
    media: dict[str, str] = {}
    for stored in options.each(messages):
        told.append(described(stored, _part, thinking=options.thinking))
        media |= {part.sha256: _letters(part.data) for part in stored.message.media if part.sha256 not in media}
    return {
        "format": NAME,
        "version": VERSION,
        "title": info.title,
        "created": info.created.isoformat(),
        "updated": info.updated.isoformat(),
        "pinned": info.pinned,
        "left_out": list(_left_out(messages, options)),
        "messages": told,
        "media": media,
    }


def _letters(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _left_out(messages: Sequence[StoredMessage], options: ExportOptions) -> Iterator[str]:
    if not options.thinking and any(stored.message.thinking for stored in messages):
        yield "thinking"
    if any(len(stored.versions) > 1 for stored in messages):
        yield "versions"


def described(stored: StoredMessage, part: Callable[[Part], dict[str, Any]], *, thinking: bool) -> dict[str, Any]:
    """A message as plain data, with `part` of each of its parts, and its reasoning if that is asked for."""
    message = stored.message
    return {
        "role": message.role.value,
        "created": stored.created.isoformat(),
        "parts": [part(one) for one in message.parts],
        **({"thinking": message.thinking, "thinking_s": stored.thinking_s} if thinking else {}),
        "tool_calls": [asdict(call) for call in message.tool_calls],
        "call_id": message.call_id,
        "status": stored.status,
        "error": stored.error,
        "model": stored.model,
        "notices": list(stored.notices),
        "usage": asdict(stored.usage) if stored.usage is not None else None,
    }


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    named = {"media": part.sha256, "mime": part.mime, "name": part.name}
    if isinstance(part, ImagePart):
        moment = {"moment": fields_of(part.moment)} if part.moment is not None else {}
        return {"type": "image", **named, "width": part.width, "height": part.height, "tokens": part.tokens, **moment}
    text = {} if part.text.encode() == part.data else {"text": part.text}
    return {"type": "file", **named, **text}


FORMAT = ExportFormat(name="json", title=lambda: "JSON", suffix=".json", joined=False, render=_render)
