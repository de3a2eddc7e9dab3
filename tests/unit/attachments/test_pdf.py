"""PDF pages as pictures."""

from __future__ import annotations

import pymupdf
import pytest
from PIL import Image

from desktop_helper.attachments import pdf
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.image_tokens import MAX_BYTES, padded_size
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import sample_files


def convert(data: bytes, budget: int = 6144) -> tuple[MediaPart, ...]:
    return pdf.HANDLER.convert(data, "a.pdf", ConvertOptions(budget))


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
    note, *pages = pdf.HANDLER.convert(sample_files.pdf(21), "a.pdf", ConvertOptions(200, heard.append))
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
