"""Questions that the practice model must not pretend to understand. Every fifth form is kept for examinations."""

from __future__ import annotations

import string
import tomllib
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

_FILE = Path(__file__).with_name("others.toml")


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
    """One question; now and then letters that mean nothing."""
    if random.random() < 0.08:
        return _scribble(random)
    form = random.choice(other_forms(chinese=chinese, examination=examination))
    while "{" in form:
        name = form[form.index("{") + 1 : form.index("}")]
        word = str(random.randint(2, 99)) if name == "number" else random.choice(gap_words(name, chinese=chinese))
        form = form.replace("{" + name + "}", word, 1)
    return form


def _scribble(random: Random) -> str:
    words = [
        "".join(random.choices(string.ascii_lowercase, k=random.randint(2, 7))) for _ in range(random.randint(1, 4))
    ]
    return " ".join(words)
