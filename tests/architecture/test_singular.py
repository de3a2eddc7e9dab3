"""What is counted is said in the singular if it is one: “1 token”."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache

import pytest

from desktop_helper.core.i18n import set_language, tr
from tests.architecture.sources import ROOT, code_files
from tests.architecture.test_translations import placeholders, texts

FORMS: dict[str, dict[str, str]] = tomllib.loads(
    (ROOT / "resources" / "translations" / "singular.toml").read_text(encoding="utf-8")
)
THINGS = (
    "actions|answers|attachments|characters|conversations|days|files|frames|hours|items|layers|letters|lines|messages|"
    "minutes|pages|parts|pictures|questions|seconds|servers|slides|texts|times|tokens|tools|turns|videos|words"
)
COUNTED = re.compile(rf"\{{(\w+)\}} (?:model |more |older |other |scanned )?(?:{THINGS})\b")

FIXED = {"limit", "seconds"}  # numbers that the program itself sets, and that are never one
NO_NUMBERS = {"address", "host"}  # that answer
NEVER_ONE = {
    # Another sentence stands for one.
    "Of {count} videos some frames each are attached, with their times.",
    "Search {count} conversations",
    "Waiting for {count} answers before this one…",
    "{count} days",
    "{count} minutes",
    "{count} model servers run on this computer.",
    "{count} words are copied.",
    # Said of several alone.
    "The model has {count} parts, and {name} is missing.",
    "The text of {name} would take {count} pictures, more than can be sent.",
    "These are {count} pictures, and the model takes no more than {most} at once. It would fit like this, with about "
    "{total} tokens:",
    "These are {count} pictures, and the model takes no more than {most} at once. It would fit like this: {how}. Then "
    "it is about {total} tokens.",
    "This machine was too slow for {missing} of {all} pictures: a smaller region has them all.",
    "{name} has {count} pages; only the first {shown} are attached.",
    "{name} has {count} pages; those that your question is about are chosen when you ask.",
    "{name} holds {count} pictures; only the first is attached.",
    "{name} in {count} parts",
    "{name} is one of {count} parts of a model, but its name no longer says which.",
    "{name}, first of {count} pictures",
    # Far more than one.
    "Send as text: {text} tokens instead of {drawn}",
    "The question has about {tokens} tokens, and {model} reads no more than {most}. Nothing was sent.",
    "The question has about {tokens} tokens, more than the {most} that {model} reads, and will probably be refused: "
    "shorten it or attach less.",
    "The question takes {needed} tokens, but there is room for {room}.",
    "The context of {context} tokens is full, so the answer ends here.",
    "There is memory for a context of {context} tokens only.",
    "There is not enough memory for {name} with {context} tokens.",
    "This is more than the model can read. It would fit like this, with about {total} tokens:",
    "This is more than the model can read. It would fit like this: {how}. Then it is about {total} tokens.",
    "reads {count} tokens",
    "{count} tokens, the most",
    "{name} is drawn; its source of {count} characters is left out.",
    "{name} needs about {needed} GB of memory ({place}) for {context} tokens, and {free} GB are free.",
    "{name}: frames for {tokens} tokens",
    "{width} × {height} · {tokens} tokens",
    "{width} × {height}, sent as {sent_width} × {sent_height} · {tokens} tokens",
    # A number that the program sets.
    "At most {most} files go: the first {most} of those.",
    "At most {most} pages go: the first {most} of those.",
    "The model asked for tools {count} times without giving an answer.",
    "only {count} actions are read",
    "{count} hours",
    "{count} seconds",
    "{key} has more than {count} characters",
    "“messages” must be a list of 1 to {count} messages.",
    "“stop” must be text or a list of at most {count} texts.",
    "“{field}” must be a list of at most {count} tools.",
    "“{field}” must be a name of 1 to {count} characters.",
    "“{name}” must be up to {count} letters, digits, - and _",
}


@cache
def said() -> frozenset[str]:
    return frozenset(text for path in code_files() for text in texts(path))


def forms() -> Iterator[tuple[str, str, str]]:
    for name, table in FORMS.items():
        for many, one in table.items():
            yield name, many, one


def test_whatever_is_counted_has_a_form_for_one_or_is_never_one() -> None:
    missing = [
        f"[{name}] {text!r}"
        for text in sorted(said() - NEVER_ONE)
        for name in COUNTED.findall(text)
        if name not in FIXED | NO_NUMBERS
        and text not in FORMS.get(name, {})
        # The other number of a text that has a form may be any: it is looked up in that.
        and not any(text in table for table in FORMS.values())
    ]
    assert not missing, "\n" + "\n".join(missing)


def test_no_form_is_left_over() -> None:
    known = said() | {one for _name, _many, one in forms()}
    assert [many for _name, many, _one in forms() if many not in known] == []
    assert not NEVER_ONE - said()


def test_forms_fill_no_other_places() -> None:
    for name, many, one in forms():
        assert name in placeholders(many)
        assert placeholders(one) <= placeholders(many)


@pytest.mark.parametrize(
    ("count", "told"), [(1, "1 token"), ("1", "1 token"), (0, "0 tokens"), ("1,001", "1,001 tokens")]
)
def test_one_is_one(count: object, told: str) -> None:
    assert tr("{count} tokens", count=count) == told


def test_of_two_numbers_each_is_looked_at() -> None:
    text = "{answers} answers, {read} tokens read, {written} written"
    assert tr(text, answers="1", read="1", written="1") == "1 answer, 1 token read, 1 written"
    assert tr(text, answers="2", read="1", written="1") == "2 answers, 1 token read, 1 written"
    assert tr(text, answers="1", read="2", written="1") == "1 answer, 2 tokens read, 1 written"


def test_other_languages_say_it_their_own_way() -> None:
    set_language("zh_CN")
    try:
        assert "token" not in tr("{count} tokens", count=1)
    finally:
        set_language("en")
