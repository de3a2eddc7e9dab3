"""PDF files, page by page as pictures, so that the model sees layout, formulas and scans as they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from desktop_helper.attachments import _errors
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import MAX_BYTES, MAX_SIDE, PATCH, image_tokens, padded_size
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

if TYPE_CHECKING:
    import pymupdf

MAX_PAGES = 20
DOTS_PER_INCH = 150  # small print stays readable; an A4 page costs about 2,800 tokens
POINTS_PER_INCH = 72
MAX_PNG_BYTES = 1_500_000  # above this the page is a scan or a photograph, for which JPEG is the right format
JPEG_QUALITIES = (90, 80, 65)


def _matches(head: bytes, name: str) -> bool:
    return b"%PDF-" in head[:1024]  # every reader forgives rubbish before the header, so such files exist


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)  # what matters arrives as an exception as well
    pymupdf.TOOLS.mupdf_display_warnings(False)
    try:
        document = pymupdf.open(stream=data, filetype="pdf")
    except MemoryError:
        raise  # ends this process, and the parent says that the file needs too much
    except Exception as error:  # MuPDF's exceptions share no base class
        raise _not_opened(data, name) from error
    with document:
        if document.needs_pass:
            raise _errors.protected(name)
        try:
            return _pages(document, name, options)
        except MemoryError:
            raise
        except Exception as error:
            raise _errors.damaged(name) from error


def _not_opened(data: bytes, name: str) -> Exception:
    if _matches(data, name):
        return _errors.damaged(name)
    return _errors.unreadable(tr("{name} is not a PDF file.", name=name), tr("Check what kind of file it is."))


def _pages(document: pymupdf.Document, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    count = document.page_count
    if count == 0:
        raise ValueError("no pages")
    shown = min(count, MAX_PAGES)
    parts: list[MediaPart] = []
    if shown < count:
        parts.append(_note(name, count, shown))
    for number in range(1, shown + 1):
        message = tr("Reading {name}, page {page} of {count}", name=name, page=number, count=shown)
        options.on_progress(Progress(message, (number - 1) / shown))
        title = tr("{name}, page {page} of {count}", name=name, page=number, count=count)
        parts.append(_page(document[number - 1], title, options.max_image_tokens))
    return tuple(parts)


def _note(name: str, count: int, shown: int) -> FilePart:
    text = tr("{name} has {count} pages; only the first {shown} are attached.", name=name, count=count, shown=shown)
    title = tr("{name}, pages 1 to {shown} of {count}", name=name, count=count, shown=shown)
    return FilePart(text.encode(), NOTE_MIME, title, text)


def _page(page: pymupdf.Page, title: str, max_tokens: int) -> ImagePart:
    import pymupdf

    scale = _scale(page.rect.width, page.rect.height, max_tokens)
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


def _scale(width: float, height: float, max_tokens: int) -> float:
    """Pixels per point: no finer than needed, and within the limits whatever the page claims to measure."""
    budget = max_tokens * PATCH * PATCH
    scale = min(
        DOTS_PER_INCH / POINTS_PER_INCH,
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
)
