"""Loops are noticed, lists and tables are not loops."""

from __future__ import annotations

import random

import pytest

from desktop_helper.backends.local.engine.repetition import LEAST_REPEATS, LEAST_RUN, RepetitionGuard


def noticed_after(tokens):
    guard = RepetitionGuard()
    return next((count for count, token in enumerate(tokens, 1) if guard.add(token)), None)


@pytest.mark.parametrize("period", [1, 2, 7, 30, 100, 400])
def test_a_loop_of_any_length(period):
    chance = random.Random(period)
    loop = [chance.randrange(1000) for _ in range(period)]
    before = [chance.randrange(1000) for _ in range(50)]
    count = noticed_after(before + loop * (3000 // period + LEAST_REPEATS))
    assert count is not None
    assert count <= 50 + max(LEAST_RUN, LEAST_REPEATS * period) + period + 64


def test_what_is_alike_but_not_the_same_goes_on():
    rows = [token for row in range(400) for token in (7, row, 8, row * row % 97, 9)]
    assert noticed_after(rows) is None
    chance = random.Random(1)
    assert noticed_after([chance.randrange(20) for _ in range(5000)]) is None


def test_a_short_repetition_goes_on():
    assert noticed_after([*range(100), *[5] * (LEAST_RUN - 40), *range(300)]) is None
