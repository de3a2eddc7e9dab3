"""llama.cpp computes what PyTorch computed: resizing, order of colours, normalisation, encoder, text.

`reference.npz` was written by `python -m training.reference` with the weights that are shipped; this needs no PyTorch.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_helper.core.messages import ImagePart, Thinking
from desktop_helper.core.splitter import Splitter
from tests.support.engine_rig import GREEDY, engine_rig, question, spoken
from tests.support.practice_files import shipped_or_skip
from training.dialogue import pieces
from training.questions import Asker
from training.scenes import random_of, scene
from training.vocabulary import Vocabulary

LEAST_COSINE = 0.99999  # llama.cpp's are a hundred times nearer to 1, those of a hardly blurred picture below
REFERENCE = Path(__file__).with_name("reference.npz")


class Kept:
    """What PyTorch computed."""

    def __init__(self) -> None:
        with np.load(REFERENCE) as file:
            self.content = {name: file[name] for name in file.files}
        self.about = json.loads(str(self.content["about"]))
        self.talks = json.loads(str(self.content["talks"]))

    def picture(self, index: int) -> ImagePart:
        import cv2

        data = self.content[f"picture {index}"].tobytes()
        height, width = cv2.imdecode(self.content[f"picture {index}"], cv2.IMREAD_COLOR).shape[:2]
        return ImagePart(data, "image/png", width, height, f"picture {index}", 0)

    def vocabulary(self) -> Vocabulary:
        return Vocabulary(tuple((left, right) for left, right in self.about["merges"]))


@pytest.fixture(scope="module")
def kept():
    return Kept()


@pytest.fixture(scope="module")
def rig():
    pytest.importorskip("llama_cpp")
    from desktop_helper.backends.local.engine import model, vision

    with pytest.MonkeyPatch.context() as patch:
        for module in (model, vision):  # of so small a model, several threads would mostly wait for each other
            patch.setattr(module, "worker_threads", lambda: 1)
        with engine_rig(shipped_or_skip(), context=2048) as rig:
            yield rig


@pytest.fixture(scope="module")
def computed(kept, rig):
    """What llama.cpp saw in each picture and said of it."""
    return [both(rig, kept.picture(index), talk, kept.about["longest"]) for index, talk in enumerate(kept.talks)]


def both(rig, part: ImagePart, talk, longest: int) -> tuple[np.ndarray, tuple[str, str]]:
    from desktop_helper.backends.local.engine.entries import Media

    thinking = Thinking.ON if talk["thinks"] else Thinking.OFF
    events = rig.ask(question(part, talk["question"]), max_tokens=longest, thinking=thinking, **GREEDY)
    vision = rig.engine._vision
    (media,) = [entry for entry in vision.entries(part.sha256, (part.width, part.height)) if isinstance(entry, Media)]
    seen = np.ctypeslib.as_array(vision._embeddings.get(media)).reshape(media.tokens, -1)
    return seen.copy(), spoken(events)


def test_twenty_pictures_of_many_sizes(kept):
    sizes = [(part.width, part.height) for part in map(kept.picture, range(len(kept.talks)))]
    assert len(set(sizes)) == 20
    assert sum(width % 28 != 0 or height % 28 != 0 for width, height in sizes) >= 12


def least_cosine(found: np.ndarray, wanted: np.ndarray) -> float:
    assert found.shape == wanted.shape
    lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(wanted, axis=1)
    return float(((found * wanted).sum(axis=1) / lengths).min())


def test_pictures_are_seen_alike(kept, computed):
    for index, (found, _) in enumerate(computed):
        assert least_cosine(found, kept.content[f"seen {index}"].astype(np.float32)) > LEAST_COSINE, index


def test_other_colours_or_another_resize_would_be_noticed(kept, rig):
    import cv2

    for change in (lambda pixels: pixels[..., ::-1], lambda pixels: cv2.GaussianBlur(pixels, (3, 3), 0)):
        pixels = cv2.imdecode(kept.content["picture 5"], cv2.IMREAD_COLOR)
        changed = cv2.imencode(".png", np.ascontiguousarray(change(pixels)))[1].tobytes()
        part = replace(kept.picture(5), data=changed)
        found, _ = both(rig, part, kept.talks[5], 1)
        assert least_cosine(found, kept.content["seen 5"].astype(np.float32)) < LEAST_COSINE


def test_answers_are_the_same(kept, computed):
    for index, (talk, (_, said)) in enumerate(zip(kept.talks, computed, strict=True)):
        splitter = Splitter()
        assert said == spoken(splitter.feed(talk["answer"]) + splitter.close()), index


def test_texts_are_cut_alike(kept, rig):
    vocabulary = kept.vocabulary()
    texts = [
        "",
        "  two  spaces",
        "don't_x1 1234567",
        "\t\n\n mixed 中文abc",
        "é ü — “quotes” … 😀",
        "a/nothink",
        "[[120,40,990,0]]",
    ]
    for number in range(40):
        random = random_of(21, number)
        asker = Asker(scene(random, (224, 224)), random)
        texts += ["".join(piece.text for piece in pieces(asker.ask(), before=asker.ask())) for _ in range(3)]
    for text in texts:
        assert rig.engine._model.tokenize(text, control=True) == vocabulary.encode(text), text


def test_answers_depend_on_the_pictures(kept):
    """Else the test above would pass with a model that looks at nothing."""
    seen = [kept.content[f"seen {index}"].astype(np.float32).mean(axis=0) for index in range(len(kept.talks))]
    directions = [mean / np.linalg.norm(mean) for mean in seen]
    assert min(float(one @ other) for one in directions for other in directions) < 0.99
