"""Questions that have not been asked yet, as they are on the disk."""

from __future__ import annotations

from pathlib import Path

from desktop_helper.services.draft import INDEX, Draft, DraftFile
from desktop_helper.services.paths import Paths


def drafts_on_disk(paths: Paths) -> dict[int, Draft]:
    """All of them, the one that changed last at the end."""
    found = [(_changed(index), index.parent) for index in paths.drafts_dir.glob(f"*/{INDEX}")]
    there = {int(folder.name): DraftFile(folder).load() for _changed_at, folder in sorted(found)}
    return {key: draft for key, draft in there.items() if draft != Draft()}


def newest_draft(paths: Paths) -> Draft:
    """The one that changed last, of whichever conversation; an empty one if there is none."""
    return next(reversed(drafts_on_disk(paths).values()), Draft())


def _changed(index: Path) -> int:
    try:
        return index.stat().st_mtime_ns
    except FileNotFoundError:  # the app has just deleted it
        return 0
