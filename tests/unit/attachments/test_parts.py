"""Long texts in parts: nothing is lost, nothing is too long, and each is called by what it is found by."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.attachments import _parts, docx, epub, pptx, text, xlsx
from desktop_helper.attachments._parts import TOKENS, Parts, of_lines, rows_in_parts
from desktop_helper.core import i18n
from desktop_helper.core.documents import LONGEST, PageReading, PageText, Unit
from desktop_helper.core.protocols import AttachmentHandler
from desktop_helper.core.text_tokens import text_tokens
from tests.support import long_texts, office_files
from tests.support.corpus import kept
from tests.support.large_documents import ENGLISH, manual

ODD = ["# One", "## Two", "```", "Chapter 3: Oil", "    indented", "第四章 油", "word " * 200, "x" * 4000, "油" * 3000]
LINES = st.lists(
    st.one_of(
        st.just(""),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60),
        st.sampled_from(ODD),
    ),
    max_size=120,
)


def all_of(handler: AttachmentHandler, data: bytes, name: str) -> list[PageText]:
    assert handler.page_texts is not None
    count, parts = handler.page_texts(data, name, PageReading(1, LONGEST, unit=Unit.PART))
    assert count == len(parts)
    return parts


def words(texts: list[str]) -> str:
    return "".join("".join(one.split()) for one in texts)


@given(lines=LINES, marked=st.booleans())
@settings(deadline=None)
def test_all_lines_are_in_parts_that_are_called_by_their_numbers(lines: list[str], marked: bool) -> None:
    parts = of_lines("\n".join(lines), marked=marked)
    assert words([part.text for part in parts]) == words(lines)
    for part in parts:
        assert part.text.strip()
        assert text_tokens(part.text) <= TOKENS + 2
        found = re.fullmatch(r"lines? (\d+)(?:–(\d+))?(?:: .+)?", part.name)
        if found is not None:
            assert part.text == "\n".join(lines[int(found[1]) - 1 : int(found[2] or found[1])])
        else:
            assert re.fullmatch(r"line \d+ from character \d+", part.name)


@given(
    blocks=st.lists(st.one_of(st.text(max_size=80), st.sampled_from(["## Two", "# One", "word " * 900, "油" * 3000])))
)
@settings(deadline=None)
def test_all_blocks_of_a_document_are_in_parts(blocks: list[str]) -> None:
    document = Parts("a.docx")
    for block in blocks:
        document.text(block)
    parts = document.made()
    assert words([part.text for part in parts]) == words(blocks)
    assert all(text_tokens(part.text) <= TOKENS + 2 for part in parts)


@given(st.lists(st.text(max_size=3_000), max_size=40))
def test_rows_go_together_without_a_gap(rows: list[str]) -> None:
    spans = list(rows_in_parts(rows))
    assert [at for first, end in spans for at in range(first, end)] == list(range(len(rows)))


def test_a_part_begins_where_something_begins() -> None:
    chapters = [f"## Chapter of {name}\n\n" + f"Words about {name}. " * 100 for name in ("oil", "water", "air")]
    parts = of_lines("\n\n".join(chapters), marked=True)
    assert [part.name for part in parts] == [
        "lines 1–3: Chapter of oil",
        "lines 5–7: Chapter of water",
        "lines 9–11: Chapter of air",
    ]
    assert [part.heading for part in parts] == ["Chapter of oil", "Chapter of water", "Chapter of air"]


def test_what_a_part_belongs_to_is_known_in_its_middle() -> None:
    code = "class Pump:\n" + "".join(f"    def turn_{n}(self):\n        return {n}\n" for n in range(200))
    parts = of_lines(code)
    assert all(part.heading == "class Pump:" for part in parts[1:])
    book = "Chapter 9: Whales\n" + "A line about the sea.\n" * 400
    assert {part.heading for part in of_lines(book)} == {"Chapter 9: Whales"}


def test_a_huge_line_takes_no_time_to_speak_of() -> None:
    parts = of_lines("x" * 3_000_000)
    assert len(parts) > 1_000
    assert "".join(part.text for part in parts) == "x" * 3_000_000


def test_names_are_in_the_users_language() -> None:
    try:
        i18n.set_language("zh_CN")
        (part,) = of_lines("一\n二")
        assert part.name == "第 1–2 行"
    finally:
        i18n.set_language("en")


@pytest.mark.parametrize("name", ["libreoffice.docx", "pandoc.odt", "abiword.rtf", "pandoc.html", "pandoc.ipynb"])
def test_files_of_other_programs_have_all_their_words_in_parts(name: str) -> None:
    from desktop_helper.attachments._choose import choose
    from desktop_helper.core import registry
    from desktop_helper.core.messages import FilePart, is_note
    from desktop_helper.core.protocols import ConvertOptions

    data = (kept.FOLDER / name).read_bytes()
    handler = choose(list(registry.discover("desktop_helper.attachments", "HANDLER")), data, name)
    shown = handler.convert(data, name, ConvertOptions())
    said = [part.text for part in shown if isinstance(part, FilePart) and not is_note(part)]
    without = re.compile(r"\[picture[^\]]*\]")
    told = words([without.sub("", part.text) for part in all_of(handler, data, name)])
    assert told == words([without.sub("", one) for one in said])


def test_slides_chapters_and_sheets_are_called_by_their_names() -> None:
    assert next(part.name for part in all_of(pptx.HANDLER, office_files.pptx(), "a.pptx")) == "slide 1"
    chapters = all_of(epub.HANDLER, long_texts.epub(manual(ENGLISH, 1, pages=6, cases=1)), "a.epub")
    assert [part.name.partition(":")[0] for part in chapters] == ["", *(f"Section {number}" for number in range(1, 7))]
    sheets = all_of(xlsx.HANDLER, office_files.xlsx(600), "a.xlsx")
    assert len(sheets) > 5
    assert sheets[0].name.startswith("Orders!A1:E")
    assert sheets[-1].name == "Timing!A5:D6"
    for one in sheets[1:-1]:
        assert "Item" in one.text
        assert one.heading.startswith("Orders Item Count Price")
        first, last = map(int, re.findall(r"[A-Z](\d+)", one.name))
        assert f"| {first} | " in one.text
        assert f"| {last} | " in one.text
    assert docx.HANDLER.page_texts is not None


def test_a_table_that_is_cut_keeps_its_head() -> None:
    document = Parts("a.docx")
    rows = "\n".join(f"| {number} | value {number} |" for number in range(500))
    document.text(f"| Number | Value |\n| --- | --- |\n{rows}")
    parts = document.made()
    assert len(parts) > 2
    assert all(part.text.startswith("| Number | Value |\n| --- | --- |\n| ") for part in parts)


def test_more_than_is_looked_at_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_parts, "MAX_CHARACTERS", 10_000)
    parts = all_of(text.HANDLER, b"a line\n" * 10_000, "a.txt")
    assert sum(len(part.text) + 1 for part in parts) == pytest.approx(10_000, abs=20)
