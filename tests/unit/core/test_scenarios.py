"""Scenario files: what is written is what is played, however it is cut, packed and filled in."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.scenarios.dialect import Dialect
from desktop_helper.core.scenarios.reading import dialects, names, scenario
from desktop_helper.core.scenarios.script import Halt, Reply, Step, Wait, recut, zipped

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "scenarios.md"
STEPS = st.lists(st.one_of(st.binary(max_size=9), st.just(Wait(0.1)), st.just(Halt.CUT)), max_size=9).map(tuple)


def joined(steps: tuple[Step, ...]) -> bytes:
    return b"".join(step for step in steps if isinstance(step, bytes))


def others(steps: tuple[Step, ...]) -> list[Step]:
    return [step for step in steps if not isinstance(step, bytes)]


@given(STEPS, st.integers(1, 5))
def test_cutting_loses_nothing(steps: tuple[Step, ...], size: int) -> None:
    cut = tuple(recut(steps, size))
    assert (joined(cut), others(cut)) == (joined(steps), others(steps))
    assert all(len(step) <= size for step in cut if isinstance(step, bytes))


@given(STEPS)
def test_packing_loses_nothing(steps: tuple[Step, ...]) -> None:
    packed = tuple(zipped(steps))
    assert gzip.decompress(joined(packed)) == joined(steps)
    assert others(packed) == others(steps)


def test_places_are_filled_in() -> None:
    reply = Reply((b'{"key": "{key}"}', Halt.CUT), headers={"Location": "{elsewhere}/v1"})
    filled = reply.filled({"key": "sk-1", "elsewhere": "http://b"})
    assert filled.steps == (b'{"key": "sk-1"}', Halt.CUT)
    assert filled.headers == {"Location": "http://b/v1"}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({"code": "{status}"}, {"code": 429}),
        ({"a": [1], "b": {"c": "said {message}"}, "n": None}, {"a": [1], "b": {"c": "said no"}, "n": None}),
        ("{message}", "no"),
    ],
)
def test_an_error_has_the_form_of_its_accent(template: object, expected: object) -> None:
    dialect = Dialect("x", "custom", "m", error=template)
    assert json.loads(dialect.refusal(429, "1302", "no")) == expected


def test_thinking_in_the_text_stands_between_tags() -> None:
    said = b"".join(Dialect("x", "custom", "m", thinking="inline").thought("Hm.", 100)).decode()
    assert "<think>Hm.</think>" in json.loads(said.removeprefix("data: "))["choices"][0]["delta"]["content"]


def test_each_fault_is_readable_in_each_accent() -> None:
    for name in names():
        assert scenario(name).about
        for dialect in dialects():
            assert scenario(f"{dialect}/{name}").replies


def test_a_variant_is_filled_in_and_has_its_status() -> None:
    reply = scenario("bigmodel/code.1302").reply(0)
    assert reply.status == 429
    assert b'"1302"' in joined(reply.steps)


def test_the_last_reply_is_repeated() -> None:
    played = scenario("busy-once")
    assert [played.reply(number).status for number in range(4)] == [429, 200, 200, 200]


def test_the_examples_of_the_document_work(tmp_path: Path) -> None:
    provider, own = re.findall(r"```toml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert scenario(tomllib.loads(provider)["quirks"]["scenario"]).replies
    (file := tmp_path / "own.toml").write_text(own, encoding="utf-8")
    assert [reply.status for reply in scenario(str(file)).replies] == [429, 200]
    for word in re.findall(r"serve --scenario ([a-z/-]+)", DOCUMENT.read_text(encoding="utf-8")):
        assert word == "list" or scenario(word)
