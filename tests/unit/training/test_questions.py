"""Questions have true answers, chance is known, and what is examined was never taught."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from training.others import other_forms, other_question
from training.packing import TASKS
from training.phrases import ANSWERS, FORMS, THOUGHTS
from training.questions import NOBODY, SHARES, Asker
from training.scenes import random_of, scene
from training.things import COLOURS, GROUPS, KINDS


@cache
def asked():
    """Two thousand questions with their pictures."""
    found = []
    for number in range(500):
        random = random_of(11, number)
        picture = scene(random, (252, 224))
        asker = Asker(picture, random)
        found += [(picture, asker.ask()) for _ in range(4)]
    return found


def of_task(task):
    return [(picture, turn) for picture, turn in asked() if turn.task == task]


def named(text, words):
    return [
        index
        for index, word in enumerate(words)
        if any(name in text for name in (word.english, word.chinese, *word.also, *word.chinese_also))
    ]


def meant(text):
    """The kind or the group of kinds, and the colour, that a question names; None is any."""
    groups = [kind for kind, word in GROUPS.items() if kind is not None and named(text, [word])]
    return next(iter([*named(text, KINDS), *groups]), None), next(iter(named(text, COLOURS)), None)


def test_every_task_is_asked_in_both_languages():
    for task in TASKS:
        questions = [turn.question for _, turn in of_task(task)]
        assert any(question.isascii() for question in questions), task
        assert any(not question.isascii() for question in questions), task


def test_every_form_is_there_in_both_languages():
    for english, chinese in FORMS.values():
        assert all(form.isascii() for form in english)
        assert not any(form.isascii() for form in chinese)
        assert english
        assert chinese
    assert all(len(pair) == 2 for pair in (*ANSWERS.values(), *THOUGHTS.values()))


def test_the_colour_is_that_of_the_one_thing_of_this_kind():
    assert of_task("colour")
    for picture, turn in of_task("colour"):
        (kind,) = named(turn.question, KINDS)
        (colour,) = named(turn.answer, COLOURS)
        assert [thing.colour for thing in picture.things if thing.kind == kind] == [colour]
        assert picture.things[turn.focus[0]].kind == kind


def test_yes_is_said_where_it_is_of_that_colour():
    found = [turn for _, turn in of_task("colour") if turn.answer.startswith(("Yes", "No", "是的", "不是"))]
    assert len(found) > 10
    for turn in found:
        alike = named(turn.question, COLOURS) == named(turn.answer, COLOURS)
        assert turn.answer.startswith(("Yes", "是的") if alike else ("No", "不是"))


def test_other_things_mislead_in_most_pictures():
    others = [
        any(thing.colour != picture.things[turn.focus[0]].colour for thing in picture.things)
        for picture, turn in of_task("colour")
    ]
    assert sum(others) / len(others) > 0.5


def test_counts_are_true_and_balanced():
    counts: Counter[int] = Counter()
    for picture, turn in of_task("count"):
        count = int(re.findall(r"\d", turn.answer)[0])
        fits = [number for number, thing in enumerate(picture.things) if thing.is_a(*meant(turn.question))]
        assert len(fits) == count
        assert list(turn.counted) == fits
        counts[count] += 1
    assert max(counts.values()) / counts.total() < 0.4
    assert set(counts) == {1, 2, 3, 4, 5}


def test_boxes_are_those_of_the_named_thing():
    assert of_task("box")
    for picture, turn in of_task("box"):
        box = r"<\|begin_of_box\|>\[\[(\d+),(\d+),(\d+),(\d+)\]\]<\|end_of_box\|>"
        match = re.fullmatch(f"(?:It is here: |它在这里：){box}", turn.answer)
        assert match
        assert tuple(map(int, match.groups())) == picture.thousandths(picture.things[turn.focus[0]])


def test_sides_are_true():
    assert of_task("side")
    for picture, turn in of_task("side"):
        one, other = (picture.things[index].centre for index in turn.focus)
        text = turn.answer
        if "left" in text or "左边" in text:
            assert one[0] < other[0]
        elif "right" in text or "右边" in text:
            assert one[0] > other[0]
        elif "above" in text or "上面" in text:
            assert one[1] < other[1]
        else:
            assert one[1] > other[1]


def test_tiny_things_are_looked_at_closely_if_that_is_offered():
    assert of_task("zoom")
    assert of_task("small")
    for picture, turn in of_task("zoom") + of_task("small"):
        assert picture.things[turn.focus[0]].is_tiny
        assert turn.tools == (turn.task == "zoom")
        assert ("<tool_call>zoom" in turn.answer) == turn.tools


def test_what_is_absent_is_not_there():
    for picture, turn in of_task("absent"):
        assert turn.counted == ()
        assert not any(thing.is_a(*meant(turn.question)) for thing in picture.things)
        if picture.things:
            assert meant(turn.answer) == meant(turn.question)


def test_what_is_not_there_is_counted_too():
    """As none: the answer says that there is none, and not a number."""
    questions = [turn.question for _, turn in of_task("absent")]
    assert any("How many" in question for question in questions)
    assert any("几个" in question for question in questions)


def test_of_several_things_none_is_picked_by_chance():
    assert {turn.answer for _, turn in of_task("several")} == set(ANSWERS["several"])
    for picture, turn in of_task("several"):
        fits = [number for number, thing in enumerate(picture.things) if thing.is_a(*meant(turn.question))]
        assert len(fits) > 1 or not any(form in turn.question.lower() for form in ("where", "在哪", "colour"))
        assert len(turn.counted) > 1


def test_without_a_picture_nothing_is_seen():
    random = random_of(5, 1)
    asker = Asker(scene(random, (252, 224)), random)
    turn = asker.without_picture(asker.ask("box"))
    assert turn.answer in ANSWERS["blind"]
    assert turn.target is None
    assert turn.focus == NOBODY


def test_people_have_other_words_for_things():
    """The model understands them, and says its own."""
    questions = " ".join(turn.question for _, turn in asked() if turn.task != "other")
    answers = " ".join(turn.answer for _, turn in asked() if turn.task != "other")
    for synonym in (" dot", "text field", "violet", "星星", "五角星", "方块", "文本框"):
        assert synonym in questions
        assert synonym not in answers


def test_the_examination_asks_what_was_never_taught():
    for chinese in (False, True):
        taught = set(other_forms(chinese=chinese, examination=False))
        examined = set(other_forms(chinese=chinese, examination=True))
        assert len(examined) > 8
        assert not taught & examined
        assert other_question(random_of(1, 1), chinese=chinese, examination=True)


@pytest.mark.parametrize("task", sorted(set(SHARES) - {"other", "only"}))
def test_a_task_can_be_asked_for(task):
    turns = []
    for number in range(40):
        random = random_of(3, number)
        turns.append(Asker(scene(random, (252, 224)), random).ask(task))
    assert sum(turn.task == task for turn in turns) > 5
