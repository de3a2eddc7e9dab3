"""What of an answer counts how much."""

from __future__ import annotations

import numpy as np
import pytest

from training.lessons import LATER_COURSE
from training.packing import TASKS, Batch, Packer
from training.vocabulary import usual_vocabulary


@pytest.fixture(scope="module")
def batch() -> Batch:
    return Packer(usual_vocabulary(), seed=3).batch(range(60), (8, 8), LATER_COURSE[0].lesson)


def questions(batch: Batch, task: str) -> list[tuple[int, np.ndarray]]:
    """The rows and places of the questions of this task, with what follows each."""
    return [
        (row, np.nonzero(batch.block[row] == number)[0])
        for row, tasks in enumerate(batch.tasks)
        for number, one in enumerate(tasks, 1)
        if TASKS[one] == task
    ]


@pytest.mark.parametrize("task", TASKS)
def test_each_question_weighs_the_same(batch: Batch, task: str) -> None:
    assert questions(batch, task)
    for row, places in questions(batch, task):
        assert batch.weight[row, places].sum() == pytest.approx(1, abs=1e-5)
        assert batch.decides[row, places].any()


def test_that_it_is_refused_decides_and_not_what_the_refusal_names(batch: Batch) -> None:
    """It says "blue button" as an example, whatever is in the picture."""
    vocabulary = usual_vocabulary()
    examples = {vocabulary.one(word) for word in (" blue", " button", "蓝色", "按钮")}
    for row, places in questions(batch, "other"):
        decided = places[batch.decides[row, places]]
        assert not examples & set(batch.targets[row, decided].tolist())
        assert batch.weight[row, decided].sum() > 0.3
