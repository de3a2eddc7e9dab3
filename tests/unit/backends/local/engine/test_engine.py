"""The engine with a real model: the same tokens as the stock handler, and nothing read twice."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re

import llama_cpp.llama_cpp
import numpy as np
import pytest

from desktop_helper.backends.local.engine import generation
from desktop_helper.backends.local.engine.states import MOST
from desktop_helper.backends.local.stop_flag import Stopped
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    ThinkingDelta,
    ToolCallRequested,
)
from desktop_helper.core.messages import Message, Role, TextPart, Thinking, ToolCall, ToolSpec
from tests.support.engine_rig import GREEDY, StockHandler, counts, engine_rig, question, reply, spoken
from tests.support.local_models import noise
from tests.support.tiny_gguf import TinyModel, tiny_pair

SMALL, WIDE, TALL, LARGE = noise(140, 140), noise(308, 112), noise(84, 252), noise(560, 420)
TEXTS = ["What?", "看这个窗口", "a" * 300, "1\n2\n3", "Describe the menu.", "🙂 ok", "def f():\n    pass", " "]
PROMPTS = [
    *[(question(text),) for text in TEXTS],
    *[(question(picture, "What is this?"),) for picture in (SMALL, WIDE, TALL, LARGE)],
    *[(question("Look:", picture, "and say"),) for picture in (SMALL, WIDE, TALL, LARGE)],
    *[(question(*trio, "Compare."),) for trio in itertools.islice(itertools.permutations((SMALL, WIDE, TALL)), 6)],
    *[(question(a, "and", b, "then", c),) for a, b, c in ((LARGE, SMALL, WIDE), (TALL, LARGE, LARGE))],
    *[(question(SMALL, "What?"), reply("A window."), question(text)) for text in ("And now?", "Why?", "再看")],
    *[(question("Hi"), reply("Yes."), question(WIDE, "This?"), reply("**No**."), question(TALL, "Or?"))],
    *[
        (Message(Role.SYSTEM, (TextPart("Be brief."),)), question(SMALL, "What?")),
        (question("a"), reply("b"), question("c")),
    ],
]


@pytest.fixture(scope="module")
def rig():
    with engine_rig(tiny_pair()) as rig:
        yield rig


@pytest.fixture(scope="module")
def endless():
    with engine_rig(tiny_pair(TinyModel(endless=True))) as rig:
        yield rig


def test_the_same_tokens_as_the_stock_handler(capfd):
    stock = StockHandler(tiny_pair())
    expected = [stock.ask(*prompt, max_tokens=48) for prompt in PROMPTS]
    stock.close()
    got = []
    with engine_rig(tiny_pair()) as rig:
        for prompt in PROMPTS:
            rig.forget()
            got.append(spoken(rig.ask(*prompt, max_tokens=48, **GREEDY)))
    assert len(PROMPTS) == 30
    assert got == expected


def test_what_was_reused_gives_the_same_logits(rig):
    """The same batches give the same numbers; where the text was cut elsewhere, sums may differ in the last bits."""
    worst = 0.0
    talk = [
        question(LARGE, "What is this?"),
        reply("A window."),
        question("Why?"),
        reply("So."),
        question(SMALL, "It?"),
    ]
    for length in (1, 3, 5):
        rig.forget()
        rig.ask(*talk[:length], max_tokens=1, **GREEDY)
        fresh = rig.logits()
        rig.forget()
        for shorter in range(1, length + 1, 2):
            events = rig.ask(*talk[:shorter], max_tokens=1, **GREEDY)
        assert length == 1 or counts(events).cached > 300
        worst = max(worst, float(np.abs(rig.logits() - fresh).max()))
        assert rig.logits().argmax() == fresh.argmax()
    print(f"largest difference of a logit after reuse: {worst:g}")
    assert worst < 1e-3


class TestReuse:
    def test_a_follow_up_reads_only_what_is_new(self, rig):
        rig.forget()
        first = rig.ask(question(LARGE, "What is this?"), max_tokens=8, **GREEDY)
        talk = (question(LARGE, "What is this?"), reply(spoken(first)[1]), question("Why?"))
        second = counts(rig.ask(*talk, max_tokens=8, **GREEDY))
        assert counts(first).cached == 0
        assert second.cached >= 20 * 15 + 2
        assert second.read < 60

    def test_pixels_are_asked_for_once(self, rig):
        picture = noise(196, 196)
        rig.asked_for.clear()
        rig.ask(question(picture, "What?"), max_tokens=2)
        rig.ask(question(picture, "Why?"), max_tokens=2)
        rig.ask(question("Something else", picture), max_tokens=2)
        assert rig.asked_for == [picture.sha256]

    def test_two_conversations_in_alternation(self, rig):
        talks = [[question(LARGE, "What?")], [question(noise(588, 420), "And what is that?")]]
        for _ in range(3):
            for talk in talks:
                events = rig.ask(*talk, max_tokens=8, **GREEDY)
                read = counts(events).read
                assert len(talk) == 1 or read < 100
                talk += [reply(spoken(events)[1]), question("Go on.")]

    def test_the_answer_after_a_change_of_conversations_is_the_same(self, rig):
        one, two = (question(LARGE, "What?"),), (question(noise(588, 420), "That?"),)
        expected = spoken(rig.ask(*one, max_tokens=20, **GREEDY))
        rig.ask(*two, max_tokens=20, **GREEDY)
        again = rig.ask(*one, max_tokens=20, **GREEDY)
        assert counts(again).cached > 300
        assert spoken(again) == expected

    def test_going_round_more_conversations_than_are_kept(self, rig):
        """The one that is wanted again is the oldest: making room for the present one must not throw it out."""
        rig.forget()
        talks = [(question(noise(560 + 28 * number, 420), "What?"),) for number in range(MOST + 1)]
        first = [spoken(rig.ask(*talk, max_tokens=8, **GREEDY)) for talk in talks]
        again = [rig.ask(*talk, max_tokens=8, **GREEDY) for talk in talks]
        assert [spoken(events) for events in again] == first
        assert min(counts(events).cached for events in again) > 300

    def test_a_state_that_is_refused_leaves_nothing_behind(self, rig, monkeypatch):
        """Not even what both conversations begin with: the memory was emptied for the state."""
        system = Message(Role.SYSTEM, (TextPart("Be brief. " * 20),))
        one, two = (system, question(LARGE, "What?")), (system, question(noise(588, 420), "That?"))
        rig.forget()
        expected = spoken(rig.ask(*one, max_tokens=20, **GREEDY))
        rig.ask(*two, max_tokens=20, **GREEDY)
        with monkeypatch.context() as patch:
            patch.setattr(llama_cpp.llama_cpp, "llama_state_seq_set_data", lambda *_: 0)
            events = rig.ask(*one, max_tokens=20, **GREEDY)
        assert counts(events).cached == 0
        assert spoken(events) == expected

    def test_yesterdays_conversation_resumes_at_once(self, tmp_path):
        talk = (question(LARGE, "What?"),)
        with engine_rig(tiny_pair(), states=str(tmp_path)) as rig:
            expected = spoken(rig.ask(*talk, max_tokens=20, **GREEDY))
        with engine_rig(tiny_pair(), states=str(tmp_path)) as rig:
            events = rig.ask(*talk, max_tokens=20, **GREEDY)
            assert rig.asked_for == []
        assert counts(events).cached > 300
        assert spoken(events) == expected
        (file,) = tmp_path.iterdir()
        assert file.stat().st_mode & 0o077 == 0

    def test_a_damaged_state_is_read_again(self, tmp_path):
        talk = (question(LARGE, "What?"),)
        with engine_rig(tiny_pair(), states=str(tmp_path)) as rig:
            expected = spoken(rig.ask(*talk, max_tokens=20, **GREEDY))
        (file,) = tmp_path.iterdir()
        content = bytearray(file.read_bytes())
        content[-1000] ^= 0xFF
        file.write_bytes(content)
        with engine_rig(tiny_pair(), states=str(tmp_path)) as rig:
            assert spoken(rig.ask(*talk, max_tokens=20, **GREEDY)) == expected

    def test_pictures_are_read_while_the_user_types(self, rig):
        rig.forget()
        rig.prepare(question(LARGE, ""))
        events = rig.ask(question(LARGE, "What is this?"), max_tokens=4, **GREEDY)
        assert counts(events).cached > 300
        assert not any(isinstance(event, Progress) for event in events)

    def test_after_a_stop_the_next_question_is_right(self, rig):
        expected = spoken(rig.ask(question(LARGE, SMALL, "What?"), max_tokens=20, **GREEDY))
        rig.forget()
        rig.engine._vision._embeddings._kept.clear()
        seen = []

        def stop_later(_):
            seen.append(1)
            if len(seen) == 2:
                rig.stop.stop(rig.turn)

        begun = rig._begun((question(LARGE, SMALL, "What?"),), (), {})
        with pytest.raises(Stopped):
            rig.engine.answer(begun, stop_later)
        assert spoken(rig.ask(question(LARGE, SMALL, "What?"), max_tokens=20, **GREEDY)) == expected


class TestAnswers:
    def test_a_schema_is_obeyed(self, endless):
        schema = {
            "type": "object",
            "properties": {"a": {"type": "boolean"}, "b": {"enum": ["x", "yz"]}},
            "required": ["a", "b"],
        }
        for seed in range(4):
            events = endless.ask(question("What?"), json_schema=schema, seed=seed, thinking_budget=3, max_tokens=200)
            answer = json.loads(spoken(events)[1])
            assert type(answer["a"]) is bool
            assert answer["b"] in ("x", "yz")
            assert events[-1] == Finished(FinishReason.STOP)

    def test_a_schema_counts_from_the_end_of_the_thinking(self, rig, monkeypatch):
        """The end is one token and no text: the token behind it must obey already."""
        free: list[bool] = []
        with monkeypatch.context() as patch:
            patch.setattr(generation, "Sampler", _saying("<think>ab</think>{}", rig.engine._model, free))
            events = rig.ask(question("Hi"))
        assert spoken(events) == ("ab", "{}")
        assert free == [False, True, True, True, False, False, False]

    @pytest.mark.parametrize("schema", [{"properties": []}, {"type": "string", "pattern": "^*$"}, {"$ref": 5}])
    def test_a_schema_that_is_none_is_refused(self, rig, schema):
        with pytest.raises(HelperError) as caught:
            rig.ask(question("What?"), json_schema=schema)
        assert caught.value.kind is ErrorKind.USAGE

    def test_any_text_in_a_schema_is_json(self, endless):
        """Control tokens and raw control characters are no letters of a string."""
        schema = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 12}}, "required": ["name"]}
        for seed in range(12):
            asked = {"json_schema": schema, "temperature": 2.0, "top_p": 1.0, "seed": seed}
            events = endless.ask(question("What?"), thinking=Thinking.OFF, max_tokens=300, **asked)
            assert isinstance(json.loads(spoken(events)[1])["name"], str)

    def test_a_loop_is_stopped(self, endless):
        events = endless.ask(question("What?"), thinking=Thinking.OFF, max_tokens=6000, **GREEDY)
        assert events[-1] == Finished(FinishReason.REPETITION)
        assert counts(events).written < 4000

    def test_what_was_written_before_a_stop_is_counted(self, endless):
        events = []

        def stop_at_the_third(event):
            events.append(event)
            if sum(isinstance(one, ThinkingDelta) for one in events) == 3:
                endless.stop.stop(endless.turn)

        with pytest.raises(Stopped):
            endless.engine.answer(endless._begun((question("What?"),), (), {}), stop_at_the_third)
        assert counts(events).written >= 3

    def test_a_stop_text_ends_the_answer(self, endless):
        free = spoken(endless.ask(question("What?"), thinking=Thinking.OFF, max_tokens=60, **GREEDY))[1]
        word = free.split()[4]
        events = endless.ask(question("What?"), thinking=Thinking.OFF, max_tokens=60, stop=(word,), **GREEDY)
        assert events[-1] == Finished(FinishReason.STOP)
        assert spoken(events)[1] == free[: free.index(word)]

    @pytest.mark.parametrize("budget", [0, 1, 10, 64])
    def test_a_budget_is_kept(self, budget):
        with engine_rig(tiny_pair(TinyModel(thinks_for_ever=True))) as rig:
            events = rig.ask(question("What?"), thinking_budget=budget, max_tokens=200)
            written = list(rig.engine._memory.entries)[counts(events).prompt :]
            (end,) = rig.engine._model.tokenize("</think>", control=True)
        assert budget <= written.index(end) <= budget + 5
        assert spoken(events)[1]

    def test_thinking_off_is_obeyed_without_the_templates_help(self, monkeypatch):
        with engine_rig(tiny_pair(TinyModel(thinks_for_ever=True))) as rig:
            render = rig.engine._template.render
            monkeypatch.setattr(rig.engine._template, "render", lambda messages, tools, _: render(messages, tools))
            thought, text = spoken(rig.ask(question("What?"), thinking=Thinking.OFF, max_tokens=60))
        assert len(thought) < 20
        assert text

    def test_the_thinking_ends_within_five_tokens_of_the_wish(self):
        with engine_rig(tiny_pair(TinyModel(thinks_for_ever=True))) as rig:
            events: list[StreamEvent] = []
            wished_at: list[int] = []

            def emit(event):
                events.append(event)
                if isinstance(event, ThinkingDelta) and not wished_at and len(events) > 30:
                    wished_at.append(len(rig.engine._memory.entries))
                    rig.stop.hurry(rig.turn)

            rig.engine.answer(rig._begun((question("What?"),), (), {"max_tokens": 400}), emit)
            (end,) = rig.engine._model.tokenize("</think>", control=True)
            assert list(rig.engine._memory.entries).index(end) <= wished_at[0] + 5
        assert spoken(events)[1]

    def test_thinking_that_begins_anew_is_ended_again(self, rig, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(generation, "Sampler", _saying("<think>a<think>ok", rig.engine._model))
            events = rig.ask(question("Hi"), thinking_budget=1)
        assert spoken(events)[1] == "ok"

    def test_thinking_that_is_ended_within_a_character_leaves_nothing_of_it(self, rig, monkeypatch):
        """A Chinese character may be three tokens; the first alone showed as a question mark before the answer."""
        with monkeypatch.context() as patch:
            patch.setattr(generation, "Sampler", _saying("<think>a", rig.engine._model, half="中", rest="ok"))
            events = rig.ask(question("Hi"), thinking_budget=2)
        assert spoken(events) == ("a\n", "ok")

    def test_thinking_that_is_ended_takes_no_more_than_there_is(self):
        with engine_rig(tiny_pair(TinyModel(thinks_for_ever=True))) as rig:
            events = rig.ask(question("What?"), thinking_budget=10, max_tokens=11)
        assert counts(events).written <= 11
        assert events[-1] == Finished(FinishReason.LENGTH)

    def test_tools_are_asked_for_and_answered(self, rig, monkeypatch):
        """The tiny model calls no tools by itself, so GLM's words are put into its mouth, letter by letter."""
        tool = ToolSpec("zoom", "Looks closer.", {"properties": {"box": {"type": "array"}}})
        call = "<tool_call>zoom\n<arg_key>box</arg_key>\n<arg_value>[1, 2]</arg_value>\n</tool_call>"
        with monkeypatch.context() as patch:
            patch.setattr(generation, "Sampler", _saying(f"I look. {call}", rig.engine._model))
            events = rig.ask(question(LARGE, "Hi"), tools=[tool])
        assert spoken(events)[1].strip() == "I look."
        (asked,) = [event for event in events if isinstance(event, ToolCallRequested)]
        assert (asked.name, json.loads(asked.arguments)) == ("zoom", {"box": [1, 2]})
        assert events[-1] == Finished(FinishReason.TOOL_CALLS)
        made = ToolCall(asked.call_id, asked.name, asked.arguments)
        talk = (
            question(LARGE, "Hi"),
            Message(Role.ASSISTANT, (TextPart("I look."),), tool_calls=(made,)),
            Message(Role.TOOL, (SMALL, TextPart("done")), call_id=asked.call_id),
        )
        events = rig.ask(*talk, tools=[tool], max_tokens=5)
        assert isinstance(events[-1], Finished)
        assert counts(events).cached > 300, "the first picture was not read again"
        assert counts(events).read >= 25, "but the tool's was"

    def test_penalties_change_what_is_said(self, endless):
        asked = {"thinking": Thinking.OFF, "max_tokens": 100, **GREEDY}
        plain = spoken(endless.ask(question("What?"), **asked))[1]
        assert spoken(endless.ask(question("What?"), repetition_penalty=1.5, **asked))[1] != plain
        assert spoken(endless.ask(question("What?"), frequency_penalty=1.5, **asked))[1] != plain


