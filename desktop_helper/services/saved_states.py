"""What local models have read of conversations, kept on disk: made by the backend, deleted here.

Such files are as private as the history, so they go with the wish to keep them, and with any conversation that is
deleted: what is in which of them, only the model can tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_helper.services.settings import ProfileSettings


def wanted(profiles: Iterable[ProfileSettings]) -> bool:
    """Whether any model shall keep some."""
    return any(profile.save_states for profile in profiles)


def delete(folder: Path) -> bool:
    """Empty the folder of states. Returns whether nothing is left in it."""
    with suppress(OSError):  # there is none, or another process deletes it as well
        for path in folder.iterdir():
            with suppress(OSError):
                path.unlink()
        folder.rmdir()
    return not folder.exists()
