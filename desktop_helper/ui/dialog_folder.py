"""Where dialogs for files open: in the folder that was chosen last, at first at home.

Qt would begin in the folder that the app was started from, which is any at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_last: Path | None = None


def start(name: str = "") -> str:
    """The folder, or a file called `name` in it. The folder may have gone meanwhile."""
    folder = _last if _last is not None and _last.is_dir() else Path.home()
    return str(folder / name)


def remember(chosen: Sequence[str]) -> None:
    """Open there next time. None are chosen if the dialog was closed."""
    global _last
    if chosen and chosen[0]:
        _last = Path(chosen[0]).parent
