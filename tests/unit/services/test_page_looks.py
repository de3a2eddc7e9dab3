"""Looking at single pages of a document: never in this process, and with the cost that they have in a question."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter
from desktop_helper.services.page_looks import PageLooks
from tests.support import sample_files

ROOM = (120, 170)
WORKER = child_argv("desktop_helper.attachments._worker")


@pytest.fixture
def open_looks(tmp_path: Path) -> Iterator:
    made: list[PageLooks] = []

    def begin(data: bytes, name: str = "a.pdf", password: str = "", most: int = 6144) -> PageLooks:
        path = tmp_path / name
        path.write_bytes(data)
        made.append(PageLooks(WORKER, tmp_path, path, password=password, max_image_tokens=most))
        return made[-1]

    yield begin
    for looks in made:
        looks.close()


def coloured(*colours: str) -> bytes:
    """A TIFF with a page of each colour."""
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    first, *others = (Image.new("RGB", (600, 300), colour) for colour in colours)
    first.save(buffer, "TIFF", save_all=True, append_images=others)
    return buffer.getvalue()


def test_pages_of_a_pdf(open_looks) -> None:
    looks = open_looks(sample_files.pdf(3))
    about = looks.about()
    assert about.count == 3
    assert about.height / about.width == pytest.approx(842 / 595)
    shown = sample_files.decoded(looks.page(2, ROOM).data)
    assert shown.width <= 121
    assert 169 <= shown.height <= 171


@pytest.mark.parametrize(
    "most", [6144, pytest.param(1500, marks=pytest.mark.slow), pytest.param(300, marks=pytest.mark.slow)]
)
def test_the_cost_is_what_the_converter_makes_of_it(open_looks, tmp_path: Path, most: int) -> None:
    looks = open_looks(sample_files.pdf(2), most=most)
    converter = Converter(WORKER, tmp_path)
    try:
        parts = converter.convert_file(tmp_path / "a.pdf", ConvertOptions(most))
    finally:
        converter.close()
    pictures = [part for part in parts if isinstance(part, ImagePart)]
    assert [cost.tokens for cost in looks.costs([1, 2]).values()] == pytest.approx(
        [part.tokens for part in pictures], rel=0.02
    )
    assert looks.page(1, ROOM).cost.characters == len("This is page 1.")


def test_pages_of_a_tiff(open_looks) -> None:
    looks = open_looks(coloured("red", "lime", "blue"), "a.tif")
    assert looks.about().count == 3
    shown = sample_files.decoded(looks.page(2, ROOM).data).convert("RGB")
    assert shown.width <= 200
    assert shown.getpixel((20, 20)) == pytest.approx((0, 255, 0), abs=40)
    assert looks.costs([3])[3].tokens == 21 * 11


def test_a_password_opens_it(open_looks) -> None:
    data = sample_files.pdf(2, password="open-sesame")
    with pytest.raises(HelperError) as caught:
        open_looks(data).about()
    assert caught.value.kind is ErrorKind.LOCKED
    assert open_looks(data, password="open-sesame").about().count == 2


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 and nothing more"])
def test_what_is_no_document_is_a_sentence(open_looks, data: bytes) -> None:
    with pytest.raises(HelperError, match=r"a\.pdf") as caught:
        open_looks(data).about()
    assert caught.value.kind is ErrorKind.SOURCE


def test_a_page_that_is_not_there_spoils_no_other(open_looks) -> None:
    looks = open_looks(sample_files.pdf(2))
    with pytest.raises(HelperError, match="damaged"):
        looks.page(7, ROOM)
    costs = looks.costs([1, 7])
    assert costs[7].tokens == 0
    assert costs[1].tokens > 100
    assert looks.page(1, ROOM).data


def test_a_file_that_is_gone_is_a_sentence(open_looks, tmp_path: Path) -> None:
    looks = open_looks(sample_files.pdf(1))
    (tmp_path / "a.pdf").unlink()
    with pytest.raises(HelperError, match="There is no file"):
        looks.about()


@pytest.mark.timed
def test_closing_ends_what_is_under_way(tmp_path: Path) -> None:
    looks = PageLooks(child_argv("tests.support.deaf_child"), tmp_path, tmp_path / "a.pdf", max_image_tokens=1500)
    found: list[HelperError] = []

    def look() -> None:
        try:
            looks.about()
        except HelperError as error:
            found.append(error)

    thread = threading.Thread(target=look)
    thread.start()
    time.sleep(0.3)
    begun = time.monotonic()
    looks.close()
    thread.join(5)
    assert time.monotonic() - begun < 1
    assert found[0].kind is ErrorKind.CANCELLED


def test_one_that_says_nonsense_is_given_up(tmp_path: Path) -> None:
    liar = PageLooks(child_argv("tests.support.deaf_child", "lie"), tmp_path, tmp_path / "a.pdf", max_image_tokens=99)
    try:
        for ask in (liar.about, lambda: liar.page(1, ROOM), lambda: liar.costs([1])):
            with pytest.raises(HelperError, match="it sent something unreadable"):
                ask()
    finally:
        liar.close()
