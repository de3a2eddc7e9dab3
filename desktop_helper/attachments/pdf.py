"""PDF files, page by page as pictures, so that the model sees layout, formulas and scans, and the text beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import SEEK_END, BytesIO
from typing import TYPE_CHECKING, BinaryIO

from desktop_helper.attachments import _errors, _pages, _pdf_remarks, _pdf_text
from desktop_helper.attachments._omitted import Omitted
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.coming import Coming
from desktop_helper.core.documents import PageReading, PageText
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_parts import Area
from desktop_helper.core.image_tokens import MAX_BYTES, MAX_SIDE, PATCH, image_tokens, padded_size
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.notes import note
from desktop_helper.core.pages import most_characters
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

if TYPE_CHECKING:
    import pymupdf

POINTS_PER_INCH = 72
MAX_PNG_BYTES = 1_500_000  # above this the page is a scan or a photograph, for which JPEG is the right format
PNG_LEVEL = 2  # by Pillow: in two thirds of the time that MuPDF needs, and as small
JPEG_QUALITIES = (90, 80, 65)
_END = 2048  # bytes in which a whole file says that it ends


def _matches(head: bytes, name: str) -> bool:
    return b"%PDF-" in head[:1024]  # every reader forgives rubbish before the header, so such files exist


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    with opened(name, data=data) as document:
        return _read(document, name, options, lambda: _digest(data))


def made_of(
    data: bytes, source: bytes, name: str, options: ConvertOptions, *, with_text: bool = True
) -> tuple[MediaPart, ...]:
    """The parts of a PDF that was made of the file whose bytes are `source`. Raises `HelperError(SOURCE)`."""
    with opened(name, data=data) as document:
        return _read(document, name, options, lambda: _digest(source), with_text=with_text)


def _convert_file(file: BinaryIO, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """Only the pages that are wanted are read from the disk."""
    file.seek(0)
    if not file.read(1):
        raise _errors.empty(name)
    with opened(name, file=file) as document:
        return _read(document, name, options, lambda: _digest(file))


def texts(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    """How many pages there are, and what those that are wanted say. Raises `HelperError(SOURCE)`."""
    found = opened(name, data=source) if isinstance(source, bytes) else opened(name, file=source)
    with found as document:
        unlock(document, name, wanted.password)
        try:
            count = document.page_count
            numbers = range(max(1, wanted.first), min(count, wanted.last) + 1)
            return count, [_pdf_text.read(document[number - 1], name) for number in numbers]
        except MemoryError:
            raise
        except Exception as error:
            raise _errors.damaged(name) from error


def _digest(source: bytes | BinaryIO) -> str:
    import hashlib

    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    source.seek(0)
    return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]  # it is a file of bytes


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


def is_locked(data: bytes, name: str) -> bool:
    """Whether only a password opens it. Raises `HelperError(SOURCE)`."""
    if b"/Encrypt" not in data:
        return False  # nothing is made of the file to find that out
    with opened(name, data=data) as document:
        return bool(document.needs_pass)


def unlock(document: pymupdf.Document, name: str, password: str) -> None:
    """Open a document that needs a password. Raises `HelperError(LOCKED)`."""
    if document.needs_pass and not (password and document.authenticate(password)):
        raise _errors.locked(name, wrong=bool(password))


def _read(
    document: pymupdf.Document,
    name: str,
    options: ConvertOptions,
    digest: Callable[[], str],
    *,
    with_text: bool = True,
) -> tuple[MediaPart, ...]:
    unlock(document, name, options.password)
    try:
        return _pictures_and_text(document, name, options, digest, with_text=with_text)
    except (MemoryError, HelperError):
        raise
    except Exception as error:
        raise _errors.damaged(name) from error


def _pictures_and_text(
    document: pymupdf.Document,
    name: str,
    options: ConvertOptions,
    digest: Callable[[], str],
    *,
    with_text: bool,
) -> tuple[MediaPart, ...]:
    count = document.page_count
    if count == 0:
        raise ValueError("no pages")
    numbers = _pages.selected(name, count, options.pages)
    pictures: list[ImagePart] = []
    omitted = Omitted(name)
    words = _pdf_text.Words(name, count, most_characters(options.max_video_tokens) if with_text else 0, omitted)
    for place, number in enumerate(numbers):
        message = tr("Reading {name}, page {page} of {count}", name=name, page=place + 1, count=len(numbers))
        options.on_progress(Progress(message, place / len(numbers)))
        title = tr("{name}, page {page} of {count}", name=name, page=number, count=count)
        page = document[number - 1]
        smallest = words.add(number, page)
        part = _part_of(page, options.wish.area) if options.wish.area else page.rect
        dots_per_inch = _pdf_text.MOST_DPI if options.wish.area else _pdf_text.dots_per_inch(smallest)
        pictures.append(picture := _page(page, title, options.max_image_tokens, dots_per_inch, part))
        options.on_coming(Coming(picture, place + 1, len(numbers), count))
    notes = _pages.notes(name, count, options.pages, numbers, digest)
    if not notes and not options.pages and count > 1 and _too_much(pictures, options):
        notes = [_pages.all_there(name, count, digest)]
    # What is said of the whole file goes first: what follows the note about pages gives way to those chosen later.
    about_it = _pdf_remarks.left_out(document, name, omitted)
    if _breaks_off(document):
        text = tr("{name} breaks off before its end: some of it may be missing.", name=name)
        about_it.append(note(tr("{name}, what was left out", name=name), text))
    return (*about_it, *notes, *pictures, *words.parts())


def _breaks_off(document: pymupdf.Document) -> bool:
    """Whether MuPDF has put together what was there of a file, of which the end was not."""
    if not document.is_repaired:
        return False
    if document.stream:
        return b"%%EOF" not in document.stream[-_END:]
    with open(document.name, "rb") as file:
        file.seek(max(0, file.seek(0, SEEK_END) - _END))
        return b"%%EOF" not in file.read()


def page_tokens(page: pymupdf.Page, max_tokens: int, dots_per_inch: float) -> int:
    """What the picture of a page costs, without drawing it."""
    scale = _scale(page.rect.width, page.rect.height, max_tokens, dots_per_inch)
    width, height = padded_size(math.ceil(page.rect.width * scale), math.ceil(page.rect.height * scale))
    return image_tokens(width, height)


def _too_much(pictures: Sequence[ImagePart], options: ConvertOptions) -> bool:
    """Whether they may be too many for the model, which is only known when the question is asked."""
    return sum(picture.tokens for picture in pictures) > options.max_video_tokens


def _page(page: pymupdf.Page, title: str, max_tokens: int, dots_per_inch: float, part: pymupdf.Rect) -> ImagePart:
    import pymupdf

    scale = _scale(part.width, part.height, max_tokens, dots_per_inch)
    clip = None if part == page.rect else part
    drawn = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False, clip=clip)
    pixmap = _padded(drawn)
    data, mime = _encoded(pixmap)
    return ImagePart(data, mime, pixmap.width, pixmap.height, title, image_tokens(pixmap.width, pixmap.height))


def _part_of(page: pymupdf.Page, area: Area) -> pymupdf.Rect:
    """The part of the page that is wanted, as it is seen; a point of it at least."""
    import pymupdf

    box = page.rect
    left, top = (min(max(0.0, share), 0.99) for share in area[:2])
    right, bottom = min(1.0, left + max(0.01, area[2])), min(1.0, top + max(0.01, area[3]))
    return pymupdf.Rect(
        box.x0 + left * box.width, box.y0 + top * box.height, box.x0 + right * box.width, box.y0 + bottom * box.height
    )


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
    from PIL import Image

    size = (pixmap.width, pixmap.height)
    buffer = BytesIO()
    image = Image.frombuffer("RGB", size, pixmap.samples_mv, "raw", "RGB", pixmap.stride, 1)
    image.save(buffer, "PNG", compress_level=PNG_LEVEL)
    if buffer.tell() <= MAX_PNG_BYTES:
        return buffer.getvalue(), "image/png"
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
    title=lambda: "PDF",
    suffixes=(".pdf",),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    convert_file=_convert_file,
    has_pages=True,
    page_texts=texts,
    packages=("pymupdf", "PIL.Image"),
)
