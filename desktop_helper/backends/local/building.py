"""Whether the engine is being compiled beside us at this moment."""

from __future__ import annotations

import sys
from pathlib import Path

# `installers/from_source.py` holds this lock while it fills `.venv`.
_LOCK = Path(__file__).resolve().parents[3] / ".venv-setup" / ".venv.lock"


def is_being_built(lock: Path = _LOCK) -> bool:
    """Whether `installers/from_source.py` works on our environment. Always False in a frozen build and on Windows."""
    if sys.platform == "win32" or not lock.is_file():
        return False
    import fcntl

    with lock.open("rb") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
