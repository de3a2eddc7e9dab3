"""What a recording is doing."""

from __future__ import annotations

from enum import Enum, auto


class Phase(Enum):
    """`WAITING` counts down; `FINISHING` writes the end of the file, or deletes it."""

    IDLE = auto()
    WAITING = auto()
    RECORDING = auto()
    PAUSED = auto()
    FINISHING = auto()
