"""Questions that the practice model must not pretend to understand. Every fifth form is kept for examinations."""

from __future__ import annotations

import string
import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

_FILE = Path(__file__).with_name("others.toml")
_SCRIBBLES = 0.08  # share of questions
_MIXED = 0.2
_NEAR = 0.4  # share of forms that name things which it knows: the hardest to tell from questions that it answers
_KNOWN_THINGS = 0.4  # share of the gaps for any thing that name one which it does know: nothing in the word tells
_KNOWN_WORDS = (
    *("{shape}", "{colour}", "button", "window", "field", "checkbox"),
    *("按钮", "窗口", "输入框", "复选框", "颜色"),
)


@cache
def other_forms(*, chinese: bool, examination: bool) -> tuple[str, ...]:
    """The forms with their gaps."""
    forms = _table()["chinese" if chinese else "english"]
    return tuple(form for index, form in enumerate(forms) if (index % 5 == 4) == examination)


@cache
def gap_words(name: str, *, chinese: bool) -> tuple[str, ...]:
    """What may stand in a gap."""
    return tuple(_table()["gaps"]["chinese" if chinese else "english"][name])


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def other_question(random: Random, *, chinese: bool, examination: bool = False) -> str:
    """One question; now and then letters that mean nothing, and while it learns beginnings with another one's end."""
    if random.random() < _SCRIBBLES:
        return _scribble(random)
    if not examination and random.random() < _MIXED:
        return _mixed(random, chinese=chinese)
    near = not examination and random.random() < _NEAR
    forms = _near_forms(chinese=chinese) if near else other_forms(chinese=chinese, examination=examination)
    return _filled(random, random.choice(forms), chinese=chinese)


@cache
def _near_forms(*, chinese: bool) -> tuple[str, ...]:
    forms = other_forms(chinese=chinese, examination=False)
    return tuple(form for form in forms if any(word in form for word in _KNOWN_WORDS))


def _filled(random: Random, form: str, *, chinese: bool, known_things: float = _KNOWN_THINGS) -> str:
    while "{" in form:
        name = form[form.index("{") + 1 : form.index("}")]
        form = form.replace("{" + name + "}", _in_gap(random, name, chinese=chinese, known_things=known_things), 1)
    return form


def _in_gap(random: Random, name: str, *, chinese: bool, known_things: float) -> str:
    if name == "number":
        return str(random.randint(2, 99))
    if name != "any":
        return random.choice(gap_words(name, chinese=chinese))
    if random.random() >= known_things:
        return random.choice(gap_words("noun", chinese=chinese))
    colour = random.choice(("", random.choice(gap_words("colour", chinese=chinese))))
    thing = random.choice(gap_words("shape", chinese=chinese))
    return ("的" if chinese else " ").join(filter(None, (colour, thing)))


def _mixed(random: Random, *, chinese: bool) -> str:
    """What no list holds. Without the words that questions are made of which it does know."""
    forms = sorted({*other_forms(chinese=chinese, examination=False)} - {*_near_forms(chinese=chinese)})
    halves = [_filled(random, random.choice(forms), chinese=chinese, known_things=0) for _ in range(2)]
    joint = "" if chinese else " "
    first, second = (list(half) if chinese else half.split() for half in halves)
    begin, end = random.randint(1, len(first)), random.randint(0, len(second) - 1)
    return joint.join(first[:begin] + second[end:])


def _scribble(random: Random) -> str:
    words = [
        "".join(random.choices(string.ascii_lowercase, k=random.randint(2, 7))) for _ in range(random.randint(1, 4))
    ]
    return " ".join(words)
