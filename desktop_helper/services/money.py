"""Sums of money as people read them."""

from __future__ import annotations

import math

from desktop_helper.core.events import UsageReported
from desktop_helper.core.price import Price

_SIGNS = {"USD": "$", "EUR": "€", "CNY": "¥", "GBP": "£"}
_SMALLEST = 0.0001  # an answer may cost less than a cent, and then that is what matters
_MILLION = 1_000_000


def money_text(amount: float, currency: str) -> str:
    """`$12.40`, `$0.0011`, `< $0.0001`, `CHF 3.00`."""
    if 0 < amount < _SMALLEST:
        return f"< {money_text(_SMALLEST, currency)}"
    number = f"{amount:,.2f}" if amount >= 1 or not amount else _small(amount)
    return f"{_SIGNS[currency]}{number}" if currency in _SIGNS else f"{currency} {number}"


def cost_of(price: Price, read: int, written: int, known: int = 0) -> float:
    """Of one answer: tokens read, those of them that the server knew already, and tokens written."""
    known = min(known, read)
    again = price.input if price.cached is None else price.cached
    return ((read - known) * price.input + known * again + written * price.output) / _MILLION


def priced(usage: UsageReported, price: Price) -> float:
    """What an answer has cost that was counted so."""
    return cost_of(price, usage.prompt_tokens or 0, usage.completion_tokens or 0, usage.cached_tokens or 0)


def _small(amount: float) -> str:
    """Two digits that count, two decimals at least, four at most."""
    decimals = min(4, max(2, 1 - math.floor(math.log10(amount))))
    return f"{amount:.{decimals}f}"
