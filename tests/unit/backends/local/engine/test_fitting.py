"""What has to go goes in order, stays away, and is counted."""

from __future__ import annotations

import pytest

from desktop_helper.backends.local.engine.fitting import FULL, Fitter
from desktop_helper.backends.local.wire import Picture
from desktop_helper.core.errors import ErrorKind, HelperError


def picture(name):
    return Picture(name, (28, 28))


def user(*parts):
    return {"role": "user", "content": list(parts)}


def said(text):
    return {"role": "assistant", "content": text}


def cost(messages):
    """A picture costs 100, a text its length."""
    total = 0
    for message in messages:
        content = message["content"]
        for part in content if isinstance(content, list) else [content]:
            total += 100 if isinstance(part, Picture) else len(part["text"] if isinstance(part, dict) else part)
    return total


def pictures(messages):
    parts = [part for message in messages for part in message["content"] if isinstance(message["content"], list)]
    return [part.sha256 for part in parts if isinstance(part, Picture)]


TALK = [
    {"role": "system", "content": "s" * 10},
    user(picture("a")),
    said("1" * 10),
    user(picture("b")),
    said("2" * 10),
    user(picture("c")),
]


def test_what_fits_is_left_alone():
    fitter = Fitter()
    assert fitter.fit(TALK, cost, 330) is TALK
    assert (fitter.pictures, fitter.turns) == (0, 0)


def test_the_oldest_pictures_go_first_and_leave_a_note():
    fitter = Fitter()
    made = fitter.fit(TALK, cost, 329)
    assert pictures(made) == ["c"] or pictures(made) == ["b", "c"]
    assert cost(made) <= 329 * FULL or pictures(made) == ["c"]
    assert fitter.turns == 0
    assert "no longer shown" in made[1]["content"][0]["text"]


def test_the_next_question_leaves_out_the_same():
    fitter = Fitter()
    before = fitter.fit(TALK, cost, 300)
    longer = [*TALK, said("3" * 10), user({"type": "text", "text": "and?"})]
    after = fitter.fit(longer, cost, 300)
    assert after[: len(before)] == before, "else nothing that was read could be used again"


def test_then_turns_go_but_neither_the_system_text_nor_the_question():
    talk = [{"role": "system", "content": "s" * 10}]
    for number in range(10):
        talk += [user({"type": "text", "text": str(number) * 40}), said("a" * 40)]
    talk.append(user({"type": "text", "text": "q" * 40}))
    fitter = Fitter()
    made = fitter.fit(talk, cost, 400)
    assert made[0] == talk[0]
    assert made[-1] == talk[-1]
    assert made[1]["role"] == "user"
    assert fitter.turns == 7
    assert cost(made) <= 400 * FULL


def test_the_question_stays_while_tools_show_pictures():
    text = {"type": "text", "text": "q" * 40}
    talk = [user({"type": "text", "text": "o" * 40}), said("a" * 40), user(picture("a"), text)]
    for name in "bcd":
        talk += [said("c" * 10), {"role": "tool", "content": "t"}, user(picture(name))]
    made = Fitter().fit(talk, cost, 300)
    assert any(text in message["content"] for message in made)
    assert pictures(made) == ["d"]


def test_a_question_that_does_not_fit_is_refused():
    with pytest.raises(HelperError) as caught:
        Fitter().fit([user(picture("a"), picture("b"))], cost, 150)
    assert caught.value.kind is ErrorKind.LENGTH
    assert "takes 200 tokens" in caught.value.message
    assert caught.value.fix == "Show it fewer or smaller pictures, or ask a shorter question."


def test_a_question_without_pictures_is_not_told_to_show_fewer_of_them():
    with pytest.raises(HelperError) as caught:
        Fitter().fit([user({"type": "text", "text": "q" * 200})], cost, 150)
    assert caught.value.fix == "Ask a shorter question, or attach less."


def test_a_model_that_could_read_more_is_said_to():
    with pytest.raises(HelperError) as caught:
        Fitter(could_grow=True).fit([user({"type": "text", "text": "q" * 200})], cost, 150)
    assert caught.value.fix == "Ask a shorter question, or attach less. A longer context can be set in Settings."


def talk_of(name, turns):
    talk = []
    for number in range(turns):
        talk += [user({"type": "text", "text": f"{number}" * 40}), said(f"{name}{number}" * 20)]
    return [*talk, user({"type": "text", "text": "?"})]


def test_a_thousand_turns_are_looked_at_a_few_times_only():
    """Each look renders and reads the whole conversation; one for each turn took a minute before the first word."""
    looks: list[int] = []
    fitter = Fitter()
    for turns in (1000, 1100):
        looks.clear()
        made = fitter.fit(talk_of("a", turns), lambda messages: looks.append(1) or cost(messages), 7000)
        assert len(looks) < 20
        assert 7000 * FULL - 300 < cost(made) <= 7000 * FULL, "no more than has to go"


def test_two_conversations_in_alternation_leave_out_the_same():
    fitter = Fitter()
    before = {name: fitter.fit(talk_of(name, 10), cost, 700) for name in "ab"}
    assert fitter.turns
    for name in "ab":
        assert fitter.fit(talk_of(name, 11), cost, 700)[: len(before[name]) - 1] == before[name][:-1]


def test_the_same_first_question_is_not_the_same_conversation():
    fitter = Fitter()
    fitter.fit(talk_of("a", 10), cost, 700)
    other = talk_of("b", 2)
    assert fitter.fit(other, cost, 700) is other


def test_another_conversation_is_not_touched():
    fitter = Fitter()
    fitter.fit(TALK, cost, 200)
    other = [user(picture("z")), said("x"), user({"type": "text", "text": "?"})]
    assert fitter.fit(other, cost, 200) is other
