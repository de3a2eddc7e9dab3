"""What a model costs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """Of a million tokens each, in `currency`.

    Args:
        input: of what the model reads.
        output: of what it writes, its thinking included.
        cached: of what it reads again from the server's cache; None where that costs what all input does.
        currency: three letters of ISO 4217.
    """

    input: float
    output: float
    cached: float | None = None
    currency: str = "USD"

    @property
    def is_free(self) -> bool:
        """Whether nothing is paid at all."""
        return not (self.input or self.output or self.cached)
