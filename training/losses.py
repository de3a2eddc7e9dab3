"""What is wrong with the model's answers, and three lessons beside them.

*Places*: two heads of a middle block are told which part of the picture a question is about. Without it the text side
learns which colours there are long before it learns whose they are.
*Counting*: one of them is told to look at the middle of each thing that is counted, at all of them alike, and at the
very first token as much as at four things. So what it sees of the first token says how many there are: four fifths of
it for one thing, four ninths for five, all of it for none. A mean over the things alone is the same for two and five.
*Encoder*: each part of the picture must say, in the embeddings of the very words, what kind of thing it belongs to, of
which colour, and where that thing's edges are. So a word and what it means are alike from the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.model import Pointers
from training.packing import TASKS, Batch
from training.things import COLOURS, KINDS
from training.vocabulary import COORDINATES, Vocabulary

_BLUR = 1.2  # tens: a coordinate beside the right one is nearly right
_FIRST_TOKEN = 4.0  # how many things it counts as: four and five then differ most


@dataclass(frozen=True, slots=True)
class Score:
    """How many questions of one task there were, and how many answers were right, word for word where it matters."""

    asked: int
    right: int


class WordLosses:
    """The loss of what is said."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._coordinates = torch.tensor(vocabulary.coordinates())
        places = torch.arange(len(COORDINATES), dtype=torch.float32)
        blurred = torch.exp(-(((places[:, None] - places) / _BLUR) ** 2) / 2)
        self._blurred = blurred / blurred.sum(dim=1, keepdim=True)

    def __call__(self, logits: Tensor, batch: Batch, at: Tensor) -> tuple[Tensor, dict[str, Score]]:
        """The mean over the questions.

        Args:
            logits: [S, vocabulary], of the places `at` only.
            batch: what was asked.
            at: [S, 2], picture and place of each row.
        """
        rows, places = at.unbind(dim=1)
        targets = torch.from_numpy(batch.targets)[rows, places]
        weight = torch.from_numpy(batch.weight)[rows, places]
        coordinate = torch.from_numpy(batch.coordinate)[rows, places]
        log_chances = functional.log_softmax(logits.float(), dim=-1)
        losses = -log_chances.gather(1, targets[:, None])[:, 0]
        is_coordinate = coordinate >= 0
        soft = -(self._blurred[coordinate[is_coordinate]] * log_chances[is_coordinate][:, self._coordinates]).sum(dim=1)
        losses = losses.masked_scatter(is_coordinate, soft)
        questions = sum(map(len, batch.tasks))
        return (losses * weight).sum() / questions, self._scores(log_chances.argmax(dim=1) == targets, batch, at)

    def _scores(self, right: Tensor, batch: Batch, at: Tensor) -> dict[str, Score]:
        rows, places = at.unbind(dim=1)
        wrong = torch.from_numpy(batch.decides)[rows, places] & ~right
        block = torch.from_numpy(batch.block)[rows, places]
        failed = {(row, number) for row, number in zip(rows[wrong].tolist(), block[wrong].tolist(), strict=True)}
        scores = {task: [0, 0] for task in TASKS}
        for row, tasks in enumerate(batch.tasks):
            for number, task in enumerate(tasks, 1):
                score = scores[TASKS[task]]
                score[0] += 1
                score[1] += (row, number) not in failed
        return {task: Score(*score) for task, score in scores.items()}


def places_loss(pointers: Pointers, batch: Batch, first: int, scale: float) -> Tensor:
    """How far the pointing heads look beside the thing; `first` is the place of the picture's first token."""
    focus = torch.from_numpy(batch.focus)
    rows, places = (focus[..., 0] >= 0).nonzero(as_tuple=True)
    cells = torch.from_numpy(batch.places)
    if len(rows) == 0:
        return cells.new_zeros(())
    keys = pointers.keys[:, first : first + cells.shape[2]]
    queries = pointers.queries[rows, :, places]
    scores = torch.einsum("shd,snd->shn", queries, keys[rows]).float() * scale
    log_looks = functional.log_softmax(scores, dim=-1)
    on_thing = cells[rows[:, None], focus[rows, places]] > 0
    return -log_looks.masked_fill(~on_thing, -torch.inf).logsumexp(dim=-1).mean()


