"""One process of the training: makes batches, learns from them, tells how it went."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import torch
from torch import Tensor

from training.checkpoints import Checkpoint, Progress
from training.dialogue import NO_PICTURE, START
from training.lessons import COURSE, Course, Stage, grid_of, stage_at
from training.losses import EncoderLosses, WordLosses, counting_loss, places_loss
from training.model import Model, attention_mask
from training.packing import Batch, Packer
from training.scenes import random_of
from training.shape import HEAD, Shape
from training.vocabulary import Vocabulary

_CELLS = 1024  # tokens of pictures in one batch of one process
_WARM_UP = 300  # batches
_FADE_FROM = 0.7  # share of the course after which the steps become smaller
_LAST_RATE = 0.04


@dataclass
class Tally:
    """What happened since the last line of the curves: sums, and how many were summed."""

    sums: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    counts: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, name: str, value: float, count: float = 1) -> None:
        """`value` is already multiplied by `count`."""
        self.sums[name] += value
        self.counts[name] += count

    def means(self) -> dict[str, float]:
        """The mean of each."""
        return {name: self.sums[name] / count for name, count in self.counts.items() if count}


class Trainer:
    """Owns model and optimizer.

    Args:
        shape: of a new model.
        vocabulary: its words.
        progress: how far it is.
        rate: the largest step.
        rank, world: which of how many processes this is. Each takes its share of every batch.
        course: what is learned when.
    """

    def __init__(
        self,
        shape: Shape,
        vocabulary: Vocabulary,
        progress: Progress,
        rate: float = 1.2e-3,
        rank: int = 0,
        world: int = 1,
        course: Course = COURSE,
    ) -> None:
        torch.manual_seed(progress.seed)
        self.progress = progress
        self._shape, self._vocabulary, self._rate = shape, vocabulary, rate
        self._rank, self._world, self._course = rank, world, course
        self.model = Model(shape, len(vocabulary.tokens))
        _begin_coordinates(self.model, vocabulary)
        self._lessons = EncoderLosses(shape.width, vocabulary)
        self._words = WordLosses(vocabulary)
        self._packer = Packer(vocabulary, progress.seed)
        self._first = len(vocabulary.encode(START))
        self._blind = len(vocabulary.encode(NO_PICTURE))
        self._parameters = [*self.model.parameters(), *self._lessons.parameters()]
        flat = [parameter for parameter in self._parameters if parameter.ndim < 2]
        deep = [parameter for parameter in self._parameters if parameter.ndim >= 2]
        groups = [{"params": deep, "weight_decay": 0.02}, {"params": flat, "weight_decay": 0.0}]
        self._optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.97), foreach=True)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on from there."""
        self.model.load_state_dict(checkpoint.model)
        self._lessons.load_state_dict(checkpoint.lessons)
        self._optimizer.load_state_dict(checkpoint.optimizer)

    def checkpoint(self) -> Checkpoint:
        """What `restore` needs."""
        model, lessons, optimizer = self.model.state_dict(), self._lessons.state_dict(), self._optimizer.state_dict()
        return Checkpoint(self._shape, self._vocabulary, self.progress, model, lessons, optimizer)

    def step(self, tally: Tally) -> None:
        """Learn from the next batch."""
        stage = stage_at(self.progress.share, self._course)
        grid = grid_of(stage, random_of(self.progress.seed, -1 - self.progress.batches))
        count = max(1, _CELLS // (grid[0] * grid[1])) * self._world
        numbers = range(self.progress.pictures, self.progress.pictures + count)
        batch = self._packer.batch(numbers[self._rank :: self._world], grid, stage.lesson)
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * self._slope()
        self._optimizer.zero_grad(set_to_none=True)
        loss = self.loss(batch, stage, tally)
        loss.backward()
        if self._world > 1:
            self._average_gradients()
        norm = torch.nn.utils.clip_grad_norm_([p for p in self._parameters if p.grad is not None], 1.0)
        tally.add("gradient", float(norm))
        self._optimizer.step()
        self.progress.pictures += count
        self.progress.batches += 1

    def loss(self, batch: Batch, stage: Stage, tally: Tally) -> Tensor:
        """What is wrong with the answers to a batch, and beside them."""
        with torch.autocast("cpu", torch.bfloat16):
            seen = self.model.see(torch.from_numpy(batch.pixels), batch.grid)
            parts: list[Tensor] = []
            if stage.encoder:
                told, facts = self._lessons(seen, self.model.embedding.weight, batch)
                parts.append(stage.encoder * told)
                for name, value in facts.items():
                    tally.add(f"cells {name}", value)
                tally.add("encoder loss", float(told.detach()))
            if stage.text:
                parts += self._text_losses(batch, seen, stage, tally)
        return torch.stack(parts).sum()

    def _text_losses(self, batch: Batch, seen: Tensor, stage: Stage, tally: Tally) -> list[Tensor]:
        block, sees = torch.from_numpy(batch.block), torch.from_numpy(batch.sees)
        mask = attention_mask(block, sees, self._blind)
        tokens, positions = torch.from_numpy(batch.tokens), torch.from_numpy(batch.positions)
        states, pointers = self.model.states(tokens, seen, self._first, positions, mask)
        at = (torch.from_numpy(batch.weight) > 0).nonzero()
        with torch.autocast("cpu", enabled=False):  # a bfloat16 has too few digits for a logit
            logits = self.model.logits(states[at[:, 0], at[:, 1]].float())
        loss, scores = self._words(logits, batch, at)
        tally.add("text loss", float(loss.detach()))
        for task, score in scores.items():
            tally.add(task, score.right, score.asked)
        parts = [stage.text * loss]
        if stage.places:
            looked = places_loss(pointers, batch, self._first, HEAD**-0.5)
            tally.add("places loss", float(looked.detach()))
            counted = counting_loss(pointers, batch, mask, self._first, HEAD**-0.5)
            tally.add("counting loss", float(counted.detach()))
            parts.append(stage.places * (looked + counted))
        return parts

    def _slope(self) -> float:
        """How large a step is, as a share of the largest: up quickly, level for long, down slowly."""
        up = min(1.0, (self.progress.batches + 1) / _WARM_UP)
        fade = max(0.0, (self.progress.share - _FADE_FROM) / (1 - _FADE_FROM))
        return up * (_LAST_RATE + (1 - _LAST_RATE) * (1 + math.cos(math.pi * fade)) / 2)

    def _average_gradients(self) -> None:
        """Sum up what the processes found; a part that no process used has no gradient anywhere."""
        found = [parameter.grad for parameter in self._parameters if parameter.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in found])
        torch.distributed.all_reduce(flat)
        flat /= self._world
        at = 0
        for gradient in found:
            gradient.copy_(flat[at : at + gradient.numel()].view_as(gradient))
            at += gradient.numel()


def _begin_coordinates(model: Model, vocabulary: Vocabulary) -> None:
    """Neighbouring numbers begin with embeddings that are alike."""
    with torch.no_grad():
        rows = model.embedding.weight
        place = torch.linspace(0, 1, 100)[:, None]
        speeds = torch.pi * 2 ** torch.linspace(0, 4, rows.shape[1] // 2)
        rows[vocabulary.coordinates()] = 0.35 * torch.cat([(place * speeds).sin(), (place * speeds).cos()], dim=1)