def test_a_picture_of_no_size_is_one_sentence(rig):
    empty = dataclasses.replace(SMALL, width=0, height=0)
    with pytest.raises(HelperError) as caught:
        rig.ask(question(WIDE, empty, "What?"))
    assert (caught.value.kind, caught.value.message) == (ErrorKind.SOURCE, "Picture 2 cannot be read.")
    assert isinstance(rig.ask(question(WIDE, "What?"), max_tokens=2)[-1], Finished)


class TestRoom:
    def test_the_oldest_pictures_go_and_it_is_said(self):
        with engine_rig(tiny_pair(), context=1024) as rig:
            talk = []
            for number in range(4):
                talk += [question(noise(420 + 28 * number, 420), "What?")]
                events = rig.ask(*talk, max_tokens=8)
                assert isinstance(events[-1], Finished)
                talk.append(reply("A window."))
            (notice,) = [event for event in events if isinstance(event, Notice)]
            assert notice.message.endswith("older pictures were left out: there is room for 1024 tokens.")
            assert counts(events).prompt < 1024

    def test_a_long_talk_never_ends_in_an_error(self):
        with engine_rig(tiny_pair(), context=512) as rig:
            talk = []
            for number in range(30):
                talk.append(question(f"Question {number}: " + "more words " * 3))
                events = rig.ask(*talk, max_tokens=12)
                assert isinstance(events[-1], Finished)
                talk.append(reply(spoken(events)[1] or "Nothing."))
            (notice,) = [event.message for event in events if isinstance(event, Notice)]
            assert re.fullmatch("The oldest [0-9]+ turns were left out: there is room for 512 tokens.", notice)
            assert counts(events).cached > 0


def _saying(text, model, free_ones=None, *, half="", rest=""):
    """A sampler that has decided what to say: `text`, the first token of `half`, `rest`."""

    class Said:
        def __init__(self, *_):
            end = model.tokenize("<|user|>", control=True)
            pieces = (model.tokenize(text, control=False), model.tokenize(half, control=False)[:1])
            self._tokens = [*itertools.chain(*pieces), *model.tokenize(rest, control=False), *end]

        def next(self, *, free):
            if free_ones is not None:
                free_ones.append(free)
            return self._tokens.pop(0)

        def accept(self, token):
            """It has decided."""

        def close(self):
            """Nothing to free."""

    return Said
