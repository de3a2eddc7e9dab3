"""The tokenizer gives back what it was given, and says in one token what decides."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.backends.local.engine.prompt import ChatTemplate, Text
from desktop_helper.backends.local.wire import Picture
from desktop_helper.core.messages import Thinking
from training.dialogue import AFTER_PICTURE, CHAT_TEMPLATE, START, pieces
from training.lessons import size_of
from training.packing import Packer
from training.questions import Turn
from training.scenes import LAST_LESSON, random_of, scene
from training.things import COLOURS, KINDS
from training.vocabulary import CONTROL, COORDINATES, SPECIAL, Vocabulary, usual_vocabulary
from training.widening import widened

PICTURE = Picture("ab" * 32, (28, 28))
ZOOM = {"type": "function", "function": {"name": "zoom", "parameters": {}}}


@given(st.text(max_size=40))
def test_texts_come_back(text):
    vocabulary = usual_vocabulary()
    assert vocabulary.decode(vocabulary.encode(text)) == text.encode("utf-8", "replace").decode()


def test_words_that_decide_are_one_token():
    vocabulary = usual_vocabulary()
    for word in (*COLOURS, *KINDS):
        assert vocabulary.one(f" {word.english}") != vocabulary.one(word.chinese)
    assert len({vocabulary.one(value) for value in COORDINATES}) == 100
    box = vocabulary.encode("<|begin_of_box|>[[120,40,990,0]]<|end_of_box|>")
    assert len(box) == 11


def test_it_is_small_and_has_every_byte():
    tokens = usual_vocabulary().tokens
    assert len(tokens) == len(set(tokens)) < 1600
    assert all(len(token) == 1 for token in tokens[:256])


def test_words_are_added_behind_the_ones_that_were_learned():
    """Those keep their numbers but for the special ones, which stand at the end."""
    usual = usual_vocabulary()
    old = Vocabulary(usual.merges[:400])
    new = old.extended()
    assert new.tokens[: len(old.tokens) - len(SPECIAL)] == old.tokens[: -len(SPECIAL)]
    assert new.tokens[-len(SPECIAL) :] == old.tokens[-len(SPECIAL) :]
    assert new.one("五角星") > len(old.tokens) - len(SPECIAL)
    assert new.extended() == new


def test_an_added_word_means_at_first_what_its_pieces_or_its_synonym_mean():
    old = Vocabulary(usual_vocabulary().merges[:400])
    new = old.extended()
    rows = np.random.default_rng(3).normal(size=(len(old.tokens), 8)).astype(np.float32)
    wide = widened(rows, old, new)
    assert wide.shape == (len(new.tokens), 8)
    for word in ("<|image|>", "120", "星形"):
        assert np.array_equal(wide[new.one(word)], rows[old.one(word)])
    assert np.allclose(wide[new.one("五角星")], 0.9 * rows[old.one("星形")])
    assert np.allclose(wide[new.one(" nothing")], rows[old.encode(" nothing")].mean(axis=0))


def rendered(messages, thinking, tools=()):
    template = ChatTemplate(CHAT_TEMPLATE, "", "<|endoftext|>", tuple(CONTROL), "practice")
    parts = template.render(messages, list(tools), thinking)
    return "".join(part.text if isinstance(part, Text) else "<|begin_of_image|>" + AFTER_PICTURE for part in parts)


def user(*content):
    return {"role": "user", "content": [{"type": "text", "text": c} if isinstance(c, str) else c for c in content]}


def test_the_template_writes_what_was_learned():
    """Of a turn with and without thinking, tools, and an earlier turn."""
    turn = Turn("kind", "What is this?", "It is a circle.", tools=True)
    box = Turn("box", "Where is it?", "<|begin_of_box|>[[1,2,3,4]]<|end_of_box|>")
    aloud = Turn("kind", "What is this?", "It is a circle.", thought="I look.")
    start = START + AFTER_PICTURE
    asked, said = pieces(turn)
    assert rendered([user(PICTURE, turn.question)], Thinking.AUTO, [ZOOM]) == start + asked.text
    assert rendered([user(PICTURE, turn.question)], Thinking.OFF, [ZOOM]) == start + asked.text
    assert said.text == "\nIt is a circle.<|user|>"
    asked, said = pieces(aloud)
    assert rendered([user(PICTURE, aloud.question)], Thinking.ON) == start + asked.text
    assert said.text == "\n<think>I look.</think>\nIt is a circle.<|user|>"
    asked, _ = pieces(aloud, before=box)
    earlier = [user(PICTURE, box.question), {"role": "assistant", "content": "[[1,2,3,4]]"}, user(aloud.question)]
    assert rendered(earlier, Thinking.ON) == start + asked.text
    assert rendered([{"role": "system", "content": "Be kind."}, *earlier], Thinking.ON) == start + asked.text


def test_a_batch_holds_each_question_once():
    vocabulary = usual_vocabulary()
    batch = Packer(vocabulary, 4).batch(range(6), (8, 8), LAST_LESSON)
    assert batch.pixels.shape == (6, 224, 224, 3)
    for row, tasks in enumerate(batch.tasks):
        assert len(tasks) >= 3
        for number in range(1, len(tasks) + 1):
            here = batch.block[row] == number
            assert abs(batch.weight[row][here].sum() - 1) < 1e-5
            tokens, targets = batch.tokens[row][here], batch.targets[row][here]
            assert (tokens[1:] == targets[:-1]).all()
            assert (batch.decides[row] & here).any()
            text = vocabulary.decode(targets[batch.weight[row][here] > 0])
            assert text.endswith("<|user|>")
            places = batch.positions[row][here][:, 0]
            assert (places[1:] - places[:-1] == 1).all()
            first = 14 if batch.sees[row][here].all() else 4
            assert places[0] == first
    assert (batch.places.sum(axis=2).round(3) <= 1).all()


def test_cells_know_what_is_in_them():
    vocabulary = usual_vocabulary()
    batch = Packer(vocabulary, 4).batch(range(12), (9, 6), LAST_LESSON)
    for row in range(12):
        random = random_of(4, row)

        picture = scene(random, size_of((9, 6), random), LAST_LESSON)
        present = {(thing.kind + 1, thing.colour + 1) for thing in picture.things}
        full = batch.kind[row] > 0
        assert set(zip(batch.kind[row][full].tolist(), batch.colour[row][full].tolist(), strict=True)) == present


def test_special_tokens_have_names_of_their_own():
    assert len(SPECIAL) == len(set(SPECIAL))
    assert set(SPECIAL) > CONTROL
    assert "<think>" not in CONTROL
