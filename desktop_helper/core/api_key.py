"""What an API key may look like."""

from __future__ import annotations


def can_be_sent(key: str) -> bool:
    """Whether an HTTP header can carry it: no spaces, no control characters, nothing but ASCII."""
    return key.isascii() and key.isprintable() and " " not in key
