"""A `ChatRequest` in the words of one dialect. Pure data, no network."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.core.as_sent import as_sent
from desktop_helper.core.clips import frames_only
from desktop_helper.core.messages import (
    CLIP_MIME,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    Part,
    Role,
    Sampling,
    TextPart,
    Thinking,
    ToolSpec,
)
from desktop_helper.core.native_video import MIME, NativeVideo
from desktop_helper.core.quoting import quote_file

Json = dict[str, Any]


def request_body(request: ChatRequest, model: str, quirks: Quirks) -> Json:
    """The JSON of a streamed `POST /chat/completions`."""
    body: Json = {"model": model, "messages": list(_messages(request.messages, quirks.video)), "stream": True}
    if quirks.video is not None and holds_video(request):
        body |= quirks.video.fields
    if quirks.stream_options:
        body["stream_options"] = {"include_usage": True}
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    return body | _sampling(request.sampling, quirks) | _thinking(request.sampling, quirks)


def holds_video(request: ChatRequest) -> bool:
    """Whether there is a whole video in it."""
    return any(part.mime == CLIP_MIME for message in request.messages for part in message.media)


def with_frames_only(request: ChatRequest) -> ChatRequest:
    """The same with the pictures of each video instead of itself."""
    messages = (replace(message, parts=tuple(map(frames_only, message.parts))) for message in request.messages)
    return replace(request, messages=tuple(messages))


def _messages(messages: tuple[Message, ...], video: NativeVideo | None) -> Iterator[Json]:
    pictures: list[Json] = []  # of tool results, for which the portable protocol has no place
    for message in messages:
        if message.role != Role.TOOL and pictures:
            yield {"role": "user", "content": pictures}
            pictures = []
        if message.role == Role.TOOL:
            yield {"role": "tool", "tool_call_id": message.call_id, "content": message.text}
            pictures += map(_media, as_sent(message.media))
        elif message.role == Role.ASSISTANT:
            if message.text or message.tool_calls:  # an answer that was stopped before its first word says nothing
                yield _assistant(message)
        else:
            yield {"role": str(message.role), "content": _content(message, video)}
    if pictures:
        yield {"role": "user", "content": pictures}


def _assistant(message: Message) -> Json:
    # Thinking is never sent again: the models are trained without it, and servers drop it.
    made: Json = {"role": "assistant", "content": message.text}
    if message.tool_calls:
        made["tool_calls"] = [
            {"id": call.call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    return made


def _content(message: Message, video: NativeVideo | None) -> str | list[Json]:
    """Media before text, so that a server's prefix cache keeps them; plain text if there are none."""
    if not message.media:
        return message.text
    texts = [{"type": "text", "text": part.text} for part in message.parts if isinstance(part, TextPart) and part.text]
    if video is None:
        return [*map(_media, as_sent(message.media)), *texts]
    return [*(_media(part, video) for part in as_sent(message.media, whole=True)), *texts]


def _media(part: Part, video: NativeVideo | None = None) -> Json:
    if video is not None and isinstance(part, FilePart) and part.mime == CLIP_MIME:
        whole = base64.b64encode(part.data).decode("ascii")
        return {
            "type": "video_url",
            "video_url": {"url": f"data:{MIME};base64,{whole}" if video.form == "data_uri" else whole},
        }
    if not isinstance(part, ImagePart):
        return {"type": "text", "text": quote_file(part) if isinstance(part, FilePart) else part.text}
    data = base64.b64encode(part.data).decode("ascii")
    return {"type": "image_url", "image_url": {"url": f"data:{part.mime};base64,{data}"}}


def _tool(tool: ToolSpec) -> Json:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _sampling(sampling: Sampling, quirks: Quirks) -> Json:
    made: Json = {}
    if sampling.temperature is not None:
        made["temperature"] = _clamp(sampling.temperature, quirks.temperature)
    if sampling.top_p is not None:
        made["top_p"] = _clamp(sampling.top_p, quirks.top_p)
    if sampling.max_tokens is not None:
        made["max_tokens"] = min(sampling.max_tokens, quirks.max_output_tokens or sampling.max_tokens)
    if sampling.seed is not None and quirks.seed:
        made["seed"] = sampling.seed
    return made


def _thinking(sampling: Sampling, quirks: Quirks) -> Json:
    made: Json = {}
    asked = sampling.thinking != Thinking.AUTO
    on = sampling.thinking == Thinking.ON
    if quirks.thinking_style == "zai" and asked:
        made["thinking"] = {"type": "enabled" if on else "disabled"}
    elif quirks.thinking_style == "chat_template_kwargs" and asked:
        made["chat_template_kwargs"] = {"enable_thinking": on}
    elif quirks.thinking_style in ("effort", "reasoning"):
        effort = quirks.effort_off if asked and not on else sampling.effort or (quirks.effort_on if on else "")
        allowed = (*quirks.efforts, quirks.effort_on, quirks.effort_off)
        if effort and (not quirks.efforts or effort in allowed):
            made |= (
                {"reasoning_effort": effort} if quirks.thinking_style == "effort" else {"reasoning": {"effort": effort}}
            )
    if quirks.thinking_budget_field and sampling.thinking_budget is not None:
        made[quirks.thinking_budget_field] = sampling.thinking_budget
    return made


def _clamp(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
