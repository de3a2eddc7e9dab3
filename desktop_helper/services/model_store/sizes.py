"""Sizes for people: in the units of disks and downloads, where a GB has a thousand MB."""

from __future__ import annotations

_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def size_text(size: float) -> str:
    """`6.2 GB`, `980 MB`."""
    for unit, name in _UNITS:
        if size >= unit:
            number = size / unit
            return f"{number:.0f} {name}" if number >= 100 or unit < 10**6 else f"{number:.1f} {name}"
    return f"{size:.0f} B"
