"""What is said of a choice of frames, and the budgets that there are to choose from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart, Moment
from desktop_helper.services.clip_choice import FRAME_STEPS, nearest_step, percent, sentence, token_steps, tokens_of

NOTE = FilePart(b"n", NOTE_MIME, "note", "n" * 35)


def frames(count: int, tokens: int = 500) -> tuple[MediaPart, ...]:
    made = [ImagePart(b"", "image/jpeg", 812, 460, "f", tokens, Moment("a", n, 40, 1200)) for n in range(count)]
    return (NOTE, *made)


def test_frames_size_tokens_and_their_share() -> None:
    assert tokens_of(frames(12)) == 12 * 500 + 10
    assert sentence(frames(12), 0) == "0:40 · 12 of 1,200 frames · 812 × 460 each · 6.0k tokens"
    said = "0:40 · 12 of 1,200 frames · 812 × 460 each · 6.0k tokens · 5% of what the model can read"
    assert sentence(frames(12), 131_072) == said
    assert sentence((NOTE,), 1000) == ""


@pytest.mark.parametrize(("share", "said"), [(0.0001, "<0.1%"), (0.004, "0.4%"), (0.05, "5%"), (1.5, "150%")])
def test_small_shares_are_not_nothing(share: float, said: str) -> None:
    assert percent(share) == said


@given(st.integers(1, 200_000))
def test_budgets_get_smaller_and_begin_with_all(allowed: int) -> None:
    steps = token_steps(allowed)
    assert steps[0] == allowed
    assert steps == sorted(set(steps), reverse=True)
    assert all(step >= 1000 for step in steps[1:])


@given(st.integers(1, 64))
def test_a_step_has_room_for_what_was_wanted(count: int) -> None:
    assert FRAME_STEPS[nearest_step(count)] >= count
