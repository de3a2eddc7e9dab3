"""Documents made to do harm, or broken: one clear sentence or the right content, within the converter's limits."""

from __future__ import annotations

import random
import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.attachments import _xml
from desktop_helper.attachments._choose import choose
from desktop_helper.core import registry
from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import FilePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter
from tests.support import office_files, page_files

HANDLERS = list(registry.discover("desktop_helper.attachments", "HANDLER"))
REAL: dict[str, Callable[[], bytes]] = {
    "a.docx": office_files.docx,
    "a.xlsx": office_files.xlsx,
    "a.pptx": office_files.pptx,
    "a.odt": page_files.odt,
    "a.ods": page_files.ods,
    "a.odp": page_files.odp,
    "a.epub": page_files.epub,
    "a.html": lambda: page_files.HTML,
    "a.ipynb": page_files.ipynb,
    "a.eml": page_files.eml,
    "a.rtf": lambda: page_files.RTF,
    "a.csv": lambda: page_files.CSV,
}
MAIN = {
    "a.docx": "word/document.xml",
    "a.xlsx": "xl/workbook.xml",
    "a.pptx": "ppt/presentation.xml",
    "a.odt": "content.xml",
    "a.epub": "OPS/book.opf",
}
LAUGHS = '<!DOCTYPE a [<!ENTITY b0 "ha">{}]><a>&b20;</a>'.format(
    "".join(f'<!ENTITY b{at} "{f"&b{at - 1};" * 10}">' for at in range(1, 21))
).encode()
DAMAGED = "is damaged and cannot be read to its end."
TOO_LARGE = "unpacks to more than a document may hold."


def read(data: bytes, name: str) -> tuple[MediaPart, ...]:
    return choose(HANDLERS, data, name).convert(data, name, ConvertOptions())


def refusal(data: bytes, name: str, kind: ErrorKind = ErrorKind.SOURCE) -> HelperError:
    with pytest.raises(HelperError) as caught:
        read(data, name)
    assert caught.value.kind is kind
    assert name in caught.value.message
    return caught.value


def readable_or_refused(data: bytes, name: str) -> None:
    refused = None
    try:
        assert read(data, name)
    except HelperError as error:
        refused = error
    kinds = (ErrorKind.SOURCE, ErrorKind.PROTECTED)
    assert refused is None or (refused.kind in kinds and refused.message.endswith("."))


@pytest.fixture
def converter(tmp_path: Path) -> Iterator[Converter]:
    made = Converter(child_argv("desktop_helper.attachments._worker"), tmp_path / "logs", time_limit_s=20)
    yield made
    made.close()


