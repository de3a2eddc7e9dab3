"""The tiny model is what the tests take it for."""

from __future__ import annotations

import time

import pytest

from tests.support.tiny_gguf import TinyModel, build
from tests.support.tiny_vocabulary import Vocabulary


def test_it_is_the_same_every_time_and_quick_to_build(tmp_path):
    begin = time.process_time()
    one = build(tmp_path / "one")
    assert time.process_time() - begin < 2
    other = build(tmp_path / "other")
    assert one.gguf.read_bytes() == other.gguf.read_bytes()
    assert one.mmproj.read_bytes() == other.mmproj.read_bytes()


@pytest.mark.parametrize(
    "change", [{"embedding": 192}, {"blocks": 3}, {"mrope": False}, {"endless": True}, {"seed": 8}]
)
def test_what_is_asked_for_is_built(tmp_path, change):
    usual = build(tmp_path / "usual")
    changed = build(tmp_path / "changed", TinyModel(**change))
    assert usual.gguf.read_bytes() != changed.gguf.read_bytes()


def test_every_byte_has_a_token():
    vocabulary = Vocabulary.create()
    assert len(set(vocabulary.tokens)) == len(vocabulary.tokens)
    assert all(len(token) == 1 for token in vocabulary.tokens[:256])
