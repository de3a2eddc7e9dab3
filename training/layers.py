"""What both halves of the model are built of."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.shape import EPSILON


class RmsNorm(nn.Module):
    """Divides by the root of the mean square; float32 also where the rest is bfloat16."""

    def __init__(self, width: int, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((width,), weight))

    def forward(self, values: Tensor) -> Tensor:
        """Normalise the last dimension."""
        return functional.rms_norm(values.float(), self.weight.shape, self.weight, EPSILON).type_as(values)


class GatedLayers(nn.Module):
    """silu(gate) * up, and down again; gate and up are one matrix, as in the text model's files."""

    def __init__(self, width: int, inner: int, out: int) -> None:
        super().__init__()
        self.gate_up = linear(width, 2 * inner, bias=False)
        self.down = linear(inner, out, bias=False)

    def forward(self, values: Tensor) -> Tensor:
        """Compute."""
        gate, up = self.gate_up(values).chunk(2, dim=-1)
        return self.down(functional.silu(gate) * up)


def linear(inputs: int, outputs: int, *, bias: bool) -> nn.Linear:
    """A matrix that keeps the length of what it is given."""
    layer = nn.Linear(inputs, outputs, bias=bias)
    nn.init.normal_(layer.weight, std=1 / math.sqrt(inputs))
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


def turned(values: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Rotate pairs (i, i + half) of the first numbers of each head; the others stay.

    `values` are [B, heads, T, head], `cosine` and `sine` [B or 1, 1, T, half].
    """
    half = cosine.shape[-1]
    first, second, rest = values[..., :half], values[..., half : 2 * half], values[..., 2 * half :]
    cosine, sine = cosine.type_as(values), sine.type_as(values)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine, rest], dim=-1)


def attended(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Attention written out: PyTorch's own is slower in bfloat16 on a processor, above all backwards."""
    scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(dim=-1).type_as(value) @ value
