"""The encoder of pictures, computed exactly as llama.cpp computes GLM-4V's: patches, positions, blocks, merger."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.layers import GatedLayers, RmsNorm, attended, linear, turned
from training.shape import MEAN, PATCH, POSITIONS, SPREAD, Shape

_BASE = 10000.0  # fixed in llama.cpp
_AMPLITUDE = 0.8  # of the first positions; small random ones left boxes unlearned
Grid = tuple[int, int]


class Encoder(nn.Module):
    """Pictures in, one embedding for each 28 x 28 pixels out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.vision_width
        self.patches = linear(3 * PATCH * PATCH, width, bias=True)
        self.patch_norm = RmsNorm(width)
        self.positions = nn.Parameter(_first_positions(width))
        self.blocks = nn.ModuleList(_Block(shape) for _ in range(shape.vision_blocks))
        self.last_norm = RmsNorm(width)
        self.merger = _Merger(shape)
        self._head = width // shape.vision_heads

    def forward(self, pixels: Tensor, grid: Grid) -> Tensor:
        """Encode.

        Args:
            pixels: [B, rows, columns, 3], bytes.
            grid: columns and rows of the result.
        """
        states = self.patch_norm(self.patches(_cut(pixels, grid))) + self._places(grid)
        cosine, sine = _turns(grid, self._head)
        for block in self.blocks:
            states = block(states, cosine, sine)
        return self.merger(self.last_norm(states))

    def _places(self, grid: Grid) -> Tensor:
        """The learned positions, stretched over this picture, in the order of the patches."""
        columns, rows = grid
        square = self.positions.view(1, POSITIONS, POSITIONS, -1).permute(0, 3, 1, 2)
        if (2 * rows, 2 * columns) != (POSITIONS, POSITIONS):
            square = functional.interpolate(square, (2 * rows, 2 * columns), mode="bicubic", align_corners=False)
        return _in_blocks(square[0].permute(1, 2, 0), grid)


class _Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.vision_width
        self.norm1, self.norm2 = RmsNorm(width), RmsNorm(width)
        self.qkv = linear(width, 3 * width, bias=False)
        self.out = linear(width, width, bias=False)
        self.inner = GatedLayers(width, shape.vision_inner, width)
        self._heads = shape.vision_heads
        with torch.no_grad():
            for layer in (self.out, self.inner.down):
                layer.weight *= 0.5

    def forward(self, states: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        count, length, width = states.shape
        qkv = self.qkv(self.norm1(states)).view(count, length, 3, self._heads, width // self._heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        query, key = turned(query, cosine, sine), turned(key, cosine, sine)
        seen = attended(query, key, value)
        states = states + self.out(seen.transpose(1, 2).reshape(count, length, width))
        return states + self.inner(self.norm2(states))


class _Merger(nn.Module):
    """Joins 2 x 2 patches. `join` is a convolution in the file: its inputs stand as [dy, dx, channel]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.join = linear(4 * shape.vision_width, shape.width, bias=True)
        self.full = linear(shape.width, shape.width, bias=False)
        self.norm = nn.LayerNorm(shape.width, eps=1e-5)
        self.inner = GatedLayers(shape.width, shape.merger, shape.width)

    def forward(self, states: Tensor) -> Tensor:
        count, length, width = states.shape
        joined = self.full(self.join(states.reshape(count, length // 4, 4 * width)))
        return self.inner(functional.gelu(self.norm(joined)))


def _cut(pixels: Tensor, grid: Grid) -> Tensor:
    """[B, patches, 3 * 14 * 14], normalised: channel, row, column within a patch."""
    columns, rows = grid
    values = pixels.float() / 255
    values = (values - torch.tensor(MEAN)) / torch.tensor(SPREAD)
    values = values.view(-1, rows, 2, PATCH, columns, 2, PATCH, 3)
    return values.permute(0, 1, 4, 2, 5, 7, 3, 6).reshape(-1, rows * columns * 4, 3 * PATCH * PATCH)


def _in_blocks(rows_of_patches: Tensor, grid: Grid) -> Tensor:
    """[2 rows, 2 columns, width] in the order of the patches: the four of one token together."""
    columns, rows = grid
    blocks = rows_of_patches.reshape(rows, 2, columns, 2, -1).permute(0, 2, 1, 3, 4)
    return blocks.reshape(rows * columns * 4, -1)


@lru_cache(maxsize=64)
def _turns(grid: Grid, head: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine, [1, 1, patches, head / 2]: first rows, then columns, each from the start."""
    columns, rows = grid
    speeds = _BASE ** (-torch.arange(head // 4, dtype=torch.float32) / (head // 4))
    down, across = torch.meshgrid(torch.arange(2.0 * rows), torch.arange(2.0 * columns), indexing="ij")
    places = _in_blocks(torch.stack([down, across], dim=-1), grid)
    angles = torch.cat([places[:, :1] * speeds, places[:, 1:] * speeds], dim=-1)[None, None]
    return angles.cos(), angles.sin()


def _first_positions(width: int) -> Tensor:
    """Sines and cosines of both directions."""
    place = (torch.arange(POSITIONS) + 0.5) / POSITIONS
    speeds = torch.pi * 2 ** torch.linspace(0, 4, width // 4)
    waves = torch.cat([(place[:, None] * speeds).sin(), (place[:, None] * speeds).cos()], dim=-1)
    down = waves[:, None].expand(-1, POSITIONS, -1)
    across = waves[None].expand(POSITIONS, -1, -1)
    return _AMPLITUDE * torch.cat([down, across], dim=-1).reshape(POSITIONS * POSITIONS, -1)
