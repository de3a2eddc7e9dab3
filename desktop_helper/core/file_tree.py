"""Files in folders, drawn as people draw them: one line each, indented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

MAX_LINES = 1000
_DEEPEST = 20  # levels that are indented

# What programs leave behind for themselves.
CLUTTER = ("__MACOSX", ".git", ".DS_Store", "Thumbs.db", "__pycache__", "node_modules")

_FIRST = ("readme", "index", "main", "package", "pyproject", "cargo", "makefile")  # say what a folder is about


def weight(path: str) -> tuple[int, int, str]:
    """Files whose names say what the folder is about come first, then those that are not deep in it."""
    name = PurePosixPath(path.lower()).name
    return (0 if name.startswith(_FIRST) else 1, path.count("/"), path)


def drawn(paths: Iterable[str], most: int = MAX_LINES) -> Iterator[str]:
    """One line a file or folder. `paths` have slashes between their parts."""
    known: set[tuple[str, ...]] = set()
    for count, path in enumerate(sorted(paths, key=lambda one: one.split("/"))):
        if count == most:
            yield "…"
            return
        *folders, file = path.split("/")
        for depth in range(1, len(folders) + 1):
            above = tuple(folders[:depth])
            if above not in known:
                known.add(above)
                yield f"{'  ' * min(depth - 1, _DEEPEST)}{above[-1]}/"
        yield f"{'  ' * min(len(folders), _DEEPEST)}{file}"
