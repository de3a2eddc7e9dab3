"""PDF pages as pictures."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image

from desktop_helper.attachments import _pdf_text, pdf
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.image_tokens import MAX_BYTES, padded_size
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.pages import ranges_of
from desktop_helper.core.protocols import ConvertOptions
from tests.support import sample_files


def convert(data: bytes, budget: int = 6144, **options: Any) -> tuple[MediaPart, ...]:
    """The pictures, with what is said about those left out; the text is `words`."""
    parts = pdf.HANDLER.convert(data, "a.pdf", ConvertOptions(budget, **options))
    return tuple(part for part in parts if isinstance(part, ImagePart) or part.mime == NOTE_MIME)


def words(data: bytes, **options: Any) -> str:
    """The text layer as it is sent."""
    parts = pdf.HANDLER.convert(data, "a.pdf", ConvertOptions(**options))
    return "".join(part.text for part in parts if isinstance(part, FilePart) and part.mime != NOTE_MIME)


def refusal(data: bytes) -> str:
    with pytest.raises(HelperError) as caught:
        convert(data)
    return caught.value.message


def test_each_page_is_a_picture() -> None:
    parts = convert(sample_files.pdf(3))
    assert [part.name for part in parts] == ["a.pdf, page 1 of 3", "a.pdf, page 2 of 3", "a.pdf, page 3 of 3"]
    for part in parts:
        assert isinstance(part, ImagePart)
        assert sample_files.decoded(part.data).convert("L").getextrema()[0] == 0  # there is writing on it


def test_pages_left_out_are_mentioned() -> None:
    heard: list[Progress] = []
    note, *pages = convert(sample_files.pdf(21), 200, on_progress=heard.append)
    assert isinstance(note, FilePart)
    assert note.mime == NOTE_MIME
    assert note.text == "a.pdf has 21 pages; only the first 20 are attached."
    assert len(pages) == 20
    assert [progress.fraction for progress in heard] == [number / 20 for number in range(20)]


@pytest.mark.parametrize("size", [(1_000_000, 1_000_000), (14_400, 3), (3, 14_400), (1, 1), (595, 842)])
@pytest.mark.parametrize("budget", [8, 1500, 6144])
def test_pages_of_any_size_stay_within_the_limits(size: tuple[float, float], budget: int) -> None:
    (part,) = convert(sample_files.pdf(1, *size), budget)
    assert isinstance(part, ImagePart)
    assert part.tokens <= budget
    assert max(part.width, part.height) <= 6000
    assert padded_size(part.width, part.height) == (part.width, part.height) == sample_files.decoded(part.data).size


def test_a_thin_page_keeps_what_is_on_it_and_gets_white_below() -> None:
    with pymupdf.open() as document:
        document.new_page(width=2000, height=8).draw_rect((0, 0, 2000, 8), color=0, fill=0)
        (part,) = convert(document.tobytes())
    assert isinstance(part, ImagePart)
    page = sample_files.decoded(part.data).convert("L")
    assert page.size == (4167, 28)
    assert page.crop((0, 0, 4166, 16)).getextrema() == (0, 0)
    assert page.crop((0, 17, 4167, 28)).getextrema() == (255, 255)


def test_a_page_full_of_noise_is_small_enough_to_be_sent() -> None:
    noise = Image.effect_noise((2200, 2200), 120).convert("RGB")
    noise = Image.merge("RGB", [noise.getchannel(0), *(noise.rotate(90 * turn).getchannel(0) for turn in (1, 2))])
    (part,) = convert(sample_files.encoded(noise, "PDF", resolution=150.0, quality=100))
    assert isinstance(part, ImagePart)
    assert part.mime == "image/jpeg"
    assert 1_000_000 < len(part.data) <= MAX_BYTES


def test_a_password_is_named_as_the_reason() -> None:
    assert refusal(sample_files.pdf(password="x")) == "a.pdf is protected with a password."


def test_what_is_no_pdf_is_refused() -> None:
    assert refusal(b"hello") == "a.pdf is not a PDF file."


@pytest.mark.parametrize("data", [b"%PDF-1.7\n" + b"\0rubbish" * 99, sample_files.PDF_HEAD[:40]])
def test_a_broken_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "a.pdf is damaged and cannot be read to its end."


def test_a_page_that_fills_the_memory_is_not_called_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("pymupdf.Page.get_pixmap", fill)
    with pytest.raises(MemoryError):  # the process ends with an exit code for it, see `core.child_side`
        convert(sample_files.pdf(1))


def test_rubbish_before_the_header_is_forgiven() -> None:
    data = b"\r\n\r\n" + sample_files.pdf(1)
    assert pdf.HANDLER.matches(data[:4096], "download")
    assert len(convert(data)) == 1


def with_text(size: float, text: str = "Marmalade 1234567890", pages: int = 1) -> bytes:
    with pymupdf.open() as document:
        for _ in range(pages):
            document.new_page().insert_text((72, 72), "\n".join([text] * 20), fontsize=size)
        return bytes(document.tobytes())


class TestText:
    def test_the_text_of_the_pages_goes_beside_the_pictures(self) -> None:
        text = words(sample_files.pdf(3))
        assert [f"[page {page} of 3]\nThis is page {page}." in text for page in (1, 2, 3)] == [True] * 3

    def test_of_chosen_pages_only_theirs(self) -> None:
        text = words(sample_files.pdf(5), pages=ranges_of("2,4"))
        assert [f"This is page {page}." in text for page in range(1, 6)] == [False, True, False, True, False]

    def test_a_scan_has_none(self) -> None:
        with pymupdf.open() as document:
            document.new_page().draw_rect((50, 50, 200, 200), color=0, fill=0)
            assert words(document.tobytes()) == ""

    def test_what_is_too_much_is_said(self) -> None:
        data = with_text(10, "word " * 15, pages=3)
        said, note, *pictures = convert(data, max_video_tokens=900)
        assert isinstance(said, FilePart)
        assert said.text == "a.pdf has 3 pages; all of them are attached."
        assert isinstance(note, ImagePart)  # the pictures are all there
        assert [part.mime for part in pictures] == ["image/png", "image/png", NOTE_MIME]
        last = pictures[-1]
        assert isinstance(last, FilePart)
        assert last.text == "The text of a.pdf is attached up to page 2; the pictures show the rest."
        assert 1700 < len(words(data, max_video_tokens=900)) < 2000

    @pytest.mark.parametrize(
        ("text", "sense"),
        [
            ("", False),
            ("\ufffd" * 9, False),
            ("\uf0a7\uf0b7 \x01\x02", False),
            ("• \ufffd marmalade", True),
            ("目录", True),
        ],
    )
    def test_letters_that_mean_nothing_are_not_sent(self, text: str, sense: bool) -> None:
        assert _pdf_text.is_sense(text) is sense


class TestSmallPrint:
    @pytest.mark.parametrize(("size", "least", "most"), [(24, 100, 120), (10, 115, 125), (6, 190, 205), (4, 290, 300)])
    def test_pages_are_drawn_as_finely_as_their_smallest_text_needs(self, size: float, least: int, most: int) -> None:
        (page,) = convert(with_text(size), budget=20_000)
        assert isinstance(page, ImagePart)
        assert least <= page.width * 72 / 595 <= most + 1

    def test_a_footnote_mark_does_not_count(self) -> None:
        with pymupdf.open(stream=with_text(12)) as document:
            document[0].insert_text((72, 700), "1", fontsize=4)
            (page,) = convert(document.tobytes())
        assert isinstance(page, ImagePart)
        assert page.width * 72 / 595 < 125

    def test_the_budget_comes_first(self) -> None:
        (page,) = convert(with_text(4), budget=700)
        assert isinstance(page, ImagePart)
        assert page.tokens <= 700


class TestPages:
    def test_chosen_pages(self) -> None:
        note, *pages = convert(sample_files.pdf(9), pages=ranges_of("3-4, 8-"))
        assert isinstance(note, FilePart)
        assert note.text == "a.pdf has 9 pages; attached are 3–4, 8–9, as chosen."
        assert [part.name for part in pages] == [f"a.pdf, page {page} of 9" for page in (3, 4, 8, 9)]

    def test_pages_that_are_not_there_are_named(self) -> None:
        note, page = convert(sample_files.pdf(9), pages=ranges_of("3, 10-12, 20"))
        assert isinstance(note, FilePart)
        assert note.text == "a.pdf has 9 pages; attached is page 3, as chosen. There is no page 10-12, 20."
        assert page.name == "a.pdf, page 3 of 9"

    def test_all_of_them_need_no_note(self) -> None:
        assert len(convert(sample_files.pdf(2), pages=ranges_of("1-"))) == 2

    def test_more_than_can_be_sent(self) -> None:
        note, *pages = convert(sample_files.pdf(130), 8, pages=ranges_of("2-"))
        assert isinstance(note, FilePart)
        assert "129 were chosen; attached are the first 100 of those: 2–101." in note.text
        assert len(pages) == 100

    def test_none_of_them_is_there(self) -> None:
        with pytest.raises(HelperError, match=r"a\.pdf has 2 pages: 5- is not among them\."):
            convert(sample_files.pdf(2), pages=ranges_of("5-"))

    def test_a_thousand_pages_are_not_all_read(self, tmp_path: Path) -> None:
        path = tmp_path / "long.pdf"
        path.write_bytes(sample_files.pdf(1000))
        begun = time.perf_counter()
        with path.open("rb") as file:
            assert pdf.HANDLER.convert_file is not None
            *_, last, text = pdf.HANDLER.convert_file(file, "long.pdf", ConvertOptions(100, pages=ranges_of("990")))
        assert last.name == "long.pdf, page 990 of 1000"
        assert isinstance(text, FilePart)
        assert "This is page 990." in text.text
        assert time.perf_counter() - begun < 5


class TestPasswords:
    def test_the_right_one_opens_it(self) -> None:
        (page,) = convert(sample_files.pdf(password="mar malade 密码"), password="mar malade 密码")
        assert isinstance(page, ImagePart)

    def test_a_wrong_one_is_said_to_be_wrong(self) -> None:
        with pytest.raises(HelperError) as caught:
            convert(sample_files.pdf(password="right"), password="wrong")
        assert caught.value.kind is ErrorKind.LOCKED
        assert caught.value.message == "The password does not open a.pdf."
        assert "wrong" not in str(caught.value)

    def test_none_is_asked_for(self) -> None:
        with pytest.raises(HelperError) as caught:
            convert(sample_files.pdf(password="right"))
        assert caught.value.kind is ErrorKind.LOCKED

    def test_it_is_not_in_what_is_logged_of_the_options(self) -> None:
        assert "secret" not in repr(ConvertOptions(password="secret"))


def test_what_is_no_pdf_is_said_of_open_files_too(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7" + bytes(50))
    assert pdf.HANDLER.convert_file is not None
    with path.open("rb") as file, pytest.raises(HelperError, match=r"a\.pdf is damaged"):
        pdf.HANDLER.convert_file(file, "a.pdf", ConvertOptions())
    with BytesIO() as nothing, pytest.raises(HelperError, match=r"a\.pdf is empty"):
        pdf.HANDLER.convert_file(nothing, "a.pdf", ConvertOptions())
