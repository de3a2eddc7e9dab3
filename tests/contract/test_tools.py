"""Every tool, whatever it is asked: it is of use or not there, and tells the model what was wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.bootstrap import TOOLS
from desktop_helper.core import registry
from desktop_helper.core.box_notation import NOTATIONS, as_read
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import ChosenBy, Reference, Unit
from desktop_helper.core.errors import HelperError
from desktop_helper.core.image_parts import Area
from desktop_helper.core.messages import ImagePart, ToolCall
from desktop_helper.core.tools import PartsRead, Passage, Tool, ToolPlug
from desktop_helper.services.tool_rounds import run_call, specs

PLUGS: list[ToolPlug] = list(registry.discover(*TOOLS))
MANUAL = Reference("a" * 64, "manual\n.pdf", 300, (1, 2))
OTHER = Reference("b" * 64, "other.pdf", 5)
NOTES = Reference("c" * 64, "notes.txt", 90, (1, 7), ChosenBy.QUESTION, Unit.PART)
PICTURE = ImagePart(b"png", "image/png", 28, 28, "Region", 8)


class Spy:
    """A subject that writes down what it is asked."""

    def __init__(
        self,
        documents: Sequence[Reference] = (MANUAL,),
        pictures: Sequence[ImagePart] = (),
        boxes: str = "thousandths",
        pages: Mapping[int, tuple[int, int]] | None = None,
    ) -> None:
        self.documents, self.pictures, self.boxes = tuple(documents), tuple(pictures), NOTATIONS[boxes]
        self.pages = pages or {}
        self.asked: list[object] = []

    def read_size(self, document: Reference | None, number: int) -> tuple[int, int] | None:
        return as_read(self.pictures[number - 1]) if document is None else self.pages.get(number)

    def search(self, document: Reference, words: str, cancel: CancelToken) -> tuple[list[Passage], int]:
        self.asked.append((document, words))
        return [Passage(7, "a line", "lines 40–60" if document.unit is Unit.PART else "", 90)], 3

    def read_parts(self, document: Reference, wanted: str, cancel: CancelToken) -> PartsRead:
        self.asked.append((document, wanted))
        return PartsRead(90, ((12, "lines 40–60: Oil", "text 12"), (13, "", "text 13")), (14, 15))

    def read(
        self, document: Reference, pages: Sequence[int], cancel: CancelToken, *, drawn: bool
    ) -> tuple[dict[int, str], tuple[ImagePart, ...]]:
        self.asked.append((document, list(pages), drawn))
        return {page: f"text {page}" for page in pages[:2]}, (PICTURE,) if drawn else ()

    def closer(self, document: Reference | None, number: int, area: Area, cancel: CancelToken) -> ImagePart:
        self.asked.append((document, number, area))
        return PICTURE


def tool(name: str, subject: Spy) -> Tool:
    (found,) = [plug.offer(subject) for plug in PLUGS if plug.name == name]
    assert found is not None
    return found


def told(name: str, subject: Spy, **arguments: object) -> str:
    return run_call(ToolCall("c", name, json.dumps(arguments)), [tool(name, subject)], CancelToken()).text


@pytest.mark.parametrize("plug", PLUGS, ids=lambda plug: plug.name)
class TestEach:
    def test_it_says_whether_it_works_here(self, plug: ToolPlug) -> None:
        state = plug.availability()
        assert state.ok or state.reason

    def test_it_is_not_offered_where_it_is_of_no_use(self, plug: ToolPlug) -> None:
        assert plug.offer(Spy(())) is None

    def test_what_it_takes_is_described(self, plug: ToolPlug) -> None:
        for documents in ((MANUAL,), (MANUAL, OTHER), (NOTES,), (NOTES, replace(NOTES, name="more.txt"))):
            made = plug.offer(Spy(documents, [PICTURE]))
            if made is None or (plug.name == "zoom" and NOTES in documents):
                continue
            (spec,) = specs([made])
            assert spec.name == plug.name
            assert "\n" not in spec.description
            assert ("manual .pdf" if MANUAL in documents else "notes.txt") in spec.description
            properties = spec.parameters["properties"]
            required = spec.parameters["required"]
            assert isinstance(properties, dict)
            assert isinstance(required, list)
            assert set(required) <= set(properties)
            assert ("document" in properties) is (len(documents) > 1)
            json.dumps(spec.parameters)

    @given(arguments=st.dictionaries(
        st.sampled_from(["query", "pages", "parts", "page", "picture", "area", "document", "as_pictures", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=5),
            max_leaves=6,
        ),
    ))  # fmt: skip
    @settings(max_examples=40, deadline=None)
    def test_odd_arguments_are_told_to_the_model(self, plug: ToolPlug, arguments: dict[str, object]) -> None:
        made = plug.offer(Spy((MANUAL, OTHER, NOTES), [PICTURE]))
        assert made is not None
        try:
            said = made.run(arguments, CancelToken()).text
        except HelperError as error:
            said = error.message
        assert said


def test_a_search_tells_pages_and_lines() -> None:
    subject = Spy()
    assert told("search_document", subject, query="oil") == (
        "(3 scanned pages could not be searched; look at them with read_pages.)\n\n[manual .pdf, page 7 of 300]\na line"
    )
    assert subject.asked == [(MANUAL, "oil")]


def test_pages_are_read_however_they_are_written() -> None:
    for pages in ("3-5", [3, 4, 5], "3, 4,5", "3–5"):
        subject = Spy()
        answer = told("read_pages", subject, pages=pages)
        assert subject.asked == [(MANUAL, [3, 4, 5], False)]
        assert answer.endswith("\n\n[manual .pdf, page 3 of 300]\ntext 3\n\n[manual .pdf, page 4 of 300]\ntext 4")
        assert "Pages 5 were left out" in answer
    assert told("read_pages", Spy(), pages="900") == "Error: The document has the pages 1 to 300."
    assert told("read_pages", Spy(), pages="all") == 'Error: Write pages like "3-7, 9".'


def test_pages_are_shown_as_pictures_if_that_is_wanted() -> None:
    call = ToolCall("c", "read_pages", '{"pages": 9, "as_pictures": true}')
    assert run_call(call, [tool("read_pages", Spy())], CancelToken()).media == (PICTURE,)


def test_a_part_is_named_in_thousandths() -> None:
    subject = Spy()
    told("zoom", subject, page=12, area=[100, 200, 600, 2000])
    assert subject.asked == [(MANUAL, 12, (0.1, 0.2, 0.5, 0.8))]
    assert told("zoom", subject, page=12, area=[500, 0, 500, 10]).startswith("Error: The area is too small")
    pictures = Spy((), [PICTURE, PICTURE])
    told("zoom", pictures, picture=2, area=[0, 0, 500, 500])
    assert pictures.asked == [(None, 2, (0.0, 0.0, 0.5, 0.5))]
    assert told("zoom", pictures, picture=3, area=[0, 0, 500, 500]).startswith(
        "Error: Say which page, or which picture"
    )


@pytest.mark.parametrize(
    ("name", "scale", "word"),
    [("shares", 1, "shares"), ("percent", 100, "hundredths"), ("thousandths", 1000, "thousandths")],
)
def test_or_as_the_model_names_places_otherwise(name: str, scale: int, word: str) -> None:
    subject = Spy(boxes=name)
    described = json.dumps(tool("zoom", subject).parameters)
    assert f"in {word} of the width and height, 0 to {scale}." in described
    told("zoom", subject, page=12, area=[0.25 * scale, 0.5 * scale, 0.75 * scale, 3 * scale])
    assert subject.asked == [(MANUAL, 12, (0.25, 0.5, 0.5, 0.5))]
    assert word in told("zoom", subject, page=12, area="all")


def test_or_in_pixels_of_what_it_saw() -> None:
    wide, high = replace(PICTURE, width=1288, height=728), replace(PICTURE, width=280, height=560)
    one = Spy((), [wide], "pixels")
    assert "in pixels of the picture, which is 1288 wide and 728 high." in json.dumps(tool("zoom", one).parameters)
    told("zoom", one, area=[322, 182, 966, 9999])
    assert one.asked == [(None, 1, (0.25, 0.25, 0.5, 0.75))]
    two = Spy((), [wide, high], "pixels")
    described = tool("zoom", two).parameters["properties"]
    assert "1288 × 728, 280 × 560 pixels" in str(described)
    told("zoom", two, picture=2, area=[0, 0, 140, 140])
    assert two.asked == [(None, 2, (0.0, 0.0, 0.5, 0.25))]
    assert "1288 wide and 728 high" in told("zoom", two, picture=1, area="all")


def test_a_page_has_pixels_when_it_was_seen() -> None:
    subject = Spy(boxes="pixels", pages={12: (560, 840)})
    told("zoom", subject, page=12, area=[0, 420, 280, 840])
    assert subject.asked == [(MANUAL, 12, (0.0, 0.5, 0.5, 0.5))]
    assert told("zoom", subject, page=13, area=[0, 0, 280, 840]).startswith("Error: You have not seen that page")


def test_of_several_documents_one_must_be_named() -> None:
    both = Spy((MANUAL, OTHER))
    assert told("search_document", both, query="oil").startswith(
        "Error: Say which document: “manual .pdf” (300 pages), "
    )
    told("search_document", both, query="oil", document="other.pdf")
    assert both.asked == [(OTHER, "oil")]


def test_each_kind_of_document_has_a_tool_of_its_own() -> None:
    def offered(*documents: Reference) -> set[str]:
        return {plug.name for plug in PLUGS if plug.offer(Spy(documents)) is not None}

    assert offered(MANUAL) == {"read_pages", "search_document", "zoom"}
    assert offered(NOTES) == {"read_parts", "search_document"}
    assert offered(MANUAL, NOTES) == {"read_pages", "read_parts", "search_document", "zoom"}
    for name, document in (("read_parts", NOTES), ("read_pages", MANUAL)):
        (spec,) = specs([tool(name, Spy((MANUAL, NOTES)))])
        assert document.name.split("\n")[0] in spec.description
        assert "document" not in str(spec.parameters["properties"])


def test_parts_are_told_with_their_names() -> None:
    for parts in ("12-15", [12, 13, 14, 15], "lines 40-60"):
        subject = Spy((NOTES,))
        answer = told("read_parts", subject, parts=parts)
        assert subject.asked == [(NOTES, parts if isinstance(parts, str) else "12,13,14,15")]
        assert answer.startswith(
            "[notes.txt, part 12 of 90: lines 40–60: Oil]\ntext 12\n\n[notes.txt, part 13 of 90]\ntext 13"
        )
        assert "Parts 14–15 were left out" in answer
    assert told("read_parts", Spy((NOTES,))).startswith("Error: Say which parts")
    for notes in (NOTES, replace(NOTES, pages=1, by=ChosenBy.HABIT)):  # which nobody had counted before
        found = told("search_document", Spy((notes,)), query="oil")
        assert found == ("(3 scanned pages could not be searched.)\n\n[notes.txt, part 7 of 90]\n(lines 40–60)\na line")
