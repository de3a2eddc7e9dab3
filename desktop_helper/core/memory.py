"""How much memory this machine has, and how much of it a new program could take without swapping.

What a container is allowed counts, too. No third-party package: every answer may be None, for "unknown".
"""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from desktop_helper.core.control_groups import PROC, ROOT, control_groups, number_in, text_of

_NO_LIMIT = 1 << 60  # version 1 writes a number near 2**63 for "none"
_TIMEOUT = 5.0  # seconds for macOS's little programs


def free_bytes() -> int | None:
    """What a new program could take: free memory and what the system would give up at once."""
    if sys.platform == "win32":
        return _windows(available=True)
    if sys.platform == "darwin":
        return _vm_stat_free(_output("/usr/bin/vm_stat"))
    return _linux_free(PROC, ROOT)


def total_bytes() -> int | None:
    """All memory of the machine, or of the container."""
    if sys.platform == "win32":
        return _windows(available=False)
    if sys.platform == "darwin":
        said = _output("/usr/sbin/sysctl", "-n", "hw.memsize").strip()
        return int(said) if said.isdecimal() else None
    return _linux_total(PROC, ROOT)


def _linux_free(proc: Path, cgroup: Path) -> int | None:
    left = [max(0, limit - used) for limit, used in _limits(proc, cgroup)]
    return min([*left, *_meminfo(proc, "MemAvailable")], default=None)


def _linux_total(proc: Path, cgroup: Path) -> int | None:
    return min([*(limit for limit, _ in _limits(proc, cgroup)), *_meminfo(proc, "MemTotal")], default=None)


def _meminfo(proc: Path, field: str) -> list[int]:
    """One number, or none."""
    found = re.findall(rf"^{field}:\s+(\d+) kB$", text_of(proc / "meminfo"), re.MULTILINE)
    return [int(number) * 1024 for number in found]


def _limits(proc: Path, cgroup: Path) -> Iterator[tuple[int, int]]:
    """Limit and use, in bytes, of each control group that we are in: every one above ours counts as well."""
    for folder, second in control_groups("memory", proc, cgroup):
        names = ("memory.max", "memory.current") if second else ("memory.limit_in_bytes", "memory.usage_in_bytes")
        limit, used = (number_in(folder / name) for name in names)
        if limit is not None and limit < _NO_LIMIT:
            cache = _statistic(folder / "memory.stat", "inactive_file" if second else "total_inactive_file")
            yield limit, max(0, (used or 0) - cache)


def _statistic(path: Path, name: str) -> int:
    """What counts as used, but holds only files that can be read again."""
    found = re.search(rf"^{name} (\d+)$", text_of(path), re.MULTILINE)
    return int(found[1]) if found else 0


def _vm_stat_free(said: str) -> int | None:
    """From the output of macOS's `vm_stat`: free pages, and those that hold only what can be read again."""
    page = re.search(r"page size of (\d+) bytes", said)
    pages = dict(re.findall(r"^(Pages [\w -]+|File-backed pages):\s+(\d+)\.$", said, re.MULTILINE))
    if page is None or "Pages free" not in pages:
        return None
    # Inactive pages hold programs' own memory as well; of those only the part that backs files is given up for nothing.
    given_up = min(int(pages.get("Pages inactive", 0)), int(pages.get("File-backed pages", 0)))
    kinds = ("Pages free", "Pages speculative", "Pages purgeable")
    return int(page[1]) * (given_up + sum(int(pages.get(kind, 0)) for kind in kinds))


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of Windows."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("available", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("available_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("available_virtual", ctypes.c_uint64),
        ("available_extended", ctypes.c_uint64),
    )


def _windows(*, available: bool) -> int | None:
    if sys.platform == "win32":
        status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            return int(status.available if available else status.total)
    return None
