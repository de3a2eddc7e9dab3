"""Files in folders, drawn as people draw them: one line each, indented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from desktop_helper.core.i18n import tr

MAX_LINES = 1000
LEAST_LINES = 40  # that even a model with little room gets
TOKENS_PER_LINE = 100  # of what a model reads: a tree shall not take more than some tenth of it
_DEEPEST = 20  # levels that are indented

# What programs leave behind for themselves.
CLUTTER = ("__MACOSX", ".git", ".DS_Store", "Thumbs.db", "__pycache__", "node_modules")

_FIRST = ("readme", "index", "main", "package", "pyproject", "cargo", "makefile")  # say what a folder is about


def weight(path: str) -> tuple[int, int, str]:
    """Files whose names say what the folder is about come first, then those that are not deep in it."""
    name = PurePosixPath(path.lower()).name
    return (0 if name.startswith(_FIRST) else 1, path.count("/"), path)


def most_files(context: int) -> int:
    """So many are drawn for a model that reads so many tokens; 0 if nobody knows."""
    return min(MAX_LINES, max(LEAST_LINES, context // TOKENS_PER_LINE)) if context else MAX_LINES


def drawn(paths: Iterable[str], most: int = MAX_LINES) -> Iterator[str]:
    """One line a file or folder. `paths` have slashes between their parts."""
    known: set[tuple[str, ...]] = set()
    ordered = sorted(paths, key=lambda one: one.split("/"))
    for count, path in enumerate(ordered):
        if count == most:
            yield tr("… and {count} more files", count=f"{len(ordered) - most:,}")
            return
        *folders, file = path.split("/")
        for depth in range(1, len(folders) + 1):
            above = tuple(folders[:depth])
            if above not in known:
                known.add(above)
                yield f"{'  ' * min(depth - 1, _DEEPEST)}{above[-1]}/"
        yield f"{'  ' * min(len(folders), _DEEPEST)}{file}"
