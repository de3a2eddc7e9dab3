"""What the desktop gave for not asking again which screen to share: a word that is good for one time, in a file."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_LONGEST = 4096  # bytes


class CastToken:
    """The word. One that cannot be read or kept costs the user a question, and is no fault.

    Args:
        file: readable by this user only; None keeps nothing.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def read(self) -> str:
        """The last one; empty if there is none."""
        if self._file is None:
            return ""
        try:
            with self._file.open("rb") as file:
                data = file.read(_LONGEST + 1)
            return data.decode().strip() if len(data) <= _LONGEST else ""
        except (OSError, ValueError):
            return ""

    def keep(self, token: str) -> None:
        """Instead of the one before; an empty one is no longer kept."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            if not token:
                self._file.unlink(missing_ok=True)
                return
            fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(token)
            fresh.replace(self._file)
