"""What training keeps, so that it can go on after anything: weights, optimizer, vocabulary, and how far it was."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from training.model import Model
from training.shape import Shape
from training.vocabulary import Vocabulary

NAME = "checkpoint.pt"


@dataclass
class Progress:
    """How far it is.

    Args:
        seed: of weights and pictures.
        pictures: seen so far.
        batches: done so far.
        seconds: of work so far, pauses left out.
        share: of the course, from 0 to 1.
    """

    seed: int
    pictures: int = 0
    batches: int = 0
    seconds: float = 0.0
    share: float = 0.0


@dataclass
class Checkpoint:
    """Everything."""

    shape: Shape
    vocabulary: Vocabulary
    progress: Progress
    model: dict[str, Any]
    lessons: dict[str, Any] = field(default_factory=dict)
    optimizer: dict[str, Any] = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write it; the one before stays until this one is whole."""
        content = {
            "shape": self.shape.as_dict(),
            "merges": [list(pair) for pair in self.vocabulary.merges],
            "progress": asdict(self.progress),
            "model": self.model,
            "lessons": self.lessons,
            "optimizer": self.optimizer,
        }
        new = folder / f"{NAME}.new"
        torch.save(content, new)
        os.replace(new, folder / NAME)

    def restored_model(self) -> Model:
        """The model with these weights."""
        model = Model(self.shape, len(self.vocabulary.tokens))
        model.load_state_dict(self.model)
        return model


def load(path: Path) -> Checkpoint:
    """Read a checkpoint, given its file or its folder."""
    file = path / NAME if path.is_dir() else path
    content = torch.load(file, weights_only=True)
    return Checkpoint(
        Shape(**content["shape"]),
        Vocabulary(tuple((left, right) for left, right in content["merges"])),
        Progress(**content["progress"]),
        content["model"],
        content["lessons"],
        content["optimizer"],
    )
