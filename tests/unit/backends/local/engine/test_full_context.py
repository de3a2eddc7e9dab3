"""A model that would go on for ever meets the end of its context, or the limit of the answer."""

from __future__ import annotations

import pytest

from desktop_helper.core.events import Finished, FinishReason, Notice
from tests.support.engine_rig import engine_rig, question
from tests.support.tiny_gguf import TinyModel, tiny_pair

pytest.importorskip("llama_cpp")

ENDLESS = TinyModel(endless=True, thinks=False)


@pytest.mark.parametrize("max_tokens", [None, 4000], ids=["unlimited", "limit beyond it"])
@pytest.mark.parametrize("longer", [True, False], ids=["could be longer", "all it knows"])
def test_a_full_context_is_said_with_what_helps(max_tokens: int | None, longer: bool) -> None:
    pair = tiny_pair(TinyModel(endless=True, thinks=False, context=2048 if longer else 512))
    with engine_rig(pair, context=512) as rig:
        events = rig.ask(question("Tell me."), max_tokens=max_tokens)
    assert events[-1] == Finished(FinishReason.LENGTH, full=True)
    (notice,) = [event.message for event in events if isinstance(event, Notice)]
    fix = "A longer context can be set in Settings." if longer else "Start a new chat."
    assert notice == f"The context of 512 tokens is full, so the answer ends here. {fix}"


def test_the_limit_of_the_answer_is_another_matter() -> None:
    with engine_rig(tiny_pair(ENDLESS), context=512) as rig:
        events = rig.ask(question("Tell me."), max_tokens=20)
    assert events[-1] == Finished(FinishReason.LENGTH)
    assert not [event for event in events if isinstance(event, Notice)]
