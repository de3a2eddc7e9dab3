"""The chosen pictures of a video while it is looked through, and as parts of a message at the end."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from desktop_helper.attachments._pixels import padded
from desktop_helper.core.clip_span import LEAST_FRAMES, MOST_FRAMES
from desktop_helper.core.image_tokens import MAX_BYTES, MAX_SIDE, fit, image_tokens
from desktop_helper.scenes.chooser import Scene
from desktop_helper.scenes.thinning import least_needed

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame
    from PIL import Image

    from desktop_helper.attachments._clip import Clip

FRAME_TOKENS = 300  # fewer pictures rather than smaller ones
JPEG_QUALITIES = (90, 80, 65)


@dataclass(frozen=True, slots=True)
class _Held:
    """A picture as RGB, no larger than it can be sent at last; `turn` in degrees against the clock."""

    pixels: np.ndarray[Any, Any]
    turn: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as it is sent. `at` in seconds."""

    at: float
    data: bytes
    width: int
    height: int


class Frames:
    """Keeps the pictures within the budget: few of them in full, or more of them smaller.

    Args:
        max_image_tokens: for one picture.
        max_video_tokens: for all of them.
        full_tokens: what one costs in full.
        most_frames: how many are wanted at most; two are the least.
    """

    def __init__(
        self, max_image_tokens: int, max_video_tokens: int, full_tokens: int, most_frames: int = MOST_FRAMES
    ) -> None:
        self._one, self._all = max_image_tokens, max_video_tokens
        room = max_video_tokens // min(FRAME_TOKENS, max_image_tokens, full_tokens)
        self.most = max(LEAST_FRAMES, min(MOST_FRAMES, most_frames, room))
        self.given_up = 0  # for lack of room
        self._held: list[Scene[_Held]] = []

    def __len__(self) -> int:
        return len(self._held)

    def clear(self) -> None:
        """Begin again."""
        self._held.clear()
        self.given_up = 0

    def kept_of(self, scenes: list[Scene[float]]) -> list[Scene[float]]:
        """Those of `scenes` that there is room for."""
        gone = set(least_needed(scenes, self.most))
        self.given_up += len(gone)
        return [scene for place, scene in enumerate(scenes) if place not in gone]

    def add(self, clip: Clip, scenes: Sequence[Scene[VideoFrame]]) -> None:
        """Keep pictures of `clip`, and give up what is needed least. One that is there already is not kept twice."""
        for scene in scenes:
            if any(scene.at == other.at for other in self._held):
                continue
            size = _target_size(*clip.shape(scene.full), self._tokens(len(self._held) + 1))
            held = _Held(clip.sized(scene.full, *size), scene.full.rotation % 360)
            insort(self._held, Scene(scene.at, held, scene.change), key=lambda one: one.at)
            for place in least_needed(self._held, self.most):
                self.given_up += self._held.pop(place).change > 0

    def encoded(self, on_progress: Callable[[float], None]) -> list[Encoded]:
        """All that are left, in order."""
        made = []
        for number, scene in enumerate(self._held):
            on_progress(number / len(self._held))
            made.append(_encode(scene, self._tokens(len(self._held))))
        return made

    def _tokens(self, count: int) -> int:
        """For each of so many pictures."""
        return max(1, min(self._one, self._all // min(self.most, count)))


def first_of(clip: Clip, at: float, frame: VideoFrame, tokens: int) -> Encoded:
    """A picture to look at while the others are looked for."""
    held = _Held(clip.sized(frame, *_target_size(*clip.shape(frame), tokens)), frame.rotation % 360)
    return _encode(Scene(at, held, 0.0), tokens)


def _encode(scene: Scene[_Held], tokens: int) -> Encoded:
    from PIL import Image

    picture = Image.fromarray(scene.full.pixels)
    size = _target_size(*picture.size, tokens)
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture = padded(turned(picture, scene.full.turn))
    for quality in JPEG_QUALITIES:
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=quality, subsampling=0)
        if buffer.tell() <= MAX_BYTES:
            break
    return Encoded(scene.at, buffer.getvalue(), *picture.size)


def turned(picture: Image.Image, degrees: int) -> Image.Image:
    """Turned back by what the file says, in degrees against the clock."""
    from PIL import Image

    turns = {
        1: Image.Transpose.ROTATE_90,
        2: Image.Transpose.ROTATE_180,
        3: Image.Transpose.ROTATE_270,
    }
    quarters = round(degrees / 90) % 4
    return picture.transpose(turns[quarters]) if quarters else picture


def _target_size(width: int, height: int, tokens: int) -> tuple[int, int]:
    shrink = min(1.0, MAX_SIDE / max(width, height))
    if shrink == 1.0 and image_tokens(width, height) <= tokens:
        return width, height
    return fit(max(1, round(width * shrink)), max(1, round(height * shrink)), tokens)
