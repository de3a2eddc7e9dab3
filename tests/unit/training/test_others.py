"""What is refused is never what it knows, however near it comes."""

from __future__ import annotations

import re

import pytest

from training import others
from training.others import gap_words, other_forms, other_question
from training.phrases import FORMS
from training.scenes import random_of

_NAMES = re.compile(r"(?:\b(?:the|a|an) )?(?:\{\w+\}[的 ]?)+(?:e?s\b)?")


def bare(form: str) -> str:
    """A form without what says which thing it is about."""
    return re.sub(r" ?# ?", "#", _NAMES.sub("#", form.lower())).rstrip("?？。. ")


def known_things(chinese: bool) -> re.Pattern[str]:
    words = "|".join(gap_words("shape", chinese=chinese))
    return re.compile(words if chinese else rf"\b(?:{words})(?:e?s)?\b")


@pytest.mark.parametrize("chinese", [False, True])
def test_no_form_about_a_thing_that_it_knows_is_one_that_it_answers(chinese: bool) -> None:
    answered = {bare(form) for both in FORMS.values() for form in both[chinese]}
    forms = (*other_forms(chinese=chinese, examination=False), *other_forms(chinese=chinese, examination=True))
    refused = [form for form in forms if re.search(r"\{(?:any|shape|colour)\}", form)]
    assert len(refused) > 100
    assert [form for form in refused if bare(form) in answered] == []


@pytest.mark.parametrize("chinese", [False, True])
def test_what_it_knows_is_in_many_refused_questions(chinese: bool) -> None:
    """Else a word alone would tell what is to be refused."""
    random = random_of(7, 1)
    questions = [other_question(random, chinese=chinese) for _ in range(600)]
    assert 200 < sum(bool(known_things(chinese).search(question)) for question in questions) < 400


@pytest.mark.parametrize("chinese", [False, True])
def test_questions_of_two_halves_name_nothing_that_it_knows(chinese: bool) -> None:
    """By chance they would be ones that it answers."""
    random = random_of(7, 2)
    mixed = [others._mixed(random, chinese=chinese) for _ in range(400)]
    assert [question for question in mixed if known_things(chinese).search(question)] == []
