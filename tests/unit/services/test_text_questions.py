"""Which questions are about text, and about whose."""

from __future__ import annotations

import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.resources import resource
from desktop_helper.services.text_questions import CHINESE_NAMES, NAMES, TextQuestion, text_question
from training.things import GROUPS, KINDS


@pytest.mark.parametrize(
    "question",
    [
        "What does it say?",
        "what does this say",
        "What does the text say?",
        "What does the sign say?",
        "What is written?",
        "What's written on it?",
        "What text is in the picture?",
        "Read the text to me",
        "Read it.",
        "Please read this aloud",
        "写着什么",
        "上面写了什么字？",
        "它说什么？",
        "读一下文字",
        "图片中的文字是什么？",
    ],
)
def test_about_all_of_the_picture(question: str) -> None:
    assert text_question(question) == TextQuestion(language="en" if question.isascii() else "zh_CN")


@pytest.mark.parametrize("question", ["What does it say？", "What does the 😀 say?"])
def test_a_mark_or_an_emoji_is_no_word_of_another_language(question: str) -> None:
    assert text_question(question) == TextQuestion(language="en")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_our_own_quick_action_is_one_of_them_and_no_other(language: str) -> None:
    actions = tomllib.loads(resource("prompts", language, "actions.toml").read_text(encoding="utf-8"))
    assert [name for name, action in actions.items() if text_question(action["prompt"])] == ["read"]


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("What does the button say?", "Where is the button?"),
        ("what does the BLUE button say", "Where is the BLUE button?"),
        ("What is written on the red button?", "Where is the red button?"),
        ("What's the label of the checkbox?", "Where is the checkbox?"),
        ("Which words are in the green window?", "Where is the green window?"),
        ("Read the text on the blue thing to me", "Where is the blue thing?"),
        ("read the field", "Where is the field?"),
        ("按钮上写着什么？", "按钮在哪里？"),
        ("红色的按钮上写了什么", "红色的按钮在哪里？"),
        ("蓝色按钮的文字是什么？", "蓝色的按钮在哪里？"),
        ("请读出窗口里的文字", "窗口在哪里？"),
        ("What does the dialog say?", "Where is the dialog?"),
        ("对话框里写着什么？", "对话框在哪里？"),
    ],
)
def test_about_a_thing_that_can_be_found(question: str, where: str) -> None:
    asked = text_question(question)
    assert asked is not None
    assert asked.where == where


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "What is this?",
        "Where is the button?",
        "How many words are there?",
        "What colour is the text field?",
        "Read more about cats",
        "What does the button say when I press it twice?",
        "Who are you?",
        "这是什么？",
        "按钮在哪里？",
        "按钮是什么颜色？",
    ],
)
def test_about_something_else(question: str) -> None:
    assert text_question(question) is None


def test_all_that_the_model_can_find_is_known() -> None:
    words = (*KINDS, GROUPS[None])
    assert (
        {word.english for word in words} <= {*NAMES} <= {name for word in words for name in (word.english, *word.also)}
    )
    chinese = {name for word in words for name in (word.chinese, *word.chinese_also)}
    assert {word.chinese for word in words} <= {*CHINESE_NAMES} <= chinese


@given(st.text())
def test_any_text_is_about_something_or_not(question: str) -> None:
    asked = text_question(question)
    assert asked is None or asked.thing in question or "的" in asked.thing


def test_long_texts_take_no_time() -> None:
    begin = time.process_time()
    for text in ("what does " * 40_000, "read " * 19 + "x" * 100, "写" * 200, "what text " + "is there " * 20):
        text_question(text)
    assert time.process_time() - begin < 0.5
