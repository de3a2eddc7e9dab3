"""The processors of this machine that are ours to use."""

from __future__ import annotations

import math
import os
from pathlib import Path

from desktop_helper.core.control_groups import PROC, ROOT, control_groups, number_in, text_of


def usable_processors() -> set[int]:
    """The numbers of those that this process may run on; never empty."""
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def processor_count(proc: Path = PROC, root: Path = ROOT) -> int:
    """How many of them this process can keep busy; at least one.

    A container may run on all of the machine's and still be stopped as soon as it has used as much time as two: more
    threads than that would wait for each other's share.
    """
    granted = [whole / part for whole, part in _granted(proc, root) if whole > 0 and part > 0]
    return max(1, min([len(usable_processors()), *map(math.ceil, granted)]))


def _granted(proc: Path, root: Path) -> list[tuple[int, int]]:
    """Microseconds of processor time in each period of so many, of every group that has a limit."""
    found = []
    for folder, second in control_groups("cpu", proc, root):
        if second:
            words = text_of(folder / "cpu.max").split()
        else:
            numbers = (number_in(folder / f"cpu.cfs_{name}_us") for name in ("quota", "period"))
            words = [str(number) for number in numbers]
        if len(words) == 2 and all(word.isdecimal() for word in words):  # "max" and -1 mean no limit
            found.append((int(words[0]), int(words[1])))
    return found
