"""Single pictures of one video, for who chooses a part of it: about there at once, or exactly what is seen then.

Frames from the parent (`services.clip_looks`): `look`, with the `path` and `what`: `about`, `near` or `exact`. A video
stays open until another one is asked for. Frames back: `about`, or `picture` with a JPEG as payload, or `error`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from desktop_helper.attachments import _errors
from desktop_helper.attachments._clip import MANY_PIXELS, Clip
from desktop_helper.attachments._clip_frames import turned
from desktop_helper.core.child_side import Channel
from desktop_helper.core.errors import HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import set_language, tr

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

QUALITY = 82
JUMP_S = 3.0  # what lies further ahead is jumped to instead of decoding everything up to it
PATIENCE_S = 5.0  # of decoding; then the picture that has been reached is shown
MOMENT_S = 0.5  # the same for one of many small pictures
_HELD, _HELD_LARGE = 16, 8  # pictures that stepping back finds without decoding them again
_JUST = 1e-4  # seconds that rounding may take

_open: dict[str, _Looks] = {}  # one at most


def answer(frame: Frame, channel: Channel) -> None:
    """Answer one frame of the parent. Raises `HelperError(SOURCE)`."""
    header = frame.header
    set_language(header["language"])
    name = str(header["name"])
    try:
        looks = _looks_of(str(header["path"]))
        if header["what"] == "about":
            channel.send({"type": "about"} | looks.about())
            return
        at, room = float(header["at"]), (int(header["width"]), int(header["height"]))
        near = header["what"] == "near"
        described, data = looks.near(at, float(header["within"]), room) if near else looks.exact(at, room)
        channel.send({"type": "picture"} | described, data)
    except (HelperError, MemoryError):
        raise
    except Exception as error:  # a damaged file makes FFmpeg say anything
        raise _errors.damaged(name) from error


def _looks_of(path: str) -> _Looks:
    if path not in _open:
        for other in _open.values():
            other.close()
        _open.clear()
        _open[path] = _Looks(path)
    return _open[path]


class _Looks:
    """Several openings of the file: jumping for one kind of look would lose the other ones' places."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        if not self._path.is_file():
            raise _errors.unreadable(tr("There is no file {name}.", name=path), tr("Check how its path is written."))
        self._opened: list[tuple[BinaryIO, Clip]] = []
        self._jumping = self._clip()
        self._reader: _Reader | None = None
        self._strip_reader: _Reader | None = None

    def close(self) -> None:
        for file, clip in self._opened:
            clip.close()
            file.close()

    def about(self) -> dict[str, Any]:
        """Its length and shape."""
        clip, first = self._jumping, self._jumping.near(0.0)
        width, height = clip.size if first is None else _shape(clip, first[1])
        duration = clip.duration
        if duration is None:
            duration = self._clip().look_for_duration()
        return {"duration": duration, "frames": clip.frames, "width": width, "height": height}

    def near(self, at: float, within: float, room: tuple[int, int]) -> tuple[dict[str, Any], bytes]:
        """A picture close to a time: one that can be decoded by itself, or else what can be reached in a moment."""
        found = self._jumping.near(at)
        if found is not None and abs(found[0] - at) <= within:
            return _look(self._jumping, *found, None, room)
        self._strip_reader = self._strip_reader or _Reader(self._clip())
        return self._strip_reader.look(at, room, MOMENT_S)

    def exact(self, at: float, room: tuple[int, int]) -> tuple[dict[str, Any], bytes]:
        """What is seen at a time, since when, and until when if another picture follows."""
        self._reader = self._reader or _Reader(self._clip(one_by_one=False))
        return self._reader.look(at, room, PATIENCE_S)

    def _clip(self, *, one_by_one: bool = True) -> Clip:
        file = self._path.open("rb")
        self._opened.append((file, clip := Clip(file, one_by_one=one_by_one)))
        return clip


class _Reader:
    """Goes on where it was, as long as it is asked for what follows, or for what it has just passed."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self._pictures: Iterator[tuple[float, VideoFrame]] = iter(())
        large = clip.size[0] * clip.size[1] > MANY_PIXELS
        self._held: deque[tuple[float, VideoFrame]] = deque(maxlen=_HELD_LARGE if large else _HELD)

    def look(self, at: float, room: tuple[int, int], patience_s: float) -> tuple[dict[str, Any], bytes]:
        held, at = self._held, at + _JUST
        if not held or at < held[0][0] or at > held[-1][0] + JUMP_S:
            held.clear()
            self._pictures = self._clip.from_before(max(0.0, at))
        begun = time.monotonic()
        while not held or (held[-1][0] <= at and time.monotonic() - begun < patience_s):
            following = next(self._pictures, None)
            if following is None:
                break
            held.append(following)
        if not held:
            raise ValueError("no picture")
        place = max((number for number, (seen, _frame) in enumerate(held) if seen <= at), default=0)
        until = held[place + 1][0] if place + 1 < len(held) else None
        return _look(self._clip, *held[place], until, room)


def _shape(clip: Clip, frame: VideoFrame) -> tuple[int, int]:
    width, height = clip.shape(frame)
    return (height, width) if round(frame.rotation / 90) % 2 else (width, height)


def _look(
    clip: Clip, at: float, frame: VideoFrame, until: float | None, room: tuple[int, int]
) -> tuple[dict[str, Any], bytes]:
    from PIL import Image

    width, height = _shape(clip, frame)
    scale = min(1.0, room[0] / width, room[1] / height)
    flat = [max(1, round(side * scale)) for side in clip.shape(frame)]
    picture = turned(Image.fromarray(clip.sized(frame, *flat)), frame.rotation % 360)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return {"at": at, "until": until, "width": picture.width, "height": picture.height}, buffer.getvalue()
