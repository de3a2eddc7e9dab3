"""What a picture costs and how large it may be.

GLM-V reads pictures in patches of 14 pixels and merges 2x2 of them into one token, so a token covers 28x28 pixels. The
reference implementation (`smart_resize` of the GLM-4V image processor) rounds both sides to multiples of 28 and caps a
picture at 6144 tokens; llama.cpp caps at 4096.
"""

from __future__ import annotations

import math

PATCH = 28  # pixels of one token's side
MIN_TOKENS = 8
REMOTE_MAX_TOKENS = 6144
LOCAL_MAX_TOKENS = 1500  # about half of a 1080p screen's compute on a laptop (docs/adr/005)
REMOTE_VIDEO_TOKENS = 30_000  # what GLM-4.6V's own processor allows a video
LOCAL_VIDEO_TOKENS = 9_600  # 32 small pictures

# What every hosted model takes.
MAX_SIDE = 6000  # pixels
MAX_ASPECT = 190  # the image processor refuses strips 200 times as long as wide, also after rounding to whole tokens
MIN_SIDE = PATCH  # the image processor refuses pictures smaller than one token, too
MAX_BYTES = 3_700_000  # of the file: 5 MB when it is written as base64


def image_tokens(width: int, height: int) -> int:
    """Tokens of a picture of `width` x `height` pixels that is sent as it is, without begin and end markers."""
    return max(MIN_TOKENS, max(1, round(width / PATCH)) * max(1, round(height / PATCH)))


def read_size(width: int, height: int) -> tuple[int, int]:
    """The pixels that a model makes of a picture of this size before it reads it: whole tokens."""
    return max(1, round(width / PATCH)) * PATCH, max(1, round(height / PATCH)) * PATCH


def video_tokens(max_image_tokens: int, context_tokens: int | None) -> int:
    """What the pictures of one video may cost together, for a model with these limits: at most half of its context."""
    most = LOCAL_VIDEO_TOKENS if max_image_tokens <= LOCAL_MAX_TOKENS else REMOTE_VIDEO_TOKENS
    return min(most, context_tokens // 2) if context_tokens else most


def padded_size(width: int, height: int) -> tuple[int, int]:
    """The size to which a picture must be widened, as it is, so that no model refuses it; mostly its own size."""
    least = max(MIN_SIDE, -(-max(width, height) // MAX_ASPECT))
    return max(least, width), max(least, height)


def fit(width: int, height: int, max_tokens: int) -> tuple[int, int]:
    """The largest size of the same shape, in multiples of `PATCH` pixels, that costs at most `max_tokens`.

    Never enlarges beyond the rounding to a multiple, so a crop stays as sharp as the screen was.
    """
    scale = min(1.0, math.sqrt(max_tokens * PATCH * PATCH / (width * height)))
    columns = max(1, round(width * scale / PATCH))
    rows = max(1, round(height * scale / PATCH))
    while columns * rows > max_tokens:
        if columns >= rows:
            columns -= 1
        else:
            rows -= 1
    return columns * PATCH, rows * PATCH
