"""Web pages, mails, notebooks, books, OpenDocument, RTF and CSV: what they say arrives, in order."""

from __future__ import annotations

import base64
import json

import pytest

from desktop_helper.attachments import rtf
from desktop_helper.attachments._choose import choose
from desktop_helper.core import registry
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import office_files, page_files, sample_files


def read(data: bytes, name: str) -> tuple[MediaPart, ...]:
    handlers = list(registry.discover("desktop_helper.attachments", "HANDLER"))
    return choose(handlers, data, name).convert(data, name, ConvertOptions())


def text(parts: tuple[MediaPart, ...], *, notes: bool = False) -> str:
    return "\n\n".join(part.text for part in parts if isinstance(part, FilePart) and (part.mime == NOTE_MIME) is notes)


def colours(parts: tuple[MediaPart, ...]) -> list[object]:
    return [sample_files.decoded(part.data).getpixel((5, 5)) for part in parts if isinstance(part, ImagePart)]


def in_order(said: str, *wanted: str) -> None:
    at = 0
    for one in wanted:
        assert one in said[at:], (one, said)
        at = said.index(one, at) + len(one)


def test_a_table_in_a_text_file() -> None:
    said = text(read(page_files.CSV, "trees.csv"))
    in_order(said, "A1:C3: A text, B number, C date or time", "| Name | Größe | Datum |", "| Eiche; alt | 30 |")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_any_separator_and_encoding_of_csv(delimiter: str, encoding: str) -> None:
    rows = [
        ["名称", "数量", "备注"],
        *([f"蜂蜜{number}", str(number), "本周的所有订单都在这里"] for number in range(30)),
    ]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    assert "| 蜂蜜29 | 29 | 本周的所有订单都在这里 |" in text(read(data, "a.csv"))


def test_a_long_table_says_what_is_left_out() -> None:
    data = b"n,square\n" + b"".join(b"%d,%d\n" % (number, number * number) for number in range(100_000))
    parts = read(data, "long.csv")
    assert text(parts, notes=True) == "Of long.csv, only A1:B15000 of A1:B100001 is attached."
    assert "| 14998 | 224940004 |" in text(parts)


@pytest.mark.parametrize("name", ["tea.html", "tea", "tea.txt"])
def test_a_web_page(name: str) -> None:
    said = text(read(page_files.HTML, name))
    in_order(
        said,
        "Title: Tea & time",
        "## Kinds of tea",
        "Green & black, see this page (https://example.org/tea).",
        "- Oolong",
        "  1. light",
        "  2. dark",
        "- 白茶",
        "| Kind | °C |\n| --- | --- |\n| Green | 75 |",
        "[picture: a cup]",
        "```\nlet  x = 1;\ndone\n```",
        "The end.",
    )
    assert "secret" not in said
    assert "color" not in said


@pytest.mark.parametrize("name", ["study.ipynb", "study.json"])
def test_a_notebook(name: str) -> None:
    parts = read(page_files.ipynb(), name)
    wanted = ["# Bee study\nby Ann", "```python\nprint(6 * 7)\n```", "Output:\n```\nforty-\ntwo\n```", "[picture 1]"]
    in_order(text(parts), *wanted, "KeyError: 'bee'")
    assert colours(parts) == [office_files.BLUE]


def test_what_a_notebook_has_drawn_otherwise_is_said() -> None:
    kinds = [
        {"image/svg+xml": "<svg/>", "text/plain": "<Figure>"},
        {"application/vnd.plotly.v1+json": {}, "text/html": "<div/>"},
        {"application/vnd.plotly.v1+json": {}, "image/png": base64.b64encode(sample_files.picture()).decode()},
        {"application/vnd.google.colaboratory.intrinsic+json": {}, "text/plain": "a table"},
    ]
    cells = [{"cell_type": "code", "source": "draw()", "outputs": [{"data": kind}]} for kind in kinds]
    parts = read(json.dumps({"cells": cells}).encode(), "study.ipynb")
    left_out = "Parts of study.ipynb cannot be read and were left out: what cell 1 has drawn, what cell 2 has drawn."
    assert text(parts, notes=True) == left_out


@pytest.mark.parametrize("name", ["order.eml", "order"])
def test_a_mail(name: str) -> None:
    parts = read(page_files.eml(), name)
    said = text(parts)
    in_order(said, "From: Ann <ann@example.org>", "Subject: 蜂蜜 order", "ten jars of honey", "Attached to this mail:")
    in_order(said, "jar.png (image/png, 157 B)", "invoice.pdf (application/pdf, 8 B)")
    assert "HTML" not in said
    assert colours(parts) == [office_files.RED]
    assert text(parts, notes=True) == (
        f"{name} holds 2 files; 1 of them is attached. These cannot be read: invoice.pdf. "
        "Attach one by itself to ask about it."
    )


def test_a_book_is_told_in_the_order_of_reading() -> None:
    said = text(read(page_files.epub(), "storms.epub"))
    in_order(said, "Storms · A. Writer", "# Night", "a dark and stormy night.", "# Morning", "The sun rose.")


def test_an_opendocument_text() -> None:
    parts = read(page_files.odt(), "bees.odt")
    wanted = [
        "## On bees",
        "Bees  hum[^1][comment by Bo: Really?].",
        "- honey",
        "  - dark",
        "[picture 1]",
        "| Hive | 12 |",
    ]
    in_order(text(parts), *wanted, "Buzz.", "[^1]: Loudly.")
    assert colours(parts) == [office_files.RED]


def test_an_opendocument_sheet_with_a_million_empty_rows() -> None:
    said = text(read(page_files.ods(), "bees.ods"))
    in_order(said, "## Bees", "Bees!A1:B1048002", "| 1 | Hives | 12.5 |", "| 1048002 | 2026-01-02 |")


def test_opendocument_slides() -> None:
    in_order(text(read(page_files.odp(), "bees.odp")), "## Slide 1", "Wings", "## Slide 2", "Stings")


@pytest.mark.parametrize("name", ["a.rtf", "a.doc", "a.txt"])
def test_rich_text(name: str) -> None:
    said = text(read(page_files.RTF, name))
    in_order(said, "First bold line", "Café 中文", "A1 | B1\nA2 | B2", "last {brace}")
    assert not [word for word in ("Hidden", "Secret", "Nobody") if word in said]


def test_what_is_left_out_of_rich_text_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtf, "MAX_BYTES", 3_000_000)
    written = rb"{\rtf1 words{\*\annotation really?}{\pict 00}" + b" " * 5_000_000 + b"}"
    said = text(read(written, "a.rtf"), notes=True)
    assert "Pictures in a.rtf were left out." in said
    assert "Comments in a.rtf were left out." in said
    assert "Of a.rtf, only 3 MB of 5 MB is attached." in said
