"""What the practice model that comes with the app reaches; without its files there is nothing to examine."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import training
from tests.support.practice_files import shipped_or_skip
from training.evaluate import local_backend

MOST_BYTES = 12_000_000
FLOORS = tomllib.loads((Path(training.__file__).parent / "floors.toml").read_text(encoding="utf-8"))


def below(summary: dict, slack: float = 0.0) -> dict[str, tuple[float, float]]:
    """What stays below its floor: found and wanted."""
    found = {**summary["right"], **{name: summary[name] for name in FLOORS["figures"]}}
    wanted = FLOORS["right"] | FLOORS["figures"]
    return {name: (found[name], floor) for name, floor in wanted.items() if found[name] < floor - slack}


def test_both_files_are_small_enough() -> None:
    pair = shipped_or_skip()
    assert pair.gguf.stat().st_size + pair.mmproj.stat().st_size <= MOST_BYTES


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_examination(tmp_path) -> None:
    pytest.importorskip("llama_cpp")
    from training.evaluate import SEED, examine

    pair = shipped_or_skip()
    with local_backend(pair.gguf, pair.mmproj, tmp_path) as backend:
        summary = examine(backend, 500, SEED, lambda _done: None).summary()
    print(summary)
    assert below(summary) == {}


def test_a_look_at_it(tmp_path) -> None:
    """The same with so few pictures that chance needs some room: a broken file or path is far below."""
    pytest.importorskip("llama_cpp")
    from training.evaluate import SEED, examine

    pair = shipped_or_skip()
    with local_backend(pair.gguf, pair.mmproj, tmp_path) as backend:
        summary = examine(backend, 60, SEED, lambda _done: None).summary()
    assert below(summary, slack=0.15) == {}


def test_floors_are_noticed() -> None:
    right = dict.fromkeys(FLOORS["right"], 1.0)
    good = {"right": right, **dict.fromkeys(FLOORS["figures"], 1.0)}
    assert below(good) == {}
    colour, overlap = FLOORS["right"]["colour"], FLOORS["figures"]["box mean IoU"]
    bad = {"right": right | {"colour": colour - 0.01}, "box mean IoU": overlap - 0.01, "thinking well-formed": 1.0}
    assert below(bad) == {"colour": (colour - 0.01, colour), "box mean IoU": (overlap - 0.01, overlap)}
    assert below(bad, slack=0.15) == {}
