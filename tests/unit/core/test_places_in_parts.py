"""Places in parts of long texts that an answer speaks of: lines, parts, rows of sheets."""

from __future__ import annotations

import pytest

from desktop_helper.core import i18n
from desktop_helper.core.as_sent import as_sent
from desktop_helper.core.document_places import SOME_NAMES, cells_in, document_of, is_some, outline_of
from desktop_helper.core.i18n import tr
from desktop_helper.core.library import Library
from desktop_helper.core.messages import FilePart, MediaPart, TextPart


def text(name: str, words: str) -> FilePart:
    return FilePart(words.encode(), "text/plain", name, words)


def library_of(*questions: tuple[MediaPart, ...]) -> Library:
    made = Library()
    for media in questions:
        made.add(media, {part.sha256: outline_of(part) for part in media if isinstance(part, FilePart)})
    return made


PARTS = (
    "[part 2 of 90: lines 40–42: Oil]\nforty\nforty-one\nforty-two\n\n"
    "[part 7 of 90: lines 1200–1201]\ntwelve hundred\nand one"
)


def some(name: str, words: str) -> FilePart:
    return text(f"{name}, parts of the text", words)


@pytest.mark.parametrize(
    ("said", "marked"),
    [
        ("see lines 41–42 there", "forty-one\nforty-two"),
        ("see line 1201.", "and one"),
        ("(notes.txt, lines 1200–1300)", "twelve hundred\nand one"),
        ("见第 41 行", "forty-one"),
        ("第 41–42 行", "forty-one\nforty-two"),
        ("as part 7 of 90 says", "[part 7 of 90: lines 1200–1201]"),
        ("（notes.txt，第 2 部分，共 90 部分）", "[part 2 of 90: lines 40–42: Oil]"),
        ("lines 43–50", None),
        ("20 lines 3 times", None),
        ("part 7 of 91", None),  # perhaps of the book itself
        ("Part 7 explains it", None),
        ("other.txt, line 41", None),
    ],
)
def test_lines_and_parts_lead_to_their_place(said: str, marked: str | None) -> None:
    part = some("notes.txt", PARTS)
    library = library_of((part,))
    found = [spot for _mention, spot in library.links(said)]
    if marked is None:
        assert found == []
        return
    (spot,) = found
    assert spot.part is part
    assert spot.lines is not None
    assert part.text[slice(*spot.lines)] == marked


def test_rows_of_a_sheet_lead_to_the_part_that_has_them() -> None:
    table = "|  | A | B |\n| --- | --- | --- |\n| 1 | head | x |\n| {row} | words | y |"
    words = "\n\n".join(
        f"[part {number} of 9: My sheet!A{row}:B{row + 9}]\n{table.format(row=row)}"
        for number, row in ((2, 11), (5, 41))
    )
    part = some("b.xlsx", words)
    library = library_of((part,))
    ((_mention, spot),) = library.links("'My sheet'!B41")
    assert spot.sheet is not None
    assert spot.area is not None
    (span,) = cells_in(part.text, spot.sheet, spot.area)
    assert part.text[slice(*span)].strip() == "y"
    assert list(library.links("'My sheet'!B35")) == []


def test_parts_of_later_questions_are_added() -> None:
    first, later = some("notes.txt", PARTS), some("notes.txt", "[part 9 of 90: lines 1400–1400]\nfourteen")
    library = library_of((first,), (later,))
    assert [spot.part for _mention, spot in library.links("line 41, line 1400")] == [first, later]


def test_slides_among_parts_lead_to_theirs() -> None:
    part = some("a.pptx", "[part 4 of 9: slide 4]\n## Slide 4: Oil\n\nwords")
    ((_mention, spot),) = library_of((part,)).links("(a.pptx, slide 4)")
    assert spot.part is part


def test_the_model_is_told_how_to_name_lines_and_parts() -> None:
    def hint(part: FilePart) -> str:
        return [one.text for one in as_sent([part]) if isinstance(one, TextPart)][-1]

    assert "(notes.txt, lines 40–42)" in hint(some("notes.txt", PARTS))
    assert "(a.epub, part 3 of 9)" in hint(some("a.epub", "[part 3 of 9: One]\nwords"))
    chinese = text("笔记.txt，部分文字", "[第 3 部分，共 9 部分: 第 40–41 行]\n一\n二")
    assert "（笔记.txt，第 40–41 行）" in hint(chinese)
    assert "'My sheet'!B2:C9" in hint(some("b.xlsx", "[part 2 of 9: My sheet!A11:B20]\n|  | A |"))


def test_names_are_known_in_both_languages() -> None:
    try:
        for language in ("en", "zh_CN"):
            i18n.set_language(language)
            assert tr("{name}, parts of the text") in SOME_NAMES
            place = tr("lines {first}–{last}", first=40, last=41)
            heading = f"[{tr('part {part} of {count}', part=3, count=12)}: {place}: Oil]"
            part = text(tr("{name}, parts of the text", name="a.txt"), f"{heading}\none\ntwo")
            assert is_some(part)
            assert document_of(part) == "a.txt"
            found = outline_of(part)
            assert found.count == 12
            span = found.parts[3].lines(41, 41)
            assert span is not None
            assert part.text[slice(*span)] == "two"
    finally:
        i18n.set_language("en")
