"""One hostile file, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Without `refused`, `words` and `pictures`, either a clear sentence or parts will do.

    Args:
        title: what is hostile.
        make: its bytes.
        name: of the file.
        refused: what the sentence says.
        words: are sent or told.
        absent: is not.
        pictures: how many are sent.
        slow: it keeps the converter busy until its limit.
    """

    title: str
    make: Callable[[], bytes]
    name: str
    refused: str = ""
    words: str = ""
    absent: str = ""
    pictures: int | None = None
    slow: bool = False
