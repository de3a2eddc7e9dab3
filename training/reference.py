"""Keeps what PyTorch computes for twenty pictures, so that the tests can compare llama.cpp with it without PyTorch.

    python -m training.reference RUN tests/unit/training/reference.npz

The pictures have many sizes, most of them no multiples of 28. Questions are chosen whose greedy answers were no near
tie: float16 and another order of sums would decide those by chance. The tests need the files exported from RUN.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import torch

from training.checkpoints import Checkpoint, load
from training.generate import Answer, Reference
from training.questions import Asker, Turn
from training.scenes import Scene, random_of, scene

SIZES = (
    *((224, 224), (280, 196), (168, 280), (336, 252), (300, 200), (211, 233), (160, 150), (333, 111), (97, 303)),
    *((401, 257), (250, 250), (225, 223), (420, 90), (128, 128), (199, 341), (364, 308), (270, 410), (239, 181)),
    *((181, 239), (512, 210)),
)
_SEED = 20261130
_LEAST_LEAD = 0.08  # of the logits; llama.cpp's differ by some thousandths
_LONGEST = 24


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    checkpoint = load(arguments.run)
    content = _pictures(checkpoint)
    about = {
        "merges": checkpoint.vocabulary.merges,
        "pictures": checkpoint.progress.pictures,
        "longest": _LONGEST,
    }
    arguments.file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.file, about=np.array(json.dumps(about)), **content)
    print(f"{arguments.file} {arguments.file.stat().st_size}")


def _pictures(checkpoint: Checkpoint) -> dict[str, Any]:
    """Pictures as PNG, what the encoder makes of them, questions and answers."""
    exported = _rounded(checkpoint)
    checkpoint.model = {name: torch.from_numpy(values.astype(np.float32)) for name, values in exported.items()}
    reference = Reference(checkpoint.restored_model(), checkpoint.vocabulary)
    content: dict[str, Any] = {}
    talks = []
    for index, size in enumerate(SIZES):
        picture = scene(random_of(_SEED, index), size)
        turn, answer = _asked(reference, picture, random_of(_SEED, 1000 + index))
        talks.append(
            {
                "question": turn.question,
                "thinks": bool(turn.thought),
                "answer": checkpoint.vocabulary.decode(answer.tokens),
            }
        )
        content[f"seen {index}"] = reference.see(picture.picture)[0].numpy().astype(np.float16)
        done, data = cv2.imencode(".png", cv2.cvtColor(picture.picture, cv2.COLOR_RGB2BGR))
        assert done
        content[f"picture {index}"] = data.ravel()
        print(size, turn.question, "|", talks[-1]["answer"], f"| {answer.margin:.3f}", flush=True)
    content["talks"] = np.array(json.dumps(talks))
    return content


def _asked(reference: Reference, picture: Scene, random: Random) -> tuple[Turn, Answer]:
    """The first question that the model answers without wavering."""
    asker = Asker(picture, random)
    for _ in range(60):
        turn = asker.ask()
        if turn.tools:
            continue
        answer = reference.answer(picture.picture, turn, _LONGEST)
        if answer.margin >= _LEAST_LEAD:
            return turn, answer
    raise SystemExit(f"No clear answer to a picture of {picture.size}: train longer.")


def _rounded(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    """The weights as the files have them: matrices as float16, but not the positions."""
    arrays = {name: values.float().numpy() for name, values in checkpoint.model.items()}
    return {
        name: values.astype(np.float16) if values.ndim > 1 and name != "encoder.positions" else values
        for name, values in arrays.items()
    }


if __name__ == "__main__":
    main()
