"""What quick actions may be called. Apart from the rest, since whoever only passes a name on needs no more."""

from __future__ import annotations

MAX_NAME = 40  # characters


def is_name(text: str) -> bool:
    """Whether an action may be called so: letters and digits of any script, `-` and `_`."""
    return 0 < len(text) <= MAX_NAME and text.replace("-", "x").replace("_", "x").isalnum()
