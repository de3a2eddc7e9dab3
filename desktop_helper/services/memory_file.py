"""Bytes that another process of ours can open as a file, and that are on no disk: Linux only."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class MemoryFile:
    """It is there until `close`.

    Args:
        name: for whoever lists the files of this process.
        data: its content.

    Attributes:
        path: where the same user's processes can open it.
    """

    def __init__(self, name: str, data: bytes) -> None:
        if sys.platform != "linux":
            raise OSError("there are no such files here")
        self._file = os.fdopen(os.memfd_create(name), "wb")
        try:
            self._file.write(data)
            self._file.flush()
        except BaseException:
            self._file.close()
            raise
        self.path = Path(f"/proc/{os.getpid()}/fd/{self._file.fileno()}")

    def close(self) -> None:
        """Nobody opens it any more; who has it open keeps it. May be called twice."""
        self._file.close()


def is_possible() -> bool:
    """Whether there are such files here."""
    return sys.platform == "linux" and Path("/proc/self/fd").is_dir()
