"""How many threads llama.cpp should use."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TOPOLOGY = Path("/sys/devices/system/cpu")


@dataclass(frozen=True, slots=True)
class Threads:
    """Generating waits for memory, so that more threads than cores slow it down; reading computes."""

    generate: int
    read: int


def worker_threads() -> Threads:
    """One thread per physical core that we may use; hyper-threads would only wait for each other."""
    cores = _physical_cores(_TOPOLOGY)
    return Threads(generate=cores, read=cores)


def _physical_cores(topology: Path) -> int:
    usable = usable_processors()
    siblings = set()
    for number in usable:
        try:
            siblings.add((topology / f"cpu{number}" / "topology" / "thread_siblings_list").read_text().strip())
        except OSError:
            return max(1, len(usable) // 2 if len(usable) > 4 else len(usable))
    return max(1, len(siblings))


def usable_processors() -> set[int]:
    """The processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))
