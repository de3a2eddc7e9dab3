"""Greedy answers of the PyTorch model, one token at a time: the reference for llama.cpp's."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from training.dialogue import AFTER_PICTURE, END, START, encoded
from training.drawing import Picture
from training.model import Model, attention_mask
from training.questions import Turn
from training.resizing import CELL, resized
from training.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says, without its end; `margin` is the smallest lead of a token over the second best."""

    tokens: list[int]
    margin: float


class Reference:
    """A model that answers."""

    def __init__(self, model: Model, vocabulary: Vocabulary) -> None:
        self._model = model.eval()
        self._vocabulary = vocabulary

    @torch.inference_mode()
    def see(self, picture: Picture) -> tuple[Tensor, tuple[int, int]]:
        """The embeddings of a picture of any size, [N, width], and how many columns and rows it has."""
        ready = resized(picture)
        grid = ready.shape[1] // CELL, ready.shape[0] // CELL
        return self._model.see(torch.from_numpy(ready.copy())[None], grid)[0], grid

    @torch.inference_mode()
    def answer(self, picture: Picture, turn: Turn, most: int = 40) -> Answer:
        """What it says to the question; the turn's own answer is not looked at, but whether it has a thought is."""
        seen, grid = self.see(picture)
        tokens, asked = encoded(self._vocabulary, turn)
        said: list[int] = []
        margin = float("inf")
        end = {self._vocabulary.one(END), self._vocabulary.one("<|endoftext|>")}
        while len(said) < most:
            logits = self._next(seen, grid, [*tokens[:asked], *said])
            best, second = logits.topk(2).values.tolist()
            margin = min(margin, best - second)
            token = int(logits.argmax())
            if token in end:
                break
            said.append(token)
        return Answer(said, margin)

    def _next(self, seen: Tensor, grid: tuple[int, int], behind: list[int]) -> Tensor:
        columns, rows = grid
        start, after = self._vocabulary.encode(START), self._vocabulary.encode(AFTER_PICTURE)
        first = len(start)
        tokens = [*start, *[0] * len(seen), *after, *behind]
        places = [(place,) * 3 for place in range(first)]
        places += [(first, first + row, first + column) for row in range(rows) for column in range(columns)]
        places += [(first + max(grid) + place,) * 3 for place in range(len(after) + len(behind))]
        block = torch.zeros(1, len(tokens), dtype=torch.long)
        mask = attention_mask(block, torch.ones_like(block, dtype=torch.bool), first)
        states, _ = self._model.states(torch.tensor([tokens]), seen[None], first, torch.tensor([places]), mask)
        return self._model.logits(states[0, -1])
