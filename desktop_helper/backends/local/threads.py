"""How many threads llama.cpp should use."""

from __future__ import annotations

from pathlib import Path

from desktop_helper.core.processors import processor_count, usable_processors

_TOPOLOGY = Path("/sys/devices/system/cpu")


def worker_threads() -> int:
    """One thread per physical core that we may keep busy; hyper-threads would only wait for each other."""
    return min(_physical_cores(_TOPOLOGY), processor_count())


def _physical_cores(topology: Path) -> int:
    usable = usable_processors()
    siblings = set()
    for number in usable:
        try:
            siblings.add((topology / f"cpu{number}" / "topology" / "thread_siblings_list").read_text().strip())
        except OSError:
            return max(1, len(usable) // 2 if len(usable) > 4 else len(usable))
    return max(1, len(siblings))
