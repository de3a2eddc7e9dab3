"""What a choice of a video's frames is and costs, in one line; and the steps that a budget may have."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_helper.core import clips
from desktop_helper.core.clip_span import LEAST_FRAMES, MOST_FRAMES
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.services.question_estimate import part_tokens, short

FRAME_STEPS = (LEAST_FRAMES, 3, 4, 6, 8, 12, 16, 24, 32, 48, MOST_FRAMES)
_LEAST_TOKENS = 1000


def frames_of(parts: Sequence[MediaPart]) -> list[ImagePart]:
    """The frames among the parts of a video."""
    return [part for part in parts if isinstance(part, ImagePart) and part.moment is not None]


def tokens_of(parts: Sequence[MediaPart]) -> int:
    """What they cost, with the note about them."""
    return sum(map(part_tokens, parts))


def sentence(parts: Sequence[MediaPart], limit: int) -> str:
    """`0:42 · 12 of 300 frames · 812 × 460 each · 5.9k tokens · 5% of what the model can read`.

    Args:
        parts: of one video.
        limit: what the model can read; 0 if nobody knows.
    """
    frames = frames_of(parts)
    if not frames:
        return ""
    first, tokens = frames[0], tokens_of(parts)
    said = [
        clips.told(frames),
        tr("{width} × {height} each", width=first.width, height=first.height),
        tr("{used} tokens", used=short(tokens)),
    ]
    if limit:
        said.append(tr("{share} of what the model can read", share=percent(tokens / limit)))
    return " · ".join(said)


def percent(share: float) -> str:
    """`5%`, `0.4%`, `<0.1%`."""
    if share < 0.001:
        return "<0.1%"
    return f"{share * 100:.1f}%" if share < 0.01 else f"{share * 100:.0f}%"


def token_steps(allowed: int) -> list[int]:
    """Budgets to choose from, the largest first: all that the model allows, half of it, and so on."""
    steps = [allowed]
    while len(steps) < 5 and steps[-1] // 2 >= _LEAST_TOKENS:
        steps.append(steps[-1] // 2)
    return steps


def nearest_step(frames: int) -> int:
    """Place of the smallest step that has room for so many frames."""
    return next((place for place, step in enumerate(FRAME_STEPS) if step >= frames), len(FRAME_STEPS) - 1)
