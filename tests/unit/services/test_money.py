"""Sums of money: exact, and readable also where they are tiny."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.events import UsageReported
from desktop_helper.core.price import Price
from desktop_helper.services.money import cost_of, money_text, priced


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (0, "USD", "$0.00"),
        (0.000_01, "USD", "< $0.0001"),
        (0.0011, "USD", "$0.0011"),
        (0.0123, "USD", "$0.012"),
        (0.5, "CNY", "¥0.50"),
        (12.4, "EUR", "€12.40"),
        (1234.5, "CHF", "CHF 1,234.50"),
        (0.99999, "USD", "$1.00"),
    ],
)
def test_as_people_read_it(amount: float, currency: str, text: str) -> None:
    assert money_text(amount, currency) == text


def test_what_an_answer_costs() -> None:
    price = Price(input=0.30, output=0.90, cached=0.05)
    usage = UsageReported(prompt_tokens=1_240, completion_tokens=310, cached_tokens=1_000)
    assert priced(usage, price) == pytest.approx((240 * 0.30 + 1_000 * 0.05 + 310 * 0.90) / 1_000_000)
    assert priced(usage, Price(0.30, 0.90)) == pytest.approx((1_240 * 0.30 + 310 * 0.90) / 1_000_000)
    assert priced(UsageReported(), price) == 0


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**8))
def test_a_cache_never_makes_it_dearer_or_pays_back(read: int, written: int, known: int) -> None:
    price = Price(input=0.30, output=0.90, cached=0.05)
    assert 0 <= cost_of(price, read, written, known) <= cost_of(price, read, written) + 1e-12


@given(st.floats(0, 1e9))
def test_every_sum_is_short(amount: float) -> None:
    assert 4 <= len(money_text(amount, "USD")) <= 18
