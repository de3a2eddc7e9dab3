"""What a container, or any other control group of Linux, is allowed: where its files are.

Both versions of the interface: https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
ROOT = Path("/sys/fs/cgroup")


def control_groups(controller: str, proc: Path = PROC, root: Path = ROOT) -> Iterator[tuple[Path, bool]]:
    """The folder of each group that we are in, and of each one above it, and whether it is of version 2."""
    for line in text_of(proc / "self" / "cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        top = root / controller if controllers else root
        here = top / path.lstrip("/")
        for folder in (here, *here.parents):
            yield folder, not controllers
            if folder == top:
                break


def number_in(path: Path) -> int | None:
    """What a file says that holds one number; None if it holds anything else, or is not there."""
    text = text_of(path).strip()
    return int(text) if text.isdecimal() else None


def text_of(path: Path) -> str:
    """A file of the system; empty if there is none."""
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
