"""Boxes in answers, and lists that are none."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.box_notation import NOTATIONS, THOUSANDTHS
from desktop_helper.core.grounding import MOST, grounded, mentions

BOX = (580.0, 510.0, 770.0, 830.0)
FENCED = "```json\n{}\n```"


def boxes(text: str) -> list[tuple[float, ...]]:
    return [one.box for one in mentions(text)]


def said(text: str) -> list[str]:
    return [text[one.start : one.end] for one in mentions(text)]


@pytest.mark.parametrize(
    "text",
    [
        "[[580,510,770,830]]",
        "The blue button is at [[580, 510, 770, 830]].",
        "It is there ([[580,510,770,830]]), at the right.",
        "按钮在[[580，510，770，830]]处。",
        "It is at `[[580,510,770,830]]`.",
        "[580, 510, 770, 830]",
        " (580, 510, 770, 830).\n",
        "**[580.0,510.0,770.0,830.0]**",
        "**Bounding box:** [580, 510, 770, 830]",
        "The bounding box of the blue button is [580,510,770,830].",
        "Its **coordinates** are `[580, 510, 770, 830]`.",
        "该按钮的坐标为[580,510,770,830]。",
        "<580,510,770,830>",
        "边界框：[580,510,770,830]",
        "- bbox_2d: [580, 510, 770, 830]",
        '{"bbox_2d": [580, 510, 770, 830], "label": "x"}',
        FENCED.format('{"bbox": [[580, 510, 770, 830]]}'),
        FENCED.format("[\n  [\n    580,\n    510,\n    770,\n    830\n  ]\n]"),
        FENCED.format("[580, 510, 770, 830]"),
        "~~~\n[[580,510,770,830]]\n~~~\nThat is it.",
    ],
)
def test_boxes_as_models_write_them(text: str) -> None:
    assert boxes(text) == [BOX]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No box at all",
        "The list [580,510,770,830] has four numbers.",
        "The coordinates of its centre, width and height are [580,510,770,830].",
        "Coordinates are a list. Mine is:\n\nx = [580,510,770,830]",
        "coordinates(x)[580,510,770,830]",
        "[580,510,770]",
        "[[580,510,770]]",
        "[[580,510,770,830,900]]",
        "[[[580,510,770,830]]]",
        "[[770,510,580,830]]",
        "[[580,830,770,510]]",
        "[[580,510,770,830],[4,3,2,1]]",  # one that is none: it is a matrix
        "[[580,510,770,830]](https://example.org)",
        "[[580,510,770,83",
        "matrix = [[580,510,770,830]]",
        "np.array([[580,510,770,830]])",
        "my_bbox: [580,510,770,830]",
        "`x = [[580,510,770,830]]` or `a [[580,510,770,830]] b`",
        "```python\n[[580,510,770,830]]\n```\nruns",
        "```\nrows:\n[[580,510,770,830]]\n```",
        "1. ```\n   a [[580,510,770,830]]\n   ```",
        "```\n[[580,510,770,830]] and it never ends",
        "[[-1,510,770,830]]",
        "[[1e1,510,770,830]]",
    ],
)
def test_what_is_no_box(text: str) -> None:
    assert boxes(text) == []


def test_several_have_links_of_their_own() -> None:
    text = "Both: [[10,20,300,400], [500,600,700,800]], and [[1,2,30,40]]."
    assert said(text) == ["[10,20,300,400]", "[500,600,700,800]", "[[1,2,30,40]]"]


def test_labels_are_those_of_the_object_around_a_box() -> None:
    listed = [
        {"bbox_2d": [10, 20, 300, 400], "label": "蓝色 “按钮”"},
        {"name": 'a "field"', "bbox_2d": [1, 2, 30, 40]},
        {"bbox_2d": [5, 6, 70, 80]},
    ]
    labels = [one.label for one in mentions(FENCED.format(json.dumps(listed)))]
    assert labels == ["蓝色 “按钮”", 'a "field"', ""]
    assert [one.label for one in mentions("{'bbox': [1,2,30,40], 'label': 'it'}")] == ["it"]


def test_areas_are_shares_of_the_picture() -> None:
    (found,) = grounded("[[250,500,750,1000]]", THOUSANDTHS, None)
    assert found.area == (0.25, 0.5, 0.5, 0.5)
    (found,) = grounded("[[25,50,75,100]]", NOTATIONS["percent"], None)
    assert found.area == (0.25, 0.5, 0.5, 0.5)
    (found,) = grounded("[[0.25,0.5,0.75,1]]", NOTATIONS["shares"], None)
    assert found.area == (0.25, 0.5, 0.5, 0.5)
    (found,) = grounded("[[500,500,1500,1000]]", NOTATIONS["pixels"], (2000, 1000))
    assert found.area == (0.25, 0.5, 0.5, 0.5)


def test_nothing_is_shown_of_an_answer_that_counts_in_another_way() -> None:
    assert grounded("[[500,500,1500,900]]", THOUSANDTHS, None) == ()
    assert grounded("[[100,100,200,200]] and [[500,500,1500,900]]", THOUSANDTHS, None) == ()
    assert grounded("[[0.1,0.2,0.3,0.4]]", THOUSANDTHS, None) == ()
    assert grounded("[[100,100,200,200]]", NOTATIONS["pixels"], None) == ()


def test_a_small_thing_is_shown_but_not_a_few_small_numbers() -> None:
    assert len(grounded("The cross is at [[990,4,996,10]].", THOUSANDTHS, None)) == 1
    assert grounded("[[1,2,3,4]]", THOUSANDTHS, None) == ()
    assert grounded("[5, 6, 11, 12]", THOUSANDTHS, None) == ()  # an answer like this may count something


def test_there_are_never_too_many() -> None:
    assert len(grounded("[[1,2,30,40]] " * 1000, THOUSANDTHS, None)) == MOST


PIECES = st.sampled_from(
    [
        *"[]()`~\n {},.'\"",
        "[[",
        "]]",
        "```",
        "10",
        "200",
        "[10,20,300,400]",
        "bbox_2d",
        ": ",
        '"label": "',
        "😀",
        "按",
        "json",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join) | st.text())
def test_whatever_the_text_spans_lie_in_it_in_order(text: str) -> None:
    at = 0
    for one in mentions(text):
        assert at <= one.start < one.end <= len(text)
        assert text[one.start] in "[("
        assert text[one.end - 1] in "])"
        left, top, right, bottom = one.box
        assert 0 <= left < right
        assert 0 <= top < bottom
        at = one.end
    for box in grounded(text, THOUSANDTHS, None):
        left, top, width, height = box.area
        assert width > 0
        assert height > 0
        assert left + width <= 1 + 1e-9
        assert top + height <= 1 + 1e-9


@given(
    st.tuples(st.integers(0, 900), st.integers(0, 900)),
    st.tuples(st.integers(11, 100), st.integers(11, 100)),
    st.sampled_from(["{}", "({})", "Look: {}.", "看{}。"]),
)
def test_a_box_is_found_wherever_it_stands(corner: tuple[int, int], size: tuple[int, int], around: str) -> None:
    box = (*corner, corner[0] + size[0], corner[1] + size[1])
    assert boxes(around.format(f"[[{','.join(map(str, box))}]]")) == [box]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "[[" + "1," * 100_000,
        "[[1,2,3,4]," * 20_000,
        "(1,2,3,4) " * 20_000 + "x",
        "bbox" * 50_000,
        "[ " * 100_000,
        "` [[1,2,3,4]]" * 4_000,
        "```\n[[1,2,3,4]]\n" * 4_000,
        "```\n" + "[[9,9,1,1]] " * 40_000 + "\n```",
        '{"bbox": [1,2,30,40], ' * 4_000,
        " " * 200_000 + "[",
    ],
)
def test_long_texts_take_no_time(text: str) -> None:
    begin = time.process_time()
    list(mentions(text))
    assert time.process_time() - begin < 2
