"""What every bench shares: options, interleaved rounds, and a line that ends in a ratio.

Only ratios travel between machines, so each figure is measured beside its yardstick, in turn, in the same run.
"""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """One measurement of one program: how long it took, and how much CPU it used for that. Milliseconds."""

    wall_ms: float
    cpu_ms: float


@dataclass(frozen=True)
class Figure:
    """One line of the table. Without a goal it is only for the record."""

    what: str
    ours: float
    yardstick: float
    unit: str = "ms"
    goal: float | None = None

    @property
    def ratio(self) -> float:
        """How many yardsticks long."""
        return self.ours / self.yardstick

    @property
    def missed(self) -> bool:
        """Whether the goal was not reached."""
        return self.goal is not None and self.ratio > self.goal

    def __str__(self) -> str:
        verdict = "" if self.goal is None else f"  goal {_short(self.goal)}  {'MISSED' if self.missed else 'ok'}"
        return (
            f"{self.what:<58} {self.ours:9.2f} {self.unit}  yardstick {self.yardstick:9.2f} {self.unit}"
            f"  ratio {_short(self.ratio):>6}{verdict}"
        )


def _short(ratio: float) -> str:
    return f"{ratio:.4f}" if ratio < 0.1 else f"{ratio:.2f}"


@dataclass(frozen=True)
class Options:
    """`--quick` only proves that the bench works: too few rounds to believe, and no goal to miss.

    `parts` are those that were named, of a bench that has parts with names; all of them if none was.
    """

    quick: bool
    parts: tuple[str, ...] = ()

    def rounds(self, usual: int) -> int:
        """How often to measure."""
        return 1 if self.quick else usual

    def warm_up(self, *measures: Callable[[], Sample]) -> None:
        """Measure once for nothing: it fills the disk's cache and has Python keep what it compiled."""
        for measure in () if self.quick else measures:
            measure()


def options(description: str | None, parts: Sequence[str] = ()) -> Options:
    """The command line of a bench, which may have parts to be measured by themselves. Called before all else."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round, to see that it works; judges nothing")
    if parts:
        told = f"which of its parts: {', '.join(parts)}; all of them if none is named"
        parser.add_argument("parts", nargs="*", metavar="PART", help=told)
    given = parser.parse_args()
    named = tuple(given.parts) if parts else ()
    if unknown := set(named) - set(parts):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    chosen = Options(given.quick, named or tuple(parts))
    if not chosen.quick:
        _let_modules_be_compiled()
    return chosen


def _let_modules_be_compiled() -> None:
    """Containers often forbid Python to keep what it compiled; no user's start compiles all of its packages again."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        folder = tempfile.mkdtemp(prefix="bench-compiled-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        os.environ["PYTHONPYCACHEPREFIX"] = folder


def interleaved(rounds: int, *measures: Callable[[], Sample]) -> list[list[Sample]]:
    """The samples of each of `measures`, taken in turn, so that a slow minute of the machine hits all of them."""
    samples: list[list[Sample]] = [[] for _ in measures]
    for _ in range(rounds):
        for measure, kept in zip(measures, samples, strict=True):
            kept.append(measure())
    return samples


def pair(what: str, ours: Sequence[float], yardstick: Sequence[float], goal: float | None) -> list[Figure]:
    """The medians, which are judged, and the shortest times, which other programs could not disturb."""
    return [
        Figure(what, statistics.median(ours), statistics.median(yardstick), goal=goal),
        Figure("the same, shortest times", min(ours), min(yardstick)),
    ]


def wall(samples: Iterable[Sample]) -> float:
    """The median of the times."""
    return statistics.median(sample.wall_ms for sample in samples)


def cpu(samples: Iterable[Sample]) -> float:
    """The median of the CPU times: on a busy machine they say more than the clock."""
    return statistics.median(sample.cpu_ms for sample in samples)


def report(figures: Sequence[Figure], chosen: Options) -> int:
    """Print the lines. Returns the exit code: 1 if a goal was missed."""
    for figure in figures:
        print(figure, flush=True)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"({os.cpu_count()} cores, load {load:.1f})")
    return 1 if any(figure.missed for figure in figures) and not chosen.quick else 0
