"""The text model, computed exactly as llama.cpp computes `glm4` with M-RoPE, on top of the encoder."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder import Encoder, Grid
from training.layers import GatedLayers, RmsNorm, attended, linear, turned
from training.shape import HEAD, ROTATED, SECTIONS, Shape

POINTING_HEADS = 2  # of one block: they are taught to look at the thing that a question is about


class Pointers(NamedTuple):
    """Queries [B, heads, T, head] and keys [B, T, head] of the block that points."""

    queries: Tensor
    keys: Tensor


class Model(nn.Module):
    """Tokens and a picture in; for each token what comes next out. The word's embedding and its logit share weights."""

    def __init__(self, shape: Shape, vocabulary: int) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.embedding = nn.Embedding(vocabulary, shape.width)
        nn.init.normal_(self.embedding.weight, std=0.3)
        self.blocks = nn.ModuleList(_Block(shape) for _ in range(shape.blocks))
        self.last_norm = RmsNorm(shape.width, 0.25)

    @property
    def pointing_block(self) -> int:
        """Which block's heads are taught where to look: a middle one, since the first must read the question."""
        return len(self.blocks) // 2

    def states(
        self, tokens: Tensor, seen: Tensor, first: int, positions: Tensor, mask: Tensor
    ) -> tuple[Tensor, Pointers]:
        """What the model makes of each token, normalised.

        Args:
            tokens: [B, T]; those of the picture are replaced.
            seen: [B, N, width], the picture's embeddings, which stand from `first` on.
            first: the place of the picture's first token.
            positions: [B, T, 3].
            mask: [B, 1, T, T], true where a token (third) may look at another one (fourth).
        """
        words = self.embedding(tokens)
        states = torch.cat([words[:, :first], seen.type_as(words), words[:, first + seen.shape[1] :]], dim=1)
        cosine, sine = text_turns(positions, self.shape.rope_base)
        pointers: Pointers | None = None
        for number, block in enumerate(self.blocks):
            states, found = block(states, cosine, sine, mask)
            if number == self.pointing_block:
                pointers = found
        assert pointers is not None
        return self.last_norm(states), pointers

    def logits(self, states: Tensor) -> Tensor:
        """How likely each token comes next."""
        return functional.linear(states, self.embedding.weight)

    def see(self, pixels: Tensor, grid: Grid) -> Tensor:
        """The picture's embeddings, [B, N, width]."""
        return self.encoder(pixels, grid)


class _Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, inside = shape.width, shape.heads * HEAD
        self.norm1, self.norm2 = RmsNorm(width), RmsNorm(width)
        self.after1, self.after2 = RmsNorm(width, 0.5), RmsNorm(width, 0.5)
        self.query = linear(width, inside, bias=True)
        self.key = linear(width, HEAD, bias=True)
        self.value = linear(width, HEAD, bias=True)
        self.out = linear(inside, width, bias=False)
        self.inner = GatedLayers(width, shape.inner, width)
        self._heads = shape.heads
        self._like_keys()

    def _like_keys(self) -> None:
        """Begin with queries that look for what is like them: a word finds the part of the picture that means it."""
        with torch.no_grad():
            for head in range(self._heads):
                rows = self.query.weight[head * HEAD : (head + 1) * HEAD]
                rows.mul_(0.6).add_(self.key.weight, alpha=0.8)

    def forward(self, states: Tensor, cosine: Tensor, sine: Tensor, mask: Tensor) -> tuple[Tensor, Pointers]:
        count, length, _ = states.shape
        normed = self.norm1(states)
        query = self.query(normed).view(count, length, self._heads, HEAD).transpose(1, 2)
        key, value = self.key(normed)[:, None], self.value(normed)[:, None]
        query, key = turned(query, cosine, sine), turned(key, cosine, sine)
        seen = attended(query, key, value, mask)
        states = states + self.after1(self.out(seen.transpose(1, 2).reshape(count, length, -1)))
        states = states + self.after2(self.inner(self.norm2(states)))
        return states, Pointers(query[:, :POINTING_HEADS], key[:, 0])


def text_turns(positions: Tensor, base: float) -> tuple[Tensor, Tensor]:
    """Cosine and sine, [B, 1, T, 16], of positions [B, T, 3]: sections of order, row and column, one row of speeds."""
    half = ROTATED // 2
    speeds = base ** (-torch.arange(half, dtype=torch.float32) / half)
    which = torch.repeat_interleave(torch.arange(3), torch.tensor(SECTIONS))
    angles = (positions.float()[..., which] * speeds)[:, None]
    return angles.cos(), angles.sin()


def attention_mask(block: Tensor, sees: Tensor, blind: int) -> Tensor:
    """Who may look at whom, [B, 1, T, T].

    Args:
        block: [B, T]; see `training.packing.Batch`.
        sees: [B, T].
        blind: how many tokens stand before the picture's mark; those see all who do not see the picture.
    """
    length = block.shape[1]
    place = torch.arange(length)
    before = (block[:, None] == 0) & (sees[:, :, None] | (place < blind))
    allowed = (block[:, :, None] == block[:, None]) | before
    return (allowed & (place[None, :] <= place[:, None]))[:, None]
