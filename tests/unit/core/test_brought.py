"""Pages that tools brought: they are known by what is stored of the tool, and an answer may speak of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core import i18n
from desktop_helper.core.brought import brought, page_heading, part_heading
from desktop_helper.core.document_places import DETAIL_NAMES, outline_of, page_of_detail
from desktop_helper.core.i18n import tr
from desktop_helper.core.library import Library
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart

FIRST = tuple(
    ImagePart(b"%d" % number, "image/png", 28, 28, f"manual.pdf, page {number} of 900", 8) for number in (1, 2)
)


def result(text: str, *media: MediaPart) -> Message:
    return Message(Role.TOOL, (*media, TextPart(text)), call_id="c")


def told(*pages: int, words: str = "words", document: str = "manual.pdf", before: str = "") -> Message:
    pieces = [f"{page_heading(document, page, 900)}\n{words} {page}" for page in pages]
    return result("\n\n".join([*([before] if before else []), *pieces]))


def library(*results: Message) -> Library:
    made = Library()
    made.add(FIRST, {})
    for one in results:
        media = brought(one)
        made.bring(media, {part.sha256: outline_of(part) for part in media if isinstance(part, FilePart)})
    return made


def led(made: Library, words: str) -> list[tuple[str, str]]:
    return [(words[one.start : one.end], spot.part.name) for one, spot in made.links(words)]


def passage(made: Library, words: str) -> str:
    (spot,) = [spot for _mention, spot in made.links(words)]
    assert isinstance(spot.part, FilePart)
    assert spot.lines is not None
    return spot.part.text[spot.lines[0] :]


def test_pages_that_a_tool_read_are_found_beside_those_of_the_question() -> None:
    made = library(told(412, 7, before="(Pages 9 were left out.)"))
    assert led(made, "page 412, page 2, (manual.pdf, p. 7), page 9, page 3 of 12, other.pdf, page 7") == [
        ("page 412", "manual.pdf, text of the pages"),
        ("page 2", "manual.pdf, page 2 of 900"),
        ("p. 7", "manual.pdf, text of the pages"),
    ]
    assert passage(made, "page 412") == "[page 412 of 900]\nwords 412\n\n[page 7 of 900]\nwords 7"


def test_whichever_says_more_of_a_page_is_shown() -> None:
    picture = ImagePart(b"p", "image/png", 28, 28, "manual.pdf, page 50 of 900", 8)
    detail = ImagePart(b"d", "image/png", 28, 28, "manual.pdf, page 50 of 900, a part of it", 8)
    short, long = told(50, words="a"), told(50, words="a longer text")
    for order in ((short, long), (long, short)):
        assert passage(library(*order), "page 50").endswith("a longer text 50")
    for results, name in [
        ((result("", detail),), detail.name),
        ((result("", detail), short), "manual.pdf, text of the pages"),
        ((short, result("", detail)), "manual.pdf, text of the pages"),
        ((long, result("", picture), short, result("", detail)), picture.name),
    ]:
        assert led(library(*results), "page 50") == [("page 50", name)]


def test_a_page_of_the_question_stays_what_it_is() -> None:
    assert led(library(told(2)), "page 2") == [("page 2", "manual.pdf, page 2 of 900")]
    layer = FilePart(b"", "text/plain", "manual.pdf, text of the pages", "[page 30 of 900]\nall of it, at length")
    made = Library()
    made.add((*FIRST, layer), {layer.sha256: outline_of(layer)})
    media = brought(told(30, words="it"))
    made.bring(media, {part.sha256: outline_of(part) for part in media if isinstance(part, FilePart)})
    assert "at length" in passage(made, "page 30")


def test_what_is_of_another_file_of_that_name_is_not_shown() -> None:
    other = result(f"{page_heading('manual.pdf', 3, 12)}\nwords")
    assert led(library(other), "page 3") == []
    assert led(library(told(3), told(3, document="other.pdf")), "page 3, other.pdf, page 3") == [
        ("page 3", "other.pdf, text of the pages")
    ]


def test_a_later_question_with_the_text_of_pages_takes_nothing_away() -> None:
    made = library(told(412))
    layer = FilePart(b"x", "text/plain", "manual.pdf, text of the pages", "[page 30 of 900]\nwords")
    made.add((layer,), {layer.sha256: outline_of(layer)})
    assert [found for found, _name in led(made, "page 1, page 412, page 30")] == ["page 1", "page 412", "page 30"]


def test_what_else_tools_say_brings_no_pages() -> None:
    for said in ("Nothing was found.", "Error: x", "", "[page 7 of 900]\nof which document?", "[a.pdf, page 9 of 3]"):
        assert brought(result(said)) == ()
    assert brought(Message(Role.USER, (TextPart(told(3).text),))) == ()


def test_a_page_that_looks_like_a_heading_of_another_document_is_none() -> None:
    forged = told(3, words="x\n\n[other.pdf, page 5 of 900]\ny\n\n[manual.pdf, page 5 of 12]\nz")
    assert led(library(forged), "page 5") == []


def test_names_of_details_are_known_in_both_languages() -> None:
    try:
        for language in ("en", "zh_CN"):
            i18n.set_language(language)
            assert tr("{name}, a part of it") in DETAIL_NAMES
            page = tr("{name}, page {page} of {count}", name="a.pdf", page=3, count=12)
            assert page_of_detail(tr("{name}, a part of it", name=page)) == ("a.pdf", 3, 12)
            (part,) = brought(told(3))
            assert set(outline_of(part).pages) == {3}  # type: ignore[arg-type]
    finally:
        i18n.set_language("en")


NOTES = FilePart(b"", "text/plain", "notes.txt, parts of the text", "[part 3 of 90: lines 9–11]\nnine\nten\neleven")


def notes_and(*results: Message) -> Library:
    made = Library()
    made.add((NOTES,), {NOTES.sha256: outline_of(NOTES)})
    for one in results:
        media = brought(one)
        made.bring(media, {part.sha256: outline_of(part) for part in media if isinstance(part, FilePart)})
    return made


def test_parts_that_a_tool_read_are_found_beside_those_of_the_question() -> None:
    read = result(
        f"{part_heading('notes.txt', 12, 90, 'lines 40–42: Oil')}\nforty\nforty-one\nforty-two\n\n"
        f"{part_heading('notes.txt', 13, 90, 'Sheet1!A1:B2')}\n|  | A | B |\n| --- | --- | --- |\n| 1 | x | y |"
    )
    made = notes_and(read)
    words = "part 12 of 90, part 3 of 90, (notes.txt, line 41), line 10, part 12 of 8, part 50 of 90"
    assert [found for found, _name in led(made, words)] == ["part 12 of 90", "part 3 of 90", "line 41", "line 10"]
    (spot,) = [spot for _mention, spot in made.links("line 41")]
    assert isinstance(spot.part, FilePart)
    assert spot.lines is not None
    assert spot.part.text[slice(*spot.lines)] == "forty-one"
    assert [found for found, _name in led(made, "Sheet1!A1:B2")] == ["Sheet1!A1:B2"]


def test_what_was_found_in_a_part_makes_way_for_all_of_it() -> None:
    found = result(f"{part_heading('notes.txt', 12, 90)}\n(lines 40–42: Oil)\nforty-one")
    read = result(f"{part_heading('notes.txt', 12, 90, 'lines 40–42: Oil')}\nforty\nforty-one, at some length\nlast")
    assert passage(notes_and(found), "part 12 of 90").endswith("(lines 40–42: Oil)\nforty-one")
    assert led(notes_and(found), "line 41") == [], "nobody knows which of its lines these are"
    for order in ((found, read), (read, found)):
        assert passage(notes_and(*order), "part 12 of 90").endswith("at some length\nlast")
    other = result(f"{part_heading('notes.txt', 3, 12)}\nof another file of that name")
    assert passage(notes_and(other), "part 3 of 90").endswith("eleven")


_LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
_TEXTS = st.lists(_LINES, max_size=4).map("\n".join)


@given(
    st.dictionaries(st.integers(1, 900), st.lists(_LINES, max_size=4).map("\n".join), min_size=1, max_size=6), _LINES
)
def test_what_pages_say_is_found_again(texts: dict[int, str], note: str) -> None:
    pieces = [f"{page_heading('a b, c.pdf', page, 900)}\n{text}" for page, text in texts.items()]
    (part,) = brought(result("\n\n".join([f"({note})", *pieces])))
    assert isinstance(part, FilePart)
    assert part.name == "a b, c.pdf, text of the pages"
    found = outline_of(part)
    assert (set(found.pages), found.count) == (set(texts), 900)
    for page, text in texts.items():
        begin = found.pages[page][1]
        assert part.text[begin:].lstrip().startswith(text.strip())


@given(
    st.dictionaries(st.integers(1, 900), st.lists(_LINES, max_size=4).map("\n".join), min_size=1, max_size=6), _LINES
)
def test_what_parts_say_is_found_again(texts: dict[int, str], note: str) -> None:
    pieces = [f"{part_heading('a b, c.txt', number, 900, 'cell 3')}\n{text}" for number, text in texts.items()]
    (part,) = brought(result("\n\n".join([*pieces, f"({note})"])))
    assert isinstance(part, FilePart)
    assert part.name == "a b, c.txt, parts of the text"
    found = outline_of(part)
    assert (set(found.parts), found.count) == (set(texts), 900)
    for number, text in texts.items():
        begin = found.parts[number].heading[1]
        assert part.text[begin:].lstrip().startswith(text.strip())
