"""Some spoilt files of every kind. `python -m tests.fuzz.fuzz_converters` goes on for as long as one likes."""

from __future__ import annotations

import random
from itertools import count
from pathlib import Path

import pytest

from tests.fuzz.fuzz_converters import Fuzzer
from tests.support import sample_files
from tests.support.mutation import mutated


@pytest.mark.slow
@pytest.mark.timeout(400)  # making the corpus takes a minute of work before the first file is spoilt
@pytest.mark.parametrize("seed", [1, 2])
def test_no_spoilt_file_harms_the_app(seed: int, tmp_path: Path) -> None:
    report = Fuzzer(seed, tmp_path).run(count(), 40)
    assert report.fatal == []
    assert report.files > 100
    assert report.outcomes["read"] > 10
    assert report.outcomes["refused"] > 10


def test_a_seed_makes_the_same_file_again() -> None:
    data, others = sample_files.pdf(2), [sample_files.picture()]
    made = [mutated(data, others, random.Random(seed)) for seed in (5, 5, 6)]
    assert made[0] == made[1] != made[2]
    assert made[0] != data
