"""The model's size. Both files together may take 12 MB as float16, which is six million numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

HEAD = 64  # numbers of one attention head of the text model
ROTATED = 32  # of them tell places
SECTIONS = (4, 6, 6)  # pairs of them for order, row and column
PATCH = 14
POSITIONS = 24  # learned places in each direction
EPSILON = 1e-5
MEAN = (0.48145466, 0.4578275, 0.40821073)
SPREAD = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the model is made of.

    Args:
        width, blocks, heads, inner: of the text model; one head of keys and values serves all heads of queries.
        rope_base: how slowly the turning of places slows down; over eight columns 10000 would hardly turn at all.
        vision_width, vision_blocks, vision_heads, vision_inner: of the encoder of pictures.
        merger: how wide what joins four patches is inside.
    """

    width: int = 192
    blocks: int = 5
    heads: int = 3
    inner: int = 512
    rope_base: float = 100.0
    vision_width: int = 128
    vision_blocks: int = 4
    vision_heads: int = 4
    vision_inner: int = 256
    merger: int = 384

    def as_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return asdict(self)


SMALLEST = Shape(
    width=64, blocks=2, heads=1, inner=96, vision_width=32, vision_blocks=1, vision_heads=2, vision_inner=48, merger=64
)
"""For tests of the machinery; it learns nothing."""
