"""What is kept of an answer for whoever looks at it late."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Notice,
    Progress,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.services.answer_so_far import AnswerSoFar

DELTAS = st.lists(st.one_of(st.builds(TextDelta, st.text()), st.builds(ThinkingDelta, st.text())))


class Clock:
    now = 10.0

    def __call__(self) -> float:
        return self.now


@given(DELTAS, st.data())
def test_no_word_is_lost_or_doubled_however_it_comes(deltas, data):
    so_far, rest = AnswerSoFar(), deltas
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        so_far.add(rest[:size])
        rest = rest[size:]
    assert so_far.text == "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
    assert so_far.thinking == "".join(delta.text for delta in deltas if isinstance(delta, ThinkingDelta))


def test_it_knows_when_each_part_began():
    clock = Clock()
    so_far = AnswerSoFar(clock)
    clock.now = 12
    so_far.add([ThinkingDelta("Hm")])
    assert (so_far.asked, so_far.first, so_far.thinking_from, so_far.thinking_s) == (10, 12, 12, None)
    clock.now = 15
    so_far.add([ThinkingDelta("."), TextDelta("Yes")])
    clock.now = 20
    so_far.add([TextDelta(".")])
    assert (so_far.first, so_far.thinking_s) == (12, 3)


def test_a_step_counts_until_something_is_said():
    so_far, step = AnswerSoFar(), Progress("Reading…", 0.5)
    so_far.add([Progress("Loading…"), step])
    assert so_far.progress == step
    so_far.add([ThinkingDelta("Hm")])
    assert so_far.progress is None


def test_the_end_comes_with_what_was_measured_and_told():
    so_far, usage = AnswerSoFar(), UsageReported(40, 2)
    so_far.add([Notice("Two pictures were left out."), usage])
    assert not so_far.end
    failed = Failed(HelperError(ErrorKind.NETWORK, "The line is dead."))
    so_far.add([failed])
    assert so_far.notices == ["Two pictures were left out."]
    assert so_far.usage == usage
    assert so_far.end == failed
