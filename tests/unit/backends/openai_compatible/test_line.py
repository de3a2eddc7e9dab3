"""A call that nobody waits for any more stops at its next step, but not while it cleans up."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from desktop_helper.backends.openai_compatible._line import Call, CallCancelledError, Line


@pytest.fixture
def trace():
    """What the HTTP library calls at each step of a request whose call was given up."""
    call: Call[str] = Call(lambda: iter(()), 1.0)
    with httpx2.Client(trust_env=False) as client:
        line = Line(client, lambda _request: None)
        line._here.call = call
        request = httpx2.Request("GET", "http://127.0.0.1/")
        line._on_request(request)
        call.give_up()
        found: Callable[[str, dict[str, object]], None] = request.extensions["trace"]
        yield found


@pytest.mark.parametrize("step", ["http11.send_request_headers.started", "http11.receive_response_body.started"])
def test_the_next_step_is_not_taken(trace, step: str) -> None:
    with pytest.raises(CallCancelledError):
        trace(step, {})


@pytest.mark.parametrize("step", ["http11.response_closed.started", "connection.close.started"])
def test_closing_goes_on(trace, step: str) -> None:
    trace(step, {})
