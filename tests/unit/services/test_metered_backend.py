"""Every answer of a server is counted once, whoever asked and however it ended."""

from __future__ import annotations

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, Progress, TextDelta, ThinkingDelta, UsageReported
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.core.price import Price
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.metered_backend import MeteredBackend, metered
from desktop_helper.services.settings import SpendingSettings
from desktop_helper.services.spending import Spending
from tests.support.scripted_backend import ScriptedBackend

PROFILE = ModelProfile("p", "zai", "b", "GLM", "glm", "https://api.example/v1", price=Price(1.0, 10.0))
REQUEST = ChatRequest((Message(Role.USER, (TextPart("x" * 350),)),))


@pytest.fixture
def limits() -> list[SpendingSettings]:
    return [SpendingSettings()]


@pytest.fixture
def spending(tmp_path, limits) -> Spending:
    return Spending(tmp_path / "spending", lambda: limits[0])


def test_an_answer_is_counted_and_says_what_it_cost(spending) -> None:
    inner = ScriptedBackend(
        (
            TextDelta("Hi."),
            UsageReported(1_000, 100, 0),
            Finished(),
        )
    )
    text, usage, end = MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken())
    assert (text, end) == (TextDelta("Hi."), Finished())
    assert (usage.cost, usage.currency) == (pytest.approx(0.002), "USD")
    assert spending.today().costs == pytest.approx({"USD": 0.002})
    assert spending.today().answers == 1


def test_one_that_is_stopped_is_estimated(spending) -> None:
    inner = ScriptedBackend(
        (
            ThinkingDelta("t" * 35),
            TextDelta("a" * 35),
            Finished(FinishReason.CANCELLED),
        )
    )
    assert len(list(MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken()))) == 3
    assert (spending.today().read, spending.today().written) == (100, 20)


def test_so_is_one_that_nobody_reads_to_its_end(spending) -> None:
    events = MeteredBackend(
        ScriptedBackend(
            (
                TextDelta("a" * 35),
                Finished(),
            )
        ),
        PROFILE,
        spending,
    ).stream(REQUEST, CancelToken())
    next(events)
    events.close()
    assert spending.today().written == 10


def test_what_was_refused_costs_nothing(spending) -> None:
    inner = ScriptedBackend((Failed(HelperError(ErrorKind.AUTH, "No key.")),))
    list(MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken()))
    assert spending.today().answers == 0


def test_a_limit_is_not_passed_unasked(spending, limits) -> None:
    limits[0] = SpendingSettings(monthly_tokens=10)
    inner = ScriptedBackend(
        (
            TextDelta("Hi."),
            Finished(),
        )
    )
    backend = MeteredBackend(inner, PROFILE, spending)
    (refused,) = backend.stream(REQUEST, CancelToken())
    assert refused.error.kind is ErrorKind.LIMIT
    assert inner.requests == []
    allowed = ChatRequest(REQUEST.messages, over_limit=True)
    assert list(backend.stream(allowed, CancelToken()))[-1] == Finished()
    assert len(inner.requests) == 1


@pytest.mark.parametrize("base_url", ["", "http://127.0.0.1:8000/v1", "http://localhost:8000/v1"])
def test_what_is_on_this_machine_costs_nothing(base_url: str) -> None:
    here = ModelProfile("p", "custom", "b", "GLM", "glm", base_url)
    inner = ScriptedBackend()
    assert id(metered(inner, here, lambda: pytest.fail("not asked"))) == id(inner)


AGAIN = Progress("Answering without more thinking…", asked_again=True)


def test_what_was_asked_again_without_thinking_counts_twice(spending) -> None:
    inner = ScriptedBackend((ThinkingDelta("t" * 350), AGAIN, TextDelta("a"), UsageReported(1_000, 10), Finished()))
    events = list(MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken()))
    (usage,) = (event for event in events if isinstance(event, UsageReported))
    assert (usage.prompt_tokens, usage.completion_tokens) == (1_000, 10), "what is shown is the answer that is read"
    assert usage.cost == pytest.approx((1_000 + 100 + 10 * (10 + 100)) / 1_000_000)
    today = spending.today()
    assert (today.answers, today.read, today.written) == (1, 1_100, 110)
    assert today.costs == pytest.approx({"USD": usage.cost})


def test_also_if_the_second_half_is_stopped(spending) -> None:
    inner = ScriptedBackend((ThinkingDelta("t" * 350), AGAIN, TextDelta("a" * 35), Finished(FinishReason.CANCELLED)))
    list(MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken()))
    assert (spending.today().answers, spending.today().read, spending.today().written) == (1, 200, 110)
    before = ScriptedBackend((ThinkingDelta("t" * 350), AGAIN, Finished(FinishReason.CANCELLED)))
    list(MeteredBackend(before, PROFILE, spending).stream(REQUEST, CancelToken()))
    assert (spending.today().answers, spending.today().read, spending.today().written) == (2, 300, 210)


def test_asked_again_before_anything_came_counts_once(spending) -> None:
    inner = ScriptedBackend((AGAIN, TextDelta("a"), UsageReported(1_000, 10), Finished()))
    list(MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken()))
    assert (spending.today().read, spending.today().written) == (1_000, 10)