@pytest.mark.parametrize("name", REAL)
def test_cut_off_at_ten_places(name: str) -> None:
    data = REAL[name]()
    for tenth in range(10):
        readable_or_refused(data[: len(data) * tenth // 10], name)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize(
    "content", [b"", bytes(5000), b"%PDF-1.7 no", b"PK\x03\x04", b"just words", b"{\\rtf", b"{", b"<a"]
)
def test_other_content_than_the_name_says(name: str, content: bytes) -> None:
    readable_or_refused(content, name)


@pytest.mark.parametrize("name", MAIN)
def test_a_billion_laughs_are_not_heard(name: str) -> None:
    start = time.process_time()
    assert DAMAGED in refusal(office_files.replaced(REAL[name](), MAIN[name], LAUGHS), name).message
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", MAIN)
@pytest.mark.parametrize("address", ["file://{path}", "http://127.0.0.1:9/x"])
def test_no_entity_is_fetched(name: str, address: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("top-secret")
    entity = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address.format(path=secret)}">]><a><p><t>&x;</t></p></a>'
    error = refusal(office_files.replaced(REAL[name](), MAIN[name], entity.encode()), name)
    assert DAMAGED in error.message


@pytest.mark.parametrize("name", MAIN)
def test_a_part_that_inflates_without_end_is_refused_before_it_does(name: str) -> None:
    data = office_files.replaced(REAL[name](), MAIN[name], bytes(150_000_000))
    assert len(data) < 1_000_000
    assert TOO_LARGE in refusal(data, name).message


def test_many_parts_that_inflate_count_together() -> None:
    many = {f"ppt/slides/slide{at}.xml": bytes(90_000_000) for at in range(1, 4)}
    with zipfile.ZipFile(BytesIO(office_files.pptx())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    slides = "".join(f'<sldId r:id="s{at}"/>' for at in (1, 2, 3))
    show = '<p xmlns:r="http://x/relationships"><sldIdLst>' + slides + "</sldIdLst></p>"
    relations = "".join(f'<Relationship Id="s{at}" Target="slides/slide{at}.xml" Type="x/slide"/>' for at in (1, 2, 3))
    spaces = dict.fromkeys(many, b"<a>" + b" " * 90000000 + b"</a>")
    members |= {"ppt/presentation.xml": show.encode(), **spaces}
    members["ppt/_rels/presentation.xml.rels"] = f"<Relationships>{relations}</Relationships>".encode()
    assert TOO_LARGE in refusal(office_files.zipped(dict(members)), "a.pptx").message


def test_a_size_that_lies_inflates_no_further() -> None:
    data = bytearray(office_files.replaced(office_files.docx(), "word/document.xml", bytes(50_000_000)))
    at = data.rfind(b"word/document.xml") - 46
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    assert DAMAGED in refusal(bytes(data), "a.docx").message


@pytest.mark.parametrize("name", MAIN)
def test_depth_without_end(name: str) -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert DAMAGED in refusal(office_files.replaced(REAL[name](), MAIN[name], deep), name).message


@pytest.mark.parametrize("depth", [_xml.MAX_DEPTH - 10])
def test_depth_that_is_allowed_can_be_walked(depth: int) -> None:
    inside = b"<sdt>" * depth + b"<p><r><t>deep</t></r></p>" + b"</sdt>" * depth
    data = office_files.replaced(
        office_files.docx(), "word/document.xml", b"<document><body>" + inside + b"</body></document>"
    )
    assert "deep" in "".join(part.text for part in read(data, "a.docx") if isinstance(part, FilePart))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<ul><li>" * 50_000 + b"x", "a.html"),
        (b"<table><tr><td>" * 50_000 + b"x", "a.html"),
        (b"<" * 200_000, "a.html"),
        (b"<!DOCTYPE html>" + b"&#x110000;&#0;" * 1000, "a.html"),
        (b"[" * 200_000, "a.ipynb"),
        (b'{"cells": 5}', "a.ipynb"),
        (b'{"cells": [{"cell_type": "code", "source": 5, "outputs": [{"data": {"image/png": "?"}}]}]}', "a.ipynb"),
        (b"{\\rtf1" + b"{" * 200_000, "a.rtf"),
        (b"{\\rtf1\\u-99999999 \\uc999999 \\ansicpg99999 \\'zz\\'8", "a.rtf"),
        (b'"' + b"x," * 2_000_000, "a.csv"),
        (b"a,b\n" + b"," * 1_000_000, "a.csv"),
        (b"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 50_000, "a.eml"),
        (b"From: a@b\nContent-Type: text/plain; charset=nonsense\n\nhello", "a.eml"),
        (b"Subject: =?utf-8?b?" + b"A" * 100_000 + b"?=\nFrom: a@b\n\nhi", "a.eml"),
    ],
)
def test_text_formats_made_to_break_their_reader(data: bytes, name: str) -> None:
    start = time.process_time()
    readable_or_refused(data, name)
    assert time.process_time() - start < 15


def test_macros_are_bytes_that_nobody_reads() -> None:
    data = office_files.replaced(office_files.docx(), "word/vbaProject.bin", b"Sub AutoOpen()")
    said = "".join(part.text for part in read(data, "a.docm") if isinstance(part, FilePart))
    assert "marmalade" in said
    assert "AutoOpen" not in said


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.odt"])
def test_members_that_climb_out_write_nothing(converter: Converter, tmp_path: Path, name: str) -> None:
    climbing = office_files.replaced(REAL[name](), "../../../../../../../../tmp/climbed", b"x")
    with zipfile.ZipFile(BytesIO(climbing)) as archive:
        assert any(".." in member for member in archive.namelist())
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / name).write_bytes(climbing)
    assert converter.convert_file(folder / name)
    assert [one.name for one in folder.iterdir()] == [name]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["files", "logs"]


def test_an_encrypted_member_asks_for_the_password_to_be_removed() -> None:
    data = bytearray(office_files.docx())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    assert refusal(bytes(data), "a.docx", ErrorKind.PROTECTED).message == "a.docx is protected with a password."


def test_an_encrypted_opendocument_file_too() -> None:
    data = office_files.replaced(page_files.odt(), "META-INF/manifest.xml", b"<m><encryption-data/></m>")
    assert refusal(data, "a.odt", ErrorKind.PROTECTED).message == "a.odt is protected with a password."


@pytest.mark.parametrize(
    "name", ["line\nbreak.docx", "\u202ecod.docx", "x" * 250 + ".docx", "%s{name}%d.docx", "../../up.docx", "💥.docx"]
)
def test_odd_names(converter: Converter, name: str) -> None:
    assert converter.convert_bytes(office_files.docx(), name)
    with pytest.raises(HelperError):
        converter.convert_bytes(office_files.docx()[:2000], name)


def test_the_converter_lives_on_after_each(converter: Converter) -> None:
    with pytest.raises(HelperError):
        converter.convert_bytes(office_files.replaced(office_files.docx(), "word/document.xml", LAUGHS), "a.docx")
    assert converter.convert_bytes(office_files.xlsx(), "a.xlsx")
    assert converter.convert_bytes(office_files.xlsx(10_000), "large.xlsx")


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(MAIN)), seed=st.integers(0, 2**32))
def test_mutated_parts(name: str, seed: int) -> None:
    """What is inside the zip is spoilt, so that no checksum saves the readers."""
    chance = random.Random(seed)
    with zipfile.ZipFile(BytesIO(REAL[name]())) as archive:
        member = chance.choice([one for one in archive.namelist() if one.endswith((".xml", ".rels", ".opf", ".xhtml"))])
        content = bytearray(archive.read(member))
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(content))
        piece = chance.choice([b"", b"9" * 30, b"<", b'"/>', b"\xff", b"-1", bytes(content[:40])])
        content[at : at + chance.randint(0, 12)] = piece
    readable_or_refused(office_files.replaced(REAL[name](), member, bytes(content)), name)
