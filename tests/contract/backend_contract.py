"""What every backend owes its callers (`core.protocols.Backend`). A subclass says how to get backends in each state.

class TestMyBackend(BackendContract):
    @pytest.fixture
    def backend(self): ...
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.core.messages import ChatRequest, FilePart, ImagePart, Message, Part, Role, Sampling, TextPart
from desktop_helper.core.protocols import Backend

PROMPT_S = 1.0  # how soon a cancel must be obeyed
SLACK_S = 1.0  # for a busy machine
ODD_TEXT = "Ünïcödé, 中文, \U0001f642, \u202eRTL\u202c, <|user|> </think> <__media__> {braces} %s"

# A picture of 28 x 28 pixels.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000001c0000001c0802000000fd6f48c3000000224944415478da63f84f03c0306ae8a8a1a3868e"
    "1a3a6ae8a8a1a3868e1a3a320c0500f2602758079830ea0000000049454e44ae426082"
)


def question(*parts: Part | str, max_tokens: int | None = 16) -> ChatRequest:
    """A request with one user message."""
    made = tuple(TextPart(part) if isinstance(part, str) else part for part in parts)
    return ChatRequest((Message(Role.USER, made),), Sampling(max_tokens=max_tokens))


def deltas(events: list[StreamEvent]) -> list[TextDelta | ThinkingDelta]:
    """The text and thinking in `events`."""
    return [event for event in events if isinstance(event, TextDelta | ThinkingDelta)]


def is_terminal(event: StreamEvent) -> bool:
    """Whether nothing may follow."""
    return isinstance(event, Finished | Failed)


class BackendContract:
    """Inherit, name the class `Test...`, and give the four fixtures."""

    @pytest.fixture
    def backend(self) -> Iterator[Backend]:
        """Answers every question with a few words."""
        raise NotImplementedError

    @pytest.fixture
    def endless_backend(self) -> Iterator[Backend]:
        """Answers without end, some words at least every 0.2 s."""
        raise NotImplementedError

    @pytest.fixture
    def silent_backend(self) -> Iterator[Backend]:
        """Takes a question, and gives no word for ten seconds."""
        raise NotImplementedError

    @pytest.fixture
    def broken_backend(self) -> Iterator[Backend]:
        """Cannot answer, e.g. since its server is down or its file is missing."""
        raise NotImplementedError

    def test_streams_then_ends_once(self, backend):
        events = list(backend.stream(question("Hello?"), CancelToken()))
        assert deltas(events)
        assert all(delta.text for delta in deltas(events))
        assert [is_terminal(event) for event in events] == [False] * (len(events) - 1) + [True]
        assert isinstance(events[-1], Finished)
        assert events[-1].reason in (FinishReason.STOP, FinishReason.LENGTH)

    def test_reports_usage_before_the_end(self, backend):
        events = list(backend.stream(question("Hello?"), CancelToken()))
        (usage,) = [event for event in events if isinstance(event, UsageReported)]
        assert usage.prompt_tokens is not None
        assert usage.prompt_tokens > 0
        assert usage.completion_tokens is not None
        assert usage.completion_tokens > 0

    def test_takes_odd_text_pictures_and_files(self, backend):
        picture = ImagePart(PNG, "image/png", 28, 28, "Region", 8)
        file = FilePart(ODD_TEXT.encode(), "text/plain", 'a "b"\n.txt', ODD_TEXT)
        events = list(backend.stream(question(picture, file, ODD_TEXT), CancelToken()))
        assert isinstance(events[-1], Finished), events[-1]

    def test_takes_a_conversation(self, backend):
        messages = (
            Message(Role.SYSTEM, (TextPart("Be brief."),)),
            Message(Role.USER, (TextPart("One?"),)),
            Message(Role.ASSISTANT, (TextPart("1"),), thinking="They want a digit."),
            Message(Role.USER, (TextPart("Two?"),)),
        )
        events = list(backend.stream(ChatRequest(messages, Sampling(max_tokens=8)), CancelToken()))
        assert isinstance(events[-1], Finished), events[-1]

    def test_answers_again(self, backend):
        for _ in range(2):
            assert isinstance(list(backend.stream(question("Hello?"), CancelToken()))[-1], Finished)

    def test_can_be_prepared(self, backend):
        request = question(ImagePart(PNG, "image/png", 28, 28, "Region", 8), "Hel")
        for asked in (None, request):
            assert backend.prepare(asked, CancelToken()) is None
        assert isinstance(list(backend.stream(question("Hello?"), CancelToken()))[-1], Finished)

    def test_preparing_tells_nothing(self, broken_backend):
        assert broken_backend.prepare(None, CancelToken()) is None
        assert isinstance(list(broken_backend.stream(question("Hello?"), CancelToken()))[-1], Failed)

    def test_nothing_can_be_hurried_when_nothing_runs(self, backend):
        assert not backend.answer_now()
        backend.close()
        assert not backend.answer_now()

    @pytest.mark.timed
    def test_a_request_cancelled_before_it_began(self, backend):
        cancel = CancelToken()
        cancel.cancel()
        with at_most(PROMPT_S):
            events = list(backend.stream(question("Hello?"), cancel))
        assert not deltas(events)
        assert events[-1] == Finished(FinishReason.CANCELLED)

    @pytest.mark.timed
    def test_cancel_before_the_first_word(self, silent_backend):
        cancel = CancelToken()
        timer = threading.Timer(0.5, cancel.cancel)
        timer.start()
        try:
            with at_most(0.5 + PROMPT_S):
                events = list(silent_backend.stream(question("Hello?"), cancel))
        finally:
            timer.join()
        assert [event for event in events if not isinstance(event, Progress)] == [Finished(FinishReason.CANCELLED)]

    @pytest.mark.timed
    def test_cancel_in_mid_answer(self, endless_backend):
        cancel = CancelToken()
        stream = endless_backend.stream(question("Count.", max_tokens=None), cancel)
        seen = 0
        for event in stream:
            seen += isinstance(event, TextDelta | ThinkingDelta)
            if seen == 3:
                break
        cancel.cancel()
        with at_most(PROMPT_S):
            rest = list(stream)
        assert rest[-1] == Finished(FinishReason.CANCELLED)

    def test_answers_after_a_cancel(self, endless_backend):
        for _ in range(2):
            cancel = CancelToken()
            for event in endless_backend.stream(question("Count.", max_tokens=None), cancel):
                if isinstance(event, TextDelta | ThinkingDelta):
                    cancel.cancel()
            assert event == Finished(FinishReason.CANCELLED)

    @pytest.mark.timed
    def test_a_caller_that_goes_away(self, endless_backend):
        stream = endless_backend.stream(question("Count.", max_tokens=None), CancelToken())
        next(event for event in stream if isinstance(event, TextDelta | ThinkingDelta))
        with at_most(PROMPT_S):
            stream.close()
        with at_most(PROMPT_S):
            endless_backend.close()

    @pytest.mark.timed
    def test_close_while_it_answers(self, endless_backend):
        stream = endless_backend.stream(question("Count.", max_tokens=None), CancelToken())
        next(event for event in stream if isinstance(event, TextDelta | ThinkingDelta))
        closer = threading.Timer(0.1, endless_backend.close)
        closer.start()
        with at_most(0.1 + 2 * PROMPT_S):
            events = list(stream)
        closer.join()
        assert is_terminal(events[-1])
        assert events[-1] not in (Finished(FinishReason.STOP), Finished(FinishReason.LENGTH))

    def test_close_twice(self, backend):
        list(backend.stream(question("Hello?"), CancelToken()))
        backend.close()
        backend.close()

    def test_close_without_use(self, backend):
        backend.close()

    def test_failure_is_told_and_not_raised(self, broken_backend):
        events = list(broken_backend.stream(question("Hello?"), CancelToken()))
        assert isinstance(events[-1], Failed)
        assert_is_told(events[-1].error)

    def test_probe_says_one_sentence(self, backend):
        said = backend.probe(CancelToken())
        assert said.strip()
        assert "\n" not in said

    def test_probe_of_a_broken_one(self, broken_backend):
        with pytest.raises(HelperError) as caught:
            broken_backend.probe(CancelToken())
        assert_is_told(caught.value)

    def test_repr_tells_no_secret(self, backend):
        assert len(repr(backend)) < 300


def assert_is_told(error: HelperError) -> None:
    """One sentence what and why, one sentence what to do."""
    assert error.message.endswith((".", "!", "?"))
    assert error.fix
    for text in (error.message, error.fix):
        assert "\n" not in text
        assert "Traceback" not in text
        assert "Error(" not in text


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """The block takes no longer than that (and what a busy machine adds)."""
    start = time.monotonic()
    yield
    took = time.monotonic() - start
    assert took <= seconds + SLACK_S, f"took {took:.2f} s"
