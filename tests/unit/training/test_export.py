"""What was exported can be read back, to go on with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np

from tests.support.practice_files import shipped_or_skip
from training.export import Pair, read_pair, write_pair
from training.shape import Shape


def tensors(path: Path) -> dict[str, Any]:
    return {tensor.name: tensor.data for tensor in gguf.GGUFReader(str(path)).tensors}


def test_files_that_are_read_and_written_again_are_the_same(tmp_path: Path) -> None:
    shipped = shipped_or_skip()
    weights, vocabulary = read_pair(Pair(shipped.gguf, shipped.mmproj))
    again = write_pair(tmp_path, weights, Shape(), vocabulary)
    for before, after in ((shipped.gguf, again.gguf), (shipped.mmproj, again.mmproj)):
        first, second = tensors(before), tensors(after)
        assert first.keys() == second.keys()
        for name, values in first.items():
            assert values.dtype == second[name].dtype
            assert np.array_equal(values, second[name]), name
