"""Texts that are sent together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.backends.local.gathering import GATHER_S, Gathering
from desktop_helper.core.events import Finished, FinishReason, Progress, StreamEvent, TextDelta, ThinkingDelta


class _Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_first_text_is_sent_at_once_and_fast_ones_together() -> None:
    clock, sent = _Clock(), list[StreamEvent]()
    gather = Gathering(sent.append, clock)
    gather(TextDelta("a"))
    assert sent == [TextDelta("a")]
    for text in "bc":
        clock.now += GATHER_S / 4
        gather(TextDelta(text))
    assert sent == [TextDelta("a")]
    clock.now += GATHER_S
    gather(TextDelta("d"))
    assert sent[1:] == [TextDelta("bcd")]


def test_a_slow_model_has_every_token_sent_at_once() -> None:
    clock, sent = _Clock(), list[StreamEvent]()
    gather = Gathering(sent.append, clock)
    for number, text in enumerate("abc", start=1):
        gather(TextDelta(text))
        assert len(sent) == number
        clock.now += GATHER_S


_EVENTS = st.one_of(
    st.builds(TextDelta, st.text("ab", min_size=1, max_size=3)),
    st.builds(ThinkingDelta, st.text("xy", min_size=1, max_size=3)),
    st.just(Progress("Reading the question")),
)


@given(st.lists(st.tuples(_EVENTS, st.floats(0, 2 * GATHER_S))))
def test_nothing_is_lost_and_nothing_changes_places(steps: list[tuple[StreamEvent, float]]) -> None:
    clock, sent = _Clock(), list[StreamEvent]()
    gather = Gathering(sent.append, clock)
    for event, seconds in steps:
        gather(event)
        clock.now += seconds
    gather(Finished(FinishReason.STOP))
    assert _letters(sent[:-1]) == _letters([event for event, _ in steps])
    assert sent[-1] == Finished(FinishReason.STOP)


def _letters(events: list[StreamEvent]) -> list[object]:
    """Each letter with its kind, and the other events between them."""
    return [
        part
        for event in events
        for part in (
            [(type(event), letter) for letter in event.text]
            if isinstance(event, TextDelta | ThinkingDelta)
            else [event]
        )
    ]
