"""The messages of a request. Pure, but for the reader of pictures that it is handed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart, Message, Part, Role, TextPart, ToolCall
from desktop_helper.services.openai_server.data_uri import picture_bytes
from desktop_helper.services.openai_server.fields import Fields
from desktop_helper.services.openai_server.refusal import wrong_field

ReadPicture = Callable[[bytes, str], tuple[MediaPart, ...]]
"""From a picture file and where it stands in the request to what the model gets. Raises `HelperError`."""

MAX_MESSAGES = 4096
_ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
}


def messages(request: Fields, read_picture: ReadPicture) -> tuple[Message, ...]:
    """The conversation. Raises `HelperError`."""
    given = request.items("messages")
    if not given or len(given) > MAX_MESSAGES:
        message = tr("“messages” must be a list of 1 to {count} messages.", count=MAX_MESSAGES)
        raise wrong_field("messages", message)
    return tuple(_message(fields, read_picture) for fields in request.objects("messages"))


def _message(fields: Fields, read_picture: ReadPicture) -> Message:
    role = _ROLES.get(fields.text("role") or "")
    if role is None:
        names = ", ".join(_ROLES)
        message = tr("“{field}” must be one of {names}.", field=fields.where("role"), names=names)
        raise fields.wrong("role", message, code="invalid_value")
    calls = tuple(_call(call) for call in fields.objects("tool_calls")) if role is Role.ASSISTANT else ()
    return Message(
        role,
        tuple(_parts(fields, role, read_picture)),
        thinking=(fields.text("reasoning_content") or "") if role is Role.ASSISTANT else "",
        tool_calls=calls,
        call_id=(fields.text("tool_call_id") or "") if role is Role.TOOL else "",
    )


def _parts(fields: Fields, role: Role, read_picture: ReadPicture) -> Iterator[Part]:
    content = fields.raw("content")
    if isinstance(content, str):
        yield TextPart(content)
    elif isinstance(content, list):
        for part in fields.objects("content"):
            yield from _part(part, role, read_picture)
    elif content is not None or role in (Role.SYSTEM, Role.USER):
        message = tr("“{field}” must be text or a list of parts.", field=fields.where("content"))
        raise fields.wrong("content", message)


def _part(part: Fields, role: Role, read_picture: ReadPicture) -> Iterator[Part]:
    kind = part.text("type") or ""
    if kind in ("text", "refusal"):
        yield TextPart(part.text(kind) or "")
    elif kind == "image_url" and role in (Role.USER, Role.TOOL):
        param = part.where("image_url.url")
        yield from read_picture(picture_bytes(_url(part), param), param)
    else:
        message = tr("“{kind}” is not a kind of content that can be read in a message of this role.", kind=kind[:40])
        fix = tr("Text can be read, and image_url in messages of the user and of tools.")
        raise part.wrong("type", message, fix, "unsupported_content")


def _url(part: Fields) -> str:
    """`image_url` is an object by OpenAI's book, and plain text with many."""
    if isinstance(part.raw("image_url"), str):
        return str(part.raw("image_url"))
    picture = part.object("image_url")
    url = picture.text("url") if picture is not None else None
    if url is None:
        where = part.where("image_url.url")
        raise wrong_field(where, tr("“{field}” must be text.", field=where), code="invalid_type")
    return url


def _call(call: Fields) -> ToolCall:
    function = call.object("function")
    name = function.text("name") if function is not None else None
    if function is None or not name:
        where = call.where("function.name")
        raise wrong_field(where, tr("“{field}” must be text.", field=where), code="invalid_type")
    arguments = function.raw("arguments")
    if isinstance(arguments, dict):  # some clients do not write it as text
        arguments = json.dumps(arguments, ensure_ascii=False)
    elif arguments is not None:
        arguments = function.text("arguments")
    return ToolCall(call.text("id") or "", name, arguments or "{}")
