"""Schemas at the edge of what llama.cpp takes."""

from __future__ import annotations

import json

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import Thinking
from tests.support.engine_rig import engine_rig, question, spoken
from tests.support.tiny_gguf import TinyModel, tiny_pair


@pytest.fixture(scope="module")
def rig():
    with engine_rig(tiny_pair(TinyModel(endless=True))) as rig:
        yield rig


def test_a_long_text(rig):
    schema = {"type": "string", "maxLength": 1000}
    events = rig.ask(question("What?"), json_schema=schema, thinking=Thinking.OFF, max_tokens=1500)
    assert isinstance(json.loads(spoken(events)[1]), str)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "maxLength": 1500},
        {"type": "string", "maxLength": 100_000},
        {"type": "array", "items": {"type": "string"}, "maxItems": 20_000},
        {"anyOf": []},
        {"properties": {"own": {"$ref": "#/properties/own"}}},
    ],
)
def test_what_llama_cpp_does_not_take_is_refused(rig, schema):
    """It crashed over some, and over others the answer was free and nobody was told."""
    with pytest.raises(HelperError) as caught:
        rig.ask(question("What?"), json_schema=schema, thinking=Thinking.OFF, max_tokens=20)
    assert caught.value.kind is ErrorKind.USAGE
