"""The processors of this machine that are ours to use."""

from __future__ import annotations

import os


def usable_processors() -> set[int]:
    """The numbers of those that this process may run on; never empty."""
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))
