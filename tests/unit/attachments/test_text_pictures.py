"""Long texts, drawn: read again out of the pages, and out of their pixels."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from desktop_helper.attachments import _text_pictures, text
from desktop_helper.attachments._text_pictures import document_of_pages, in_pictures
from desktop_helper.core.dense_text import GUTTER_PX, MARGIN_PX, lay_out, proposal
from desktop_helper.core.document_places import page_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions

WORDS = ["pump", "valve", "pressure", "month", "warm", "check", "oil", "level", "filter", "motor", "speed", "noise"]
ENGLISH = "\n".join(
    " ".join(WORDS[(line * 7 + word * 5) % len(WORDS)] for word in range(30)) + f" {line}." for line in range(150)
)
CHINESE = "\n".join(f"第{line}条：每个月都要检查水泵，天热时阀门中的压力会下降，声音也会变大。" for line in range(300))
CODE = "\n\n".join(
    f"def task_{number}(x: int) -> int:\n    if x > {number}:\n        return x\n    return {number}"
    for number in range(300)
)


def file_part(name: str, words: str) -> FilePart:
    return FilePart(words.encode(), "text/plain", name, words)


def squeezed(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize("words", [ENGLISH, CHINESE, CODE, f"{ENGLISH}\n{CHINESE}\n\n{CODE}"])
def test_all_of_it_stands_on_the_pages_in_its_order(words: str) -> None:
    pages = lay_out(words, 6144)
    feet = [f"FOOT{number}" for number in range(len(pages))]
    with document_of_pages(pages, feet) as document:
        read = [document[number].get_text() for number in range(len(pages))]
    for number, page in enumerate(read):
        assert page.rstrip().endswith(feet[number])
    assert squeezed("".join(page.replace(foot, "") for page, foot in zip(read, feet, strict=True))) == squeezed(words)


def test_nothing_reaches_beyond_its_column() -> None:
    wide = "\n".join(["Ω" * 400, "Ж" * 400, "→─●" * 99, "W" * 300, "中" * 200, "é" * 300])
    pages = lay_out(wide, 6144)
    with document_of_pages(pages, ["foot"] * len(pages)) as document:
        for number, page in enumerate(pages):
            for block in document[number].get_text("dict")["blocks"]:
                for line in block["lines"]:
                    assert line["bbox"][2] <= 896 - 13
                    assert line["bbox"][3] <= page.height


def test_the_pictures_are_as_proposed_and_are_pages_of_the_file() -> None:
    heard: list[Progress] = []
    parts = in_pictures([file_part("manual.txt", ENGLISH)], "manual.txt", ConvertOptions(on_progress=heard.append))
    found = proposal([ENGLISH], 6144)
    assert (len(parts), sum(part.tokens for part in parts if isinstance(part, ImagePart))) == (
        found.pictures, found.as_pictures,
    )  # fmt: skip
    for number, part in enumerate(parts, 1):
        assert isinstance(part, ImagePart)
        assert page_of(part.name) == ("manual.txt", number, len(parts))
        picture = Image.open(io.BytesIO(part.data))
        assert picture.size == (part.width, part.height)
        assert picture.convert("L").getextrema() == (0, 255)
    assert len(heard) == len(parts)
    again = in_pictures([file_part("manual.txt", ENGLISH)], "manual.txt", ConvertOptions())
    assert again == parts


def test_texts_of_a_document_are_counted_on_and_its_pictures_stay_in_their_places() -> None:
    picture = ImagePart(b"p", "image/png", 28, 28, "a.docx, picture 1", 1)
    note = FilePart(b"n", NOTE_MIME, "a.docx, what was left out", "n")
    parts: list[MediaPart] = [
        note, file_part("a.docx, text 1 of 2", ENGLISH), picture, file_part("a.docx, text 2 of 2", "The end"),
    ]  # fmt: skip
    made = in_pictures(parts, "a.docx", ConvertOptions())
    count = len(made) - 2
    names = [f"a.docx, page {number} of {count}" for number in range(1, count + 1)]
    assert [part.name for part in made] == [note.name, *names[:-1], picture.name, names[-1]]


def test_the_text_beside_pages_goes() -> None:
    page = ImagePart(b"p", "image/png", 28, 28, "a.pdf, page 1 of 1", 1)
    layer = file_part("a.pdf, text of the pages", "words")
    notes = file_part("notes.txt", "more words")
    assert [part.name for part in in_pictures([page, layer, notes], "a", ConvertOptions())] == [
        "a.pdf, page 1 of 1", "notes.txt, page 1 of 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([ImagePart(b"p", "image/png", 28, 28, "a.png", 1)], "a.x is sent as pictures already"),
        ([file_part("a.txt", "  \n ")], "There is no text in a.x"),
        ([file_part("a.txt", "هذا نص طويل " * 50)], "letters that cannot be drawn"),
        ([file_part("a.txt", "word\n" * 20_000)], "would take"),
    ],
)
def test_what_cannot_be_drawn(parts: list[MediaPart], said: str) -> None:
    with pytest.raises(HelperError) as caught:
        in_pictures(parts, "a.x", ConvertOptions(max_image_tokens=300))
    assert said in caught.value.message


def test_a_sign_that_the_font_lacks_is_told_by_its_number() -> None:
    pages = lay_out(f"Hello 😀 there {ENGLISH}", 6144)
    with document_of_pages(pages[:1], ["foot"]) as document:
        assert "Hello [U+1F600] there" in document[0].get_text()


def test_handlers_bring_texts_that_can_be_drawn() -> None:
    (part,) = text.HANDLER.convert(CODE.encode(), "code.py", ConvertOptions())
    assert _text_pictures.is_text(part)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("words", "least"), [(ENGLISH, 0.98), (CHINESE, 0.99), (CODE, 0.93)])
def test_a_reader_of_text_reads_it_out_of_the_pixels(words: str, least: float) -> None:
    from difflib import SequenceMatcher

    from desktop_helper.ocr.images import decoded
    from desktop_helper.ocr.reader import Reader

    (first, *_rest) = in_pictures([file_part("a.txt", words)], "a.txt", ConvertOptions(max_image_tokens=480))
    assert isinstance(first, ImagePart)
    found = Reader(2).read(decoded(first.data, first.name), lambda *_heard: None)
    (page, *_others) = lay_out(words, 480)
    alike = []
    for place, column in enumerate(page.columns):
        left = MARGIN_PX + place * (page.column_px + GUTTER_PX)
        for line in column:
            middle = MARGIN_PX + line.top + page.font_px / 2
            read = [
                one.text
                for one in found
                if left <= one.box.x + one.box.width / 2 <= left + page.column_px
                and abs(one.box.y + one.box.height / 2 - middle) < page.font_px / 2
            ]
            alike.append(SequenceMatcher(None, squeezed(line.text), squeezed("".join(read)), autojunk=False).ratio())
    assert sum(alike) / len(alike) > least
