"""The sample pictures are what the script draws, and their questions have the answers that they should."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Failed, TextDelta
from desktop_helper.core.i18n import set_language
from desktop_helper.core.image_tokens import fit, image_tokens
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, Sampling, TextPart, Thinking
from desktop_helper.core.resources import resource
from desktop_helper.services.samples import samples
from desktop_helper.services.text_questions import text_question
from tests.support.practice_files import shipped_or_skip
from training.evaluate import box_in, iou, local_backend
from training.phrases import FORMS
from training.samples import FORM, LABELS, PICTURES, SHAPES, SIZE, STARS
from training.scenes import LAST_LESSON
from training.things import COLOURS, KINDS, Box, Thing


@pytest.mark.parametrize("name", PICTURES)
def test_the_pictures_are_those_of_the_script(name: str) -> None:
    """Fonts of another Pillow may differ in a shade."""
    drawn, _things = PICTURES[name]
    kept = Image.open(resource("samples", f"{name}.png")).convert("RGB")
    difference = ImageChops.difference(kept, drawn()).convert("L")
    assert kept.size == (SIZE[0] * 2, SIZE[1] * 2)
    assert sum(difference.histogram()[48:]) < kept.width * kept.height // 1000


def test_they_cost_the_model_as_much_as_it_was_taught() -> None:
    assert image_tokens(*SIZE) == 144
    assert fit(SIZE[0] * 2, SIZE[1] * 2, 144) == SIZE


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_each_has_a_question_of_a_form_that_is_taught(language: str) -> None:
    set_language(language)
    found = samples()
    assert {sample.path.stem for sample in found} == set(PICTURES)
    forms = [re.sub(r"\\{\w+\\}", ".+", re.escape(form)) for both in FORMS.values() for form in both[language != "en"]]
    for sample in found:
        asked = text_question(sample.question)
        question = asked.where if asked is not None else sample.question
        assert any(re.fullmatch(form, question) for form in forms), question


def test_no_thing_of_a_sample_is_like_another_one() -> None:
    for things in (SHAPES, FORM, STARS):
        assert len({(thing.kind, thing.colour) for thing in things}) == len(things) <= LAST_LESSON.most_things
    assert {COLOURS[thing.colour].english for thing in FORM if KINDS[thing.kind].english == "button"} == set(LABELS)


def test_the_list_names_no_other_files() -> None:
    table = tomllib.loads(resource("samples", "samples.toml").read_text(encoding="utf-8"))
    names = {path.name for path in resource("samples").glob("*.png")}
    assert {entry["file"] for entry in table["samples"]} == names


def said(backend: LocalBackend, name: str, question: str) -> str:
    data = resource("samples", f"{name}.png").read_bytes()
    part = ImagePart(data, "image/png", SIZE[0] * 2, SIZE[1] * 2, name, 0)
    sampling = Sampling(thinking=Thinking.OFF, temperature=0.0, max_tokens=60)
    request = ChatRequest((Message(Role.USER, (part, TextPart(question))),), sampling)
    events = list(backend.stream(request, CancelToken()))
    assert not any(isinstance(event, Failed) for event in events), events
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def share(thing: Thing) -> Box:
    left, top, right, bottom = thing.box
    return left / SIZE[0], top / SIZE[1], right / SIZE[0], bottom / SIZE[1]


def test_the_trained_model_answers_them(tmp_path: Path) -> None:
    pytest.importorskip("llama_cpp")
    pair = shipped_or_skip()
    with local_backend(pair.gguf, pair.mmproj, tmp_path) as backend:
        for question in ("Where is the blue star?", "蓝色的星形在哪里？"):
            answer = said(backend, "shapes", question)
            assert iou(share(SHAPES[1]), box_in(answer)) >= 0.5, answer
        for question in ("How many stars are there?", "有几个星形？"):
            answer = said(backend, "stars", question)
            assert "3" in answer, answer
        for question in ("What does the red button say?", "红色的按钮上写着什么？"):
            asked = text_question(question)
            assert asked is not None
            answer = said(backend, "form", asked.where)
            assert iou(share(FORM[-1]), box_in(answer)) >= 0.5, answer
