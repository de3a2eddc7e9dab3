"""PDF files, page by page as pictures, so that the model sees layout, formulas and scans, and the text beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from desktop_helper.attachments import _errors, _pages, _pdf_text
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import MAX_BYTES, MAX_SIDE, PATCH, image_tokens, padded_size
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.pages import most_characters
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

if TYPE_CHECKING:
    import pymupdf

POINTS_PER_INCH = 72
MAX_PNG_BYTES = 1_500_000  # above this the page is a scan or a photograph, for which JPEG is the right format
JPEG_QUALITIES = (90, 80, 65)


def _matches(head: bytes, name: str) -> bool:
    return b"%PDF-" in head[:1024]  # every reader forgives rubbish before the header, so such files exist


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    with opened(name, data=data) as document:
        return _read(document, name, options)


def _convert_file(file: BinaryIO, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """Only the pages that are wanted are read from the disk."""
    file.seek(0)
    if not file.read(1):
        raise _errors.empty(name)
    with opened(name, file=file) as document:
        return _read(document, name, options)


@contextmanager
def opened(name: str, *, data: bytes = b"", file: BinaryIO | None = None) -> Iterator[pymupdf.Document]:
    """The document in a file or in its bytes. Raises `HelperError(SOURCE)`."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)  # what matters arrives as an exception as well
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        if file is None:
            document = pymupdf.open(stream=data, filetype="pdf")
        else:
            document = pymupdf.open(file.name, filetype="pdf")
    except MemoryError:
        raise  # ends this process, and the parent says that the file needs too much
    except Exception as error:  # MuPDF's exceptions share no base class
        raise _not_opened(data or _head(file), name) from error
    with document:
        yield document


def _head(file: BinaryIO | None) -> bytes:
    if file is None:
        return b""
    file.seek(0)
    return file.read(1024)


def _not_opened(data: bytes, name: str) -> Exception:
    if _matches(data, name):
        return _errors.damaged(name)
    return _errors.unreadable(tr("{name} is not a PDF file.", name=name), tr("Check what kind of file it is."))


def _read(document: pymupdf.Document, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    unlock(document, name, options.password)
    try:
        return _pictures_and_text(document, name, options)
    except (MemoryError, HelperError):
        raise
    except Exception as error:
        raise _errors.damaged(name) from error


def unlock(document: pymupdf.Document, name: str, password: str) -> None:
    """Open a document that needs a password. Raises `HelperError(LOCKED)`."""
    if document.needs_pass and not (password and document.authenticate(password)):
        raise _errors.locked(name, wrong=bool(password))


def _pictures_and_text(document: pymupdf.Document, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    count = document.page_count
    if count == 0:
        raise ValueError("no pages")
    numbers, notes = _pages.selected(name, count, options.pages)
    pictures: list[MediaPart] = []
    words = _pdf_text.Words(name, count, most_characters(options.max_video_tokens))
    for place, number in enumerate(numbers):
        message = tr("Reading {name}, page {page} of {count}", name=name, page=place + 1, count=len(numbers))
        options.on_progress(Progress(message, place / len(numbers)))
        title = tr("{name}, page {page} of {count}", name=name, page=number, count=count)
        page = document[number - 1]
        smallest = words.add(number, page)
        pictures.append(_page(page, title, options.max_image_tokens, _pdf_text.dots_per_inch(smallest)))
    return (*notes, *pictures, *words.parts())


def page_tokens(page: pymupdf.Page, max_tokens: int, dots_per_inch: float) -> int:
    """What the picture of a page costs, without drawing it."""
    scale = _scale(page.rect.width, page.rect.height, max_tokens, dots_per_inch)
    width, height = padded_size(math.ceil(page.rect.width * scale), math.ceil(page.rect.height * scale))
    return image_tokens(width, height)


def _page(page: pymupdf.Page, title: str, max_tokens: int, dots_per_inch: float) -> ImagePart:
    import pymupdf

    scale = _scale(page.rect.width, page.rect.height, max_tokens, dots_per_inch)
    pixmap = _padded(page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False))
    data, mime = _encoded(pixmap)
    return ImagePart(data, mime, pixmap.width, pixmap.height, title, image_tokens(pixmap.width, pixmap.height))


def _padded(pixmap: pymupdf.Pixmap) -> pymupdf.Pixmap:
    """With white added at the right or the bottom if it is smaller or thinner than a model accepts."""
    import pymupdf

    width, height = padded_size(pixmap.width, pixmap.height)
    if (width, height) == (pixmap.width, pixmap.height):
        return pixmap
    paper = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, width, height), False)
    paper.clear_with(255)
    pixmap.set_origin(0, 0)
    paper.copy(pixmap, pixmap.irect)
    return paper


def _encoded(pixmap: pymupdf.Pixmap) -> tuple[bytes, str]:
    data: bytes = pixmap.tobytes("png")
    if len(data) <= MAX_PNG_BYTES:
        return data, "image/png"
    for quality in JPEG_QUALITIES:
        data = pixmap.tobytes("jpeg", jpg_quality=quality)
        if len(data) <= MAX_BYTES:
            break
    return data, "image/jpeg"


def _scale(width: float, height: float, max_tokens: int, dots_per_inch: float) -> float:
    """Pixels per point: no finer than needed, and within the limits whatever the page claims to measure."""
    budget = max_tokens * PATCH * PATCH
    scale = min(
        dots_per_inch / POINTS_PER_INCH,
        math.sqrt(budget / (width * height)),
        (MAX_SIDE - 1) / max(width, height),
    )
    while image_tokens(math.ceil(width * scale), math.ceil(height * scale)) > max_tokens:
        scale *= 0.99  # both sides were rounded up to a whole token
    return scale


HANDLER = AttachmentHandler(
    name="pdf",
    suffixes=(".pdf",),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    convert_file=_convert_file,
    has_pages=True,
)
