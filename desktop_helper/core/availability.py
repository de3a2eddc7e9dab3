"""Whether something works here, and if not, why and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer of every plug to "can you work on this machine, now?".

    Args:
        ok: it can.
        reason: one sentence, why it cannot (or, if it can, which variant is used).
        fix: one sentence, what the user can do about it.
        soon: it cannot yet, and will in a while by itself.
    """

    ok: bool
    reason: str = ""
    fix: str = ""
    soon: bool = False


AVAILABLE = Availability(ok=True)
