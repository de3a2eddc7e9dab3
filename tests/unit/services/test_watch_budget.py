"""A watch ends as it was told to. The clock is the test's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.services.watch_budget import Budget, Limits, WatchEnd


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_one_question_at_a_time() -> None:
    budget = Budget(Limits(questions=3), Clock())
    assert budget.ask()
    assert budget.answering
    assert not budget.ask()
    budget.answered(100)
    assert budget.ask()
    assert (budget.asked, budget.tokens) == (2, 100)


def test_it_ends_after_so_many_questions() -> None:
    budget = Budget(Limits(questions=2), Clock())
    for _ in range(2):
        assert budget.end is None
        assert budget.ask()
        budget.answered(1)
    assert budget.end is WatchEnd.QUESTIONS
    assert not budget.ask()


def test_it_ends_when_the_tokens_are_used_up() -> None:
    budget = Budget(Limits(questions=100, tokens=5000), Clock())
    for _ in range(2):
        assert budget.ask()
        budget.answered(2499)
    assert budget.ask(), "two more are left"
    budget.answered(2)
    assert budget.end is WatchEnd.TOKENS
    assert not budget.ask()


def test_no_limit_of_tokens_is_no_limit() -> None:
    budget = Budget(Limits(questions=100, tokens=0), Clock())
    budget.ask()
    budget.answered(10**9)
    assert budget.end is None


def test_it_ends_when_its_time_is_over() -> None:
    clock = Clock()
    budget = Budget(Limits(minutes=10), clock)
    clock.now += 599
    assert budget.end is None
    assert budget.left_s == 1
    clock.now += 1
    assert budget.end is WatchEnd.TIME
    assert not budget.ask()
    clock.now += 1000
    assert budget.left_s == 0


@given(
    questions=st.integers(1, 20),
    tokens=st.integers(0, 5000),
    minutes=st.floats(0.1, 100),
    steps=st.lists(st.tuples(st.sampled_from(["ask", "answer", "wait"]), st.integers(0, 2000)), max_size=80),
)
def test_nothing_is_asked_beyond_a_limit(
    questions: int, tokens: int, minutes: float, steps: list[tuple[str, int]]
) -> None:
    clock = Clock()
    budget = Budget(Limits(questions, minutes, tokens), clock)
    used = asked = 0
    waiting = False
    for step, amount in steps:
        if step == "wait":
            clock.now += amount
        elif step == "answer" and waiting:
            budget.answered(amount)
            used, waiting = used + amount, False
        elif step == "ask" and budget.ask():
            assert not waiting
            assert asked < questions
            assert not tokens or used < tokens
            assert clock.now < 1000 + minutes * 60
            asked, waiting = asked + 1, True
    assert (budget.asked, budget.tokens) == (asked, used)
