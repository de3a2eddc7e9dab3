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
_KNOWN_WORDS = ("{shape}", "{colour}", "button", "window", "field", "按钮", "窗口", "颜色")


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
    return _filled(random, random.choice(other_forms(chinese=chinese, examination=examination)), chinese=chinese)


def _filled(random: Random, form: str, *, chinese: bool) -> str:
    while "{" in form:
        name = form[form.index("{") + 1 : form.index("}")]
        word = str(random.randint(2, 99)) if name == "number" else random.choice(gap_words(name, chinese=chinese))
        form = form.replace("{" + name + "}", word, 1)
    return form


def _mixed(random: Random, *, chinese: bool) -> str:
    """What no list holds. Without the words that questions are made of which it does know."""
    forms = [
        form for form in other_forms(chinese=chinese, examination=False) if not any(gap in form for gap in _KNOWN_WORDS)
    ]
    halves = [_filled(random, random.choice(forms), chinese=chinese) for _ in range(2)]
    joint = "" if chinese else " "
    first, second = (list(half) if chinese else half.split() for half in halves)
    begin, end = random.randint(1, len(first)), random.randint(0, len(second) - 1)
    return joint.join(first[:begin] + second[end:])


def _scribble(random: Random) -> str:
    words = [
        "".join(random.choices(string.ascii_lowercase, k=random.randint(2, 7))) for _ in range(random.randint(1, 4))
    ]
    return " ".join(words)
