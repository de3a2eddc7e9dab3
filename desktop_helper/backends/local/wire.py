"""What the app and the worker say to each other, as frames.

To the worker: `load`, `prepare`, `answer` (these name the model), `unload`, `cancel`, `answer_now` and `picture`. From
it: one frame per stream event, `loaded`, `prepared`, `unloaded`, `need` and `error`. Every frame carries the number of
its turn; frames of a turn that nobody waits for any more are dropped.

A question names its pictures; their bytes travel only if the worker has to look at them (`need`, then `picture`).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_helper.core.as_sent import as_sent
from desktop_helper.core.child_side import error_of
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.frames import Frame
from desktop_helper.core.messages import (
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    Part,
    Role,
    Sampling,
    Thinking,
    ToolCall,
)
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.quoting import quote_file

_EVENTS: dict[str, Callable[..., StreamEvent]] = {
    "progress": Progress,
    "notice": Notice,
    "thinking": ThinkingDelta,
    "text": TextDelta,
    "tool": ToolCallRequested,
    "usage": UsageReported,
}
_TYPES = {kind: name for name, kind in _EVENTS.items()}


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What the worker loads.

    The quirks of the profile that we know: `gpu_layers` (-1: as many as fit), `vision_on_cpu`, `save_states`;
    `shown_tokens`, to which pictures are made smaller here if what is attached may be larger; `one_thread`, for a model
    so small that several threads would mostly wait for each other.
    """

    gguf: str
    mmproj: str
    context: int
    max_image_tokens: int
    gpu_layers: int = -1
    vision_on_cpu: bool = False
    states: str = ""
    one_thread: bool = False

    @classmethod
    def of(cls, profile: ModelProfile, cache_dir: Path) -> ModelConfig:
        """The part of a profile that matters here."""
        return cls(
            gguf=str(profile.gguf or ""),
            mmproj=str(profile.mmproj or ""),
            context=profile.context_tokens or 0,
            max_image_tokens=int(profile.quirks.get("shown_tokens", profile.max_image_tokens)),
            gpu_layers=int(profile.quirks.get("gpu_layers", -1)),
            vision_on_cpu=bool(profile.quirks.get("vision_on_cpu", False)),
            states=str(cache_dir / "conversations") if profile.quirks.get("save_states") else "",
            one_thread=bool(profile.quirks.get("one_thread", False)),
        )

    @property
    def files(self) -> tuple[Path | None, Path | None]:
        """The model and its projector, where they are chosen."""
        return Path(self.gguf) if self.gguf else None, Path(self.mmproj) if self.mmproj else None

    @property
    def name(self) -> str:
        """The model's file name, for messages."""
        return Path(self.gguf).name


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its name: the SHA-256 of its bytes. `size` is in pixels."""

    sha256: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Question:
    """A request as the engine takes it: messages and tools for a chat template, `Picture`s in place of pictures."""

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]
    sampling: Sampling


def pack(request: ChatRequest) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Header fields of an `answer` or `prepare` frame, and the pictures that it names."""
    pictures: dict[str, bytes] = {}
    names: dict[str, str] = {}
    messages = []
    for message in _with_pictures_by_the_user(request.messages):
        names.update({call.call_id: call.name for call in message.tool_calls})
        messages.append(_message(message, pictures, names))
    header = {
        "messages": messages,
        "tools": [{"type": "function", "function": dataclasses.asdict(tool)} for tool in request.tools],
        "sampling": dataclasses.asdict(request.sampling),
    }
    return header, pictures


def unpack(frame: Frame) -> Question:
    """What `pack` made."""
    sampling = dict(frame.header["sampling"])
    sampling["thinking"] = Thinking(sampling["thinking"])
    sampling["stop"] = tuple(sampling["stop"])
    messages = [{**message, "content": _with_pictures(message["content"])} for message in frame.header["messages"]]
    return Question(messages, frame.header["tools"], Sampling(**sampling))


def event_header(event: StreamEvent) -> dict[str, Any]:
    """The frame for an event."""
    match event:
        case Finished(reason, full):
            return {"type": "finished", "reason": reason.value, "full": full}
        case Failed():
            raise ValueError("errors have frames of their own")
    return {"type": _TYPES[type(event)], **{name: getattr(event, name) for name in event.__slots__}}


def event_of(frame: Frame) -> StreamEvent | None:
    """The event that a frame carries, or None if it is no event."""
    header = {key: value for key, value in frame.header.items() if key not in ("type", "turn")}
    if frame.type == "finished":
        return Finished(FinishReason(header["reason"]), header["full"])
    kind = _EVENTS.get(frame.type)
    if kind is not None:
        return kind(**header)
    error = error_of(frame)
    return Failed(error) if error is not None else None


def _with_pictures_by_the_user(messages: tuple[Message, ...]) -> list[Message]:
    """Chat templates know pictures only in what the user says: those of others follow as a message of the user's."""
    moved = []
    for message in messages:
        pictures = tuple(part for part in message.parts if isinstance(part, ImagePart))
        if message.role is Role.USER or not pictures:
            moved.append(message)
            continue
        rest = tuple(part for part in message.parts if not isinstance(part, ImagePart))
        moved += [dataclasses.replace(message, parts=rest), Message(Role.USER, pictures)]
    return moved


def _message(message: Message, pictures: dict[str, bytes], names: dict[str, str]) -> dict[str, Any]:
    parts = [_part(part, pictures) for part in as_sent(message.parts)]
    if message.role is Role.USER and any(part["type"] != "text" for part in parts):
        return {"role": message.role.value, "content": parts}
    made: dict[str, Any] = {"role": message.role.value, "content": "".join(part["text"] for part in parts)}
    if message.tool_calls:
        made["tool_calls"] = [_call(call) for call in message.tool_calls]
    if message.call_id:
        made.update(tool_call_id=message.call_id, name=names.get(message.call_id, ""))
    return made


def _part(part: Part, pictures: dict[str, bytes]) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        pictures[part.sha256] = part.data
        return {"type": "image", "sha256": part.sha256, "size": [part.width, part.height]}
    return {"type": "text", "text": quote_file(part) if isinstance(part, FilePart) else part.text}


def _call(call: ToolCall) -> dict[str, Any]:
    """As chat templates want it: with parsed arguments."""
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        arguments = call.arguments
    return {"type": "function", "id": call.call_id, "function": {"name": call.name, "arguments": arguments}}


def _with_pictures(content: str | list[dict[str, Any]]) -> Any:
    if isinstance(content, str):
        return content
    return [
        Picture(part["sha256"], (part["size"][0], part["size"][1])) if part["type"] == "image" else part
        for part in content
    ]
