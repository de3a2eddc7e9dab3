"""Parts of a message as the converter process sends them: some ahead of the others, the rest at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from desktop_helper.core import clips
from desktop_helper.core.coming import Coming
from desktop_helper.core.documents import LONGEST
from desktop_helper.core.frames import MAX_PAYLOAD_BYTES, MAX_PAYLOADS, Frame
from desktop_helper.core.image_parts import size_of
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart

OnComing = Callable[[Coming], None]


class PartFrames:
    """Of one file. What is sent may be anything: its methods raise KeyError, TypeError or ValueError then.

    Args:
        tell: shown what was sent ahead.
    """

    def __init__(self, tell: OnComing | None) -> None:
        self._tell = tell
        self._ahead: list[ImagePart] = []
        self._room = MAX_PAYLOAD_BYTES  # as for all that is sent at the end

    def take(self, frame: Frame) -> None:
        """One that was sent ahead."""
        (data,) = frame.payloads
        part = part_of(frame.header, data)
        if self._tell is None or not isinstance(part, ImagePart):
            raise ValueError("nobody asked for it")
        self._room -= len(data)
        if self._room < 0 or len(self._ahead) >= MAX_PAYLOADS:
            raise ValueError("too much")
        self._ahead.append(part)
        number, count, pages = (int(frame.header[key]) for key in ("number", "count", "pages"))
        if not (0 < number <= count and pages >= 0):
            raise ValueError(number)
        self._tell(Coming(part, number, count, min(pages, LONGEST)))

    def all(self, done: Frame) -> tuple[MediaPart, ...]:
        """The whole, of which some were sent ahead."""
        described: list[dict[str, Any]] = list(done.header["parts"])
        rest = [one for one in described if one["part"] != "ahead"]
        made = iter([part_of(*pair) for pair in zip(rest, done.payloads, strict=True)])
        ahead = dict(enumerate(self._ahead))
        return tuple(ahead[one["place"]] if one["part"] == "ahead" else next(made) for one in described)


def part_of(description: Mapping[str, Any], data: bytes) -> MediaPart:
    """What `attachments._worker.describe` told of."""
    name, mime = str(description["name"]), str(description["mime"])
    if description["part"] == "image":
        if mime not in ("image/png", "image/jpeg"):
            raise ValueError(mime)
        width, height, tokens = (int(description[key]) for key in ("width", "height", "tokens"))
        moment = clips.moment_of(description.get("moment"))
        full_size = size_of(description.get("full_size"))
        return ImagePart(data, mime, width, height, name, tokens, moment, full_size)
    return FilePart(data, mime, name, str(description["text"]))
