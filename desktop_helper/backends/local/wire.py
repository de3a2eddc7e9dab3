"""What the app and the worker say to each other, as frames.

To the worker: `load`, `answer` (both name the model) and `cancel`. From it: one frame per stream event, and `loaded`.
Every frame carries the number of its turn; frames of a turn that nobody waits for any more are dropped.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_helper.core.child_side import error_of
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.core.frames import Frame
from desktop_helper.core.messages import ChatRequest, FilePart, ImagePart, Message, Part, Role, Sampling, Thinking
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.quoting import quote_file

DEFAULT_CONTEXT = 16_384  # tokens: eight pictures of the local size and a long talk, 0.7 GB of memory for a 9B model


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """What the worker loads. The quirks of the profile that we know: `gpu_layers` (-1 = all), `vision_on_cpu`."""

    gguf: str
    mmproj: str
    context: int
    max_image_tokens: int
    gpu_layers: int = -1
    vision_on_cpu: bool = False

    @classmethod
    def of(cls, profile: ModelProfile) -> ModelConfig:
        """The part of a profile that matters here."""
        return cls(
            gguf=str(profile.gguf or ""),
            mmproj=str(profile.mmproj or ""),
            context=profile.context_tokens or DEFAULT_CONTEXT,
            max_image_tokens=profile.max_image_tokens,
            gpu_layers=int(profile.quirks.get("gpu_layers", -1)),
            vision_on_cpu=bool(profile.quirks.get("vision_on_cpu", False)),
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
class Question:
    """A request as the engine takes it: messages for a chat template, pictures apart."""

    messages: list[dict[str, Any]]
    pictures: tuple[bytes, ...]
    sampling: Sampling


def pack(request: ChatRequest) -> tuple[dict[str, Any], list[bytes]]:
    """Header fields and payloads of an `answer` frame."""
    payloads: list[bytes] = []
    messages = [_message(message, payloads) for message in _with_pictures_by_the_user(request.messages)]
    return {"messages": messages, "sampling": dataclasses.asdict(request.sampling)}, payloads


def unpack(frame: Frame) -> Question:
    """What `pack` made."""
    sampling = dict(frame.header["sampling"])
    sampling["thinking"] = Thinking(sampling["thinking"])
    return Question(frame.header["messages"], frame.payloads, Sampling(**sampling))


def event_header(event: StreamEvent) -> dict[str, Any]:
    """The frame for an event."""
    match event:
        case Progress() | UsageReported():
            kind = "progress" if isinstance(event, Progress) else "usage"
            return {"type": kind, **dataclasses.asdict(event)}
        case ThinkingDelta(text):
            return {"type": "thinking", "text": text}
        case TextDelta(text):
            return {"type": "text", "text": text}
        case Finished(reason):
            return {"type": "finished", "reason": reason.value}
    raise ValueError(type(event).__name__)


def event_of(frame: Frame) -> StreamEvent | None:
    """The event that a frame carries, or None if it is no event."""
    header = {key: value for key, value in frame.header.items() if key not in ("type", "turn")}
    match frame.type:
        case "progress":
            return Progress(**header)
        case "usage":
            return UsageReported(**header)
        case "thinking":
            return ThinkingDelta(header["text"])
        case "text":
            return TextDelta(header["text"])
        case "finished":
            return Finished(FinishReason(header["reason"]))
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


def _message(message: Message, payloads: list[bytes]) -> dict[str, Any]:
    parts = [_part(part, payloads) for part in message.parts]
    if message.role is not Role.USER or all(part["type"] == "text" for part in parts):
        return {"role": message.role.value, "content": "".join(part["text"] for part in parts)}
    return {"role": message.role.value, "content": parts}


def _part(part: Part, payloads: list[bytes]) -> dict[str, Any]:
    if isinstance(part, ImagePart):
        payloads.append(part.data)
        return {"type": "image", "payload": len(payloads) - 1}
    return {"type": "text", "text": quote_file(part) if isinstance(part, FilePart) else part.text}