def counting_loss(pointers: Pointers, batch: Batch, mask: Tensor, first: int, scale: float) -> Tensor:
    """How far the second pointing head is from looking at the middles of what is counted, and at the first token.

    `mask` is `attention_mask`'s: what it looks at besides is wrong, too.
    """
    rows, places = torch.from_numpy(batch.counting).unbind(dim=1)
    middles = torch.from_numpy(batch.middles)
    if len(rows) == 0:
        return middles.new_zeros(())
    scores = (pointers.queries[:, 1] @ pointers.keys.transpose(1, 2))[rows, places].float() * scale
    looks = functional.log_softmax(scores.masked_fill(~mask[rows, 0, places], -torch.inf), dim=-1)
    wanted = functional.normalize(functional.pad(middles, (1, 0), value=_FIRST_TOKEN), p=1, dim=-1)
    found = torch.cat([looks[:, :1], looks[:, first : first + middles.shape[1]]], dim=-1)
    even = -torch.xlogy(wanted, wanted).sum(dim=-1)  # what is left when all is right
    return (-(wanted * found).sum(dim=-1) - even).mean()


class EncoderLosses(nn.Module):
    """The loss of what each part of the picture says of itself; only for training, never exported."""

    def __init__(self, width: int, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.kind, self.colour = nn.Linear(width, width), nn.Linear(width, width)
        self.edges = nn.Linear(width, 4 * width)
        self.nothing = nn.Parameter(torch.zeros(width))
        self._words = [
            torch.tensor([[vocabulary.one(f" {word.english}"), vocabulary.one(word.chinese)] for word in words])
            for words in (KINDS, COLOURS)
        ]
        self._coordinates = torch.tensor(vocabulary.coordinates())
        self._blurred = WordLosses(vocabulary)._blurred

    def forward(self, seen: Tensor, embedding: Tensor, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """The loss, and the shares of cells with something in them that say it rightly.

        Args:
            seen: [B, N, width].
            embedding: [vocabulary, width], of the words.
            batch: what is there.
        """
        states = self.norm(seen.float())
        losses, facts = [], {}
        full = torch.from_numpy(batch.kind) > 0
        named = (("kind", self.kind, batch.kind, 0), ("colour", self.colour, batch.colour, 1))
        for name, layer, truth, words in named:
            meanings = torch.cat([self.nothing[None], embedding[self._words[words]].mean(dim=1)])
            chances = functional.linear(layer(states), meanings)
            target = torch.from_numpy(truth)
            # Most cells are empty: together they count as much as the others together.
            parts = [functional.cross_entropy(chances[where], target[where]) for where in (full, ~full) if where.any()]
            losses.append(torch.stack(parts).mean())
            facts[name] = float((chances.argmax(dim=-1) == target)[full].float().mean()) if full.any() else 1.0
        if full.any():
            loss, facts["edges"] = self._edges(states[full], embedding, torch.from_numpy(batch.edges)[full])
            losses.append(loss)
        return torch.stack(losses).sum(), facts

    def _edges(self, states: Tensor, embedding: Tensor, truth: Tensor) -> tuple[Tensor, float]:
        said = self.edges(states).view(len(states), 4, -1)
        log_chances = functional.linear(said, embedding[self._coordinates]).log_softmax(dim=-1)
        tens = (truth * 100).round().long().clamp(0, len(COORDINATES) - 1)
        loss = -(self._blurred[tens] * log_chances).sum(dim=-1).mean()
        return loss, float((log_chances.argmax(dim=-1) - truth * 100).abs().mean() / 100)
