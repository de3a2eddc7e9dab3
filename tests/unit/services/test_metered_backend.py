"""Every answer of a server is counted once, whoever asked and however it ended."""

from __future__ import annotations

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, TextDelta, ThinkingDelta, UsageReported
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.core.price import Price
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.metered_backend import MeteredBackend, metered
from desktop_helper.services.settings import SpendingSettings
from desktop_helper.services.spending import Spending

PROFILE = ModelProfile("p", "zai", "b", "GLM", "glm", "https://api.example/v1", price=Price(1.0, 10.0))
REQUEST = ChatRequest((Message(Role.USER, (TextPart("x" * 350),)),))


class Says:
    """Yields what it was given."""

    def __init__(self, *events) -> None:
        self.events, self.asked = events, 0

    def stream(self, request, cancel):
        self.asked += 1
        yield from self.events

    def close(self) -> None:
        """Nothing."""


@pytest.fixture
def limits() -> list[SpendingSettings]:
    return [SpendingSettings()]


@pytest.fixture
def spending(tmp_path, limits) -> Spending:
    return Spending(tmp_path / "spending", lambda: limits[0])


def test_an_answer_is_counted_and_says_what_it_cost(spending) -> None:
    inner = Says(TextDelta("Hi."), UsageReported(1_000, 100, 0), Finished())
    text, usage, end = MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken())
    assert (text, end) == (TextDelta("Hi."), Finished())
    assert (usage.cost, usage.currency) == (pytest.approx(0.002), "USD")
    assert spending.today().costs == pytest.approx({"USD": 0.002})
    assert spending.today().answers == 1


def test_one_that_is_stopped_is_estimated(spending) -> None:
    inner = Says(ThinkingDelta("t" * 35), TextDelta("a" * 35), Finished(FinishReason.CANCELLED))
    assert len(list(MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken()))) == 3
    assert (spending.today().read, spending.today().written) == (100, 20)


def test_so_is_one_that_nobody_reads_to_its_end(spending) -> None:
    events = MeteredBackend(Says(TextDelta("a" * 35), Finished()), PROFILE, spending).stream(REQUEST, CancelToken())
    next(events)
    events.close()
    assert spending.today().written == 10


def test_what_was_refused_costs_nothing(spending) -> None:
    inner = Says(Failed(HelperError(ErrorKind.AUTH, "No key.")))
    list(MeteredBackend(inner, PROFILE, spending).stream(REQUEST, CancelToken()))
    assert spending.today().answers == 0


def test_a_limit_is_not_passed_unasked(spending, limits) -> None:
    limits[0] = SpendingSettings(monthly_tokens=10)
    inner = Says(TextDelta("Hi."), Finished())
    backend = MeteredBackend(inner, PROFILE, spending)
    (refused,) = backend.stream(REQUEST, CancelToken())
    assert refused.error.kind is ErrorKind.LIMIT
    assert inner.asked == 0
    allowed = ChatRequest(REQUEST.messages, over_limit=True)
    assert list(backend.stream(allowed, CancelToken()))[-1] == Finished()
    assert inner.asked == 1


@pytest.mark.parametrize("base_url", ["", "http://127.0.0.1:8000/v1", "http://localhost:8000/v1"])
def test_what_is_on_this_machine_costs_nothing(base_url: str) -> None:
    here = ModelProfile("p", "custom", "b", "GLM", "glm", base_url)
    inner = Says()
    assert metered(inner, here, lambda: pytest.fail("not asked")) is inner
