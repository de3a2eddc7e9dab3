"""A conversation as plain data: text and media parts in messages with a role."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

NOTE_MIME = "text/x-note"
"""Media type of a `FilePart` in which a handler says what it left out of a file, to the user and to the model."""
CLIP_MIME = "video/x-clip"
"""Media type of a `FilePart` that holds a whole video as an MP4 file, for servers that read them; its text is the note
about the pictures of it that follow, which everybody else gets. Other videos that are kept are never sent."""


class Role(StrEnum):
    """Who said it."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class TextPart:
    """Plain text (user, system) or Markdown (assistant)."""

    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Where in a video a picture stands.

    Args:
        clip: the video's name. Untrusted.
        at: seconds from its beginning.
        duration: of the whole video, in seconds.
        frames: how many pictures the video has, or that part of it.
        part: its first and last second, if the pictures were chosen from a part of it only.
    """

    clip: str
    at: float
    duration: float
    frames: int
    part: tuple[float, float] | None = None


@dataclass(frozen=True)
class ImagePart:
    """A picture exactly as the model gets it.

    Args:
        data: the encoded file, PNG or JPEG (every server reads these two).
        mime: `image/png` or `image/jpeg`.
        width, height: pixels of `data`.
        name: shown to the user, e.g. `Region` or `report.pdf, page 3`. Untrusted.
        tokens: what a GLM-V model spends on it (`core.image_tokens`).
        moment: of a picture of a video; those of one follow one another in the order of time (`core.clips`).
        full_size: pixels that it had before it was made smaller for the model; None if it was not.
    """

    data: bytes = field(repr=False)
    mime: str
    width: int
    height: int
    name: str
    tokens: int
    moment: Moment | None = None
    full_size: tuple[int, int] | None = field(default=None, compare=False)

    @cached_property
    def sha256(self) -> str:
        """Hex digest of `data`: the blob's name in the store and the key of every cache."""
        return _digest(self.data)


@dataclass(frozen=True)
class FilePart:
    """A file that stays what it is, e.g. a text file quoted in the prompt.

    Args:
        data: the original bytes, kept for history.
        mime: the file's media type.
        name: file name as shown. Untrusted.
        text: what of it is sent to the model, decoded.
    """

    data: bytes = field(repr=False)
    mime: str
    name: str
    text: str = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """Hex digest of `data`."""
        return _digest(self.data)


def _digest(data: bytes) -> str:
    import hashlib  # brings OpenSSL, which the idle app does not need

    return hashlib.sha256(data).hexdigest()


Part = TextPart | ImagePart | FilePart
MediaPart = ImagePart | FilePart


def is_same(one: MediaPart, other: MediaPart) -> bool:
    """Whether both are one attachment, of which one may have its bytes no more."""
    return one is other or (one.name == other.name and one.sha256 == other.sha256)


def is_note(part: Part) -> bool:
    """Whether it says something about what follows it."""
    return isinstance(part, FilePart) and part.mime in (NOTE_MIME, CLIP_MIME)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool call that an assistant message made."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. Media come before text in `parts`, so that a server's prefix cache keeps the picture.

    `thinking` is kept for display only and is never sent again. `call_id` is set on a tool's result.
    """

    role: Role
    parts: tuple[Part, ...]
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    call_id: str = ""

    @property
    def text(self) -> str:
        """The text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def media(self) -> tuple[MediaPart, ...]:
        """The pictures and files, in order."""
        return tuple(part for part in self.parts if not isinstance(part, TextPart))


class Thinking(StrEnum):
    """Whether the model reasons before it answers. AUTO leaves it to the model's own default."""

    OFF = "off"
    AUTO = "auto"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to generate. `None` leaves the server's or the model's own default.

    Args:
        thinking: whether to reason first.
        thinking_budget: tokens after which the reasoning is closed.
        effort: of the reasoning, where a server knows such a word.
        max_tokens: length limit, reasoning included.
        temperature, top_p, top_k, min_p: as every sampler has them.
        repetition_penalty: factor on what was said already; 1 is none.
        presence_penalty, frequency_penalty: as OpenAI defines them; 0 is none.
        seed: the same one gives the same answer where the backend can do that.
        stop: texts that end the answer; they are not part of it.
        json_schema: the answer must be JSON of this schema; `{}` is any JSON.
    """

    thinking: Thinking = Thinking.AUTO
    thinking_budget: int | None = None
    effort: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool offered to the model; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, object]


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Everything a backend needs for one answer.

    `over_limit`: the user lets it pass what they mean to spend in a month (`services.spending`).
    """

    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    tools: tuple[ToolSpec, ...] = ()
    timeout_s: float | None = None
    over_limit: bool = False
