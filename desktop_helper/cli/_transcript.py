"""A conversation as Markdown and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from desktop_helper.core.clips import extent, fields_of, grouped
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart, Part, Role, TextPart
from desktop_helper.services.export.json import described

if TYPE_CHECKING:
    from desktop_helper.services.history_records import StoredMessage


def as_markdown(messages: Sequence[StoredMessage]) -> str:
    """For reading: a heading for each message, media by name, reasoning left out."""
    return "\n\n".join(_section(message) for message in messages) + "\n"


def as_data(conversation_id: int, messages: Sequence[StoredMessage]) -> dict[str, Any]:
    """For programs: everything but the bytes of the media, which are named by their hash."""
    return {
        "id": conversation_id,
        "messages": [{"id": one.id} | described(one, _part, thinking=True) for one in messages],
    }


def _section(stored: StoredMessage) -> str:
    who = {Role.USER: tr("You"), Role.ASSISTANT: stored.model or tr("Model"), Role.TOOL: tr("Tool")}
    lines = [f"## {who.get(stored.message.role, stored.message.role.value)}"]
    lines += [f"[{' '.join(_name(group).split())}]" for group in grouped(stored.message.media)]
    lines += [f"*{' '.join(notice.split())}*" for notice in stored.notices]
    if stored.message.text:
        lines.append(stored.message.text.rstrip())
    if stored.error:
        lines.append(f"*{stored.error}*")
    elif stored.status in ("interrupted", "cancelled", "length", "filtered", "repetition"):
        lines.append(f"*({stored.status})*")
    return "\n\n".join(lines)


def _name(group: tuple[MediaPart, ...]) -> str:
    first = group[0]
    if isinstance(first, ImagePart) and first.moment is not None:
        return tr("Video: {name}, {time}", name=first.moment.clip, time=extent(first.moment))
    return first.name


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    named = {"name": part.name, "mime": part.mime, "sha256": part.sha256}
    if isinstance(part, ImagePart):
        moment = {"moment": fields_of(part.moment)} if part.moment is not None else {}
        return {"type": "image", **named, "width": part.width, "height": part.height, "tokens": part.tokens, **moment}
    return {"type": "file", **named, "text": part.text}
