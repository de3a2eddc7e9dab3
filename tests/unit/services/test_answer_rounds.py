"""An answer for which tools were used: several messages in the history, one to who reads it or goes on from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.events import FinishReason, UsageReported
from desktop_helper.core.messages import Message, Role, TextPart, ToolCall
from desktop_helper.services.answer_rounds import merged
from desktop_helper.services.answer_so_far import AnswerSoFar
from desktop_helper.services.history import History

CALLS = ToolCall("c", "look", "{}"), ToolCall("d", "look", "{}")


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.db", tmp_path / "blobs")
    yield opened
    opened.close()


def question(text: str) -> Message:
    return Message(Role.USER, (TextPart(text),))


def answer(history: History, talk: int, text: str, parent: int, *calls: ToolCall) -> int:
    writer = history.begin_answer(talk, "GLM", parent)
    writer.append("", text)
    writer.finish(FinishReason.TOOL_CALLS if calls else FinishReason.STOP, tool_calls=calls)
    return writer.message_id


def with_tools(history: History, talk: int, asked: int) -> tuple[int, int]:
    """An answer in two rounds; the numbers of its first and of its last message."""
    first = parent = answer(history, talk, "Let me see. ", asked, *CALLS)
    for call in CALLS:
        result = Message(Role.TOOL, (TextPart(f"result {call.call_id}"),), call_id=call.call_id)
        parent = history.add_message(talk, result, parent)
    return first, answer(history, talk, "A cat.", parent)


def texts(history: History, talk: int, **which: int) -> list[str]:
    return [stored.message.text for stored in history.messages(talk, **which)]  # type: ignore[arg-type]


ROUNDS = ["Let me see. ", "result c", "result d", "A cat."]


def test_a_question_about_it_follows_all_of_it(history: History) -> None:
    talk = history.new_conversation()
    first, last = with_tools(history, talk, history.add_message(talk, question("q1")))
    follows = history.add_message(talk, question("q2"), first)
    assert texts(history, talk) == ["q1", *ROUNDS, "q2"]
    assert history.messages(talk)[-1].parent_id == last
    assert texts(history, talk, until=first) == ["q1", *ROUNDS]
    assert texts(history, talk, before=follows, last=1) == ROUNDS
    assert texts(history, talk, last=2) == [*ROUNDS, "q2"]
    assert texts(history, talk, last=3) == texts(history, talk, last=30) == ["q1", *ROUNDS, "q2"]


def test_to_who_reads_it_it_is_one_message(history: History) -> None:
    talk = history.new_conversation()
    asked = history.add_message(talk, question("q1"))
    first, _last = with_tools(history, talk, asked)
    one, whole = merged(history.messages(talk))
    assert (one.message.text, whole.message.text) == ("q1", "Let me see. A cat.")
    assert (whole.id, whole.parent_id, whole.status, whole.versions) == (first, asked, "stop", (first,))
    assert merged([one]) == [one]
    history.delete_message(first)
    assert texts(history, talk) == ["q1"]


def test_another_answer_stands_beside_it(history: History) -> None:
    talk = history.new_conversation()
    asked = history.add_message(talk, question("q1"))
    first, _last = with_tools(history, talk, asked)
    other = answer(history, talk, "A dog.", asked)
    assert texts(history, talk) == ["q1", "A dog."]
    history.choose(first)
    assert texts(history, talk) == ["q1", *ROUNDS]
    assert merged(history.messages(talk))[1].versions == (first, other)


def test_the_search_finds_an_answer_by_its_first_message_and_nothing_that_tools_gave(history: History) -> None:
    talk = history.new_conversation()
    first, last = with_tools(history, talk, history.add_message(talk, question("q1")))
    assert [hit.message_id for hit in history.search("cat")] == [first]
    assert [hit.message_id for hit in history.search("see")] == [first]
    assert history.search("result") == []
    plain = answer(history, talk, "A dog.", history.add_message(talk, question("q2"), last))
    assert [hit.message_id for hit in history.search("dog")] == [plain]


def test_what_all_rounds_have_cost_is_told(history: History) -> None:
    talk = history.new_conversation()
    parent = asked = history.add_message(talk, question("Why?"))
    usages = [UsageReported(100, 10, cost=0.5, currency="CNY"), UsageReported(300, 20, cost=0.25, currency="CNY")]
    so_far = AnswerSoFar()
    for usage, calls in zip(usages, (CALLS[:1], ()), strict=True):
        writer = history.begin_answer(talk, "GLM", parent)
        writer.finish(FinishReason.TOOL_CALLS if calls else FinishReason.STOP, usage, tool_calls=calls)
        parent = writer.message_id
        so_far.add([usage])
    both = UsageReported(300, 20, cost=0.75, currency="CNY")
    assert asked != parent
    assert merged(history.messages(talk))[-1].usage == both
    assert so_far.usage == both


@pytest.mark.parametrize(
    ("first", "then"),
    [(UsageReported(1), UsageReported(2, cost=1.0, currency="USD")), (None, UsageReported(2)),
     (UsageReported(1, cost=2.0, currency="CNY"), UsageReported(2, cost=1.0, currency="USD"))],
)  # fmt: skip
def test_sums_of_what_is_not_known_are_not_told(first: UsageReported | None, then: UsageReported) -> None:
    assert then.after(first) == then
