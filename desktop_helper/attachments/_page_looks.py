"""Small pictures of the pages of one document, for who chooses some of them, and what each page would cost.

Frames from the parent (`services.page_looks`): `pages`, with the `path`, a `password`, and `what`: `about`, `page` or
`costs`. A document stays open until another one is asked for; of one of Office, that is what LibreOffice makes of it.
Frames back: `about`, `picture` with a PNG or JPEG as payload, `costs`, or `error`.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from desktop_helper.attachments import _errors, _pdf_text, _printed, image, pdf
from desktop_helper.attachments._omitted import Omitted
from desktop_helper.core.child_side import Channel
from desktop_helper.core.errors import HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import set_language, tr
from desktop_helper.core.image_tokens import image_tokens
from desktop_helper.core.protocols import ConvertOptions

if TYPE_CHECKING:
    import pymupdf
    from PIL import Image

QUALITY = 85
KEPT_SHARE = 25  # percent of what MuPDF has kept of pages; all of it would be 256 MB after some hundreds
_TIDY_EVERY = 40  # pages
_TIFF = (b"II*\0", b"MM\0*")

_open: dict[tuple[str, str], _Pages] = {}  # one at most


class _Pages(Protocol):
    """An open document, whose pages are counted from 1."""

    count: int

    def shape(self) -> tuple[float, float]:
        """Of the first page."""
        ...

    def picture(self, number: int, room: tuple[int, int]) -> bytes:
        """A page, no larger than `room`."""
        ...

    def cost(self, number: int, max_tokens: int) -> dict[str, int]:
        """Tokens of its picture, characters of its text."""
        ...

    def close(self) -> None:
        """Let the file go."""
        ...


def answer(frame: Frame, channel: Channel) -> None:
    """Answer one frame of the parent. Raises `HelperError`."""
    header = frame.header
    set_language(header["language"])
    name, most = str(header["name"]), int(header["max_image_tokens"])
    try:
        pages = _pages_of(str(header["path"]), name, str(header["password"]))
        if header["what"] == "about":
            width, height = pages.shape()
            channel.send({"type": "about", "count": pages.count, "width": width, "height": height})
        elif header["what"] == "costs":
            costs = [_cost_or_nothing(pages, int(number), most) for number in header["numbers"]]
            channel.send({"type": "costs", "costs": costs})
        else:
            number, room = int(header["number"]), (int(header["width"]), int(header["height"]))
            data = pages.picture(number, room)
            channel.send({"type": "picture"} | pages.cost(number, most), data)
    except (HelperError, MemoryError):
        raise
    except Exception as error:  # a damaged file makes its reader say anything
        raise _errors.damaged(name) from error


def _cost_or_nothing(pages: _Pages, number: int, most: int) -> dict[str, int]:
    try:
        return pages.cost(number, most)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # its reader says anything; that it is damaged is told where it is seen
        return {"tokens": 0, "characters": 0}


def _pages_of(path: str, name: str, password: str) -> _Pages:
    key = path, password
    if key not in _open:
        for other in _open.values():
            other.close()
        _open.clear()
        if not Path(path).is_file():
            raise _errors.unreadable(tr("There is no file {name}.", name=path), tr("Check how its path is written."))
        _open[key] = _opened(Path(path), name, password)
    return _open[key]


def _opened(path: Path, name: str, password: str) -> _Pages:
    with path.open("rb") as file:
        head = file.read(8)
    if head[:4] in _TIFF:
        return _TiffPages(path, name)
    if head.startswith(_printed.STARTS):
        return _PdfPages(_printed.as_pdf(path.read_bytes(), name), name, "")
    return _PdfPages(path, name, password)


class _PdfPages:
    def __init__(self, source: Path | bytes, name: str, password: str) -> None:
        with ExitStack() as opening:
            if isinstance(source, bytes):
                found = pdf.opened(name, data=source)
            else:
                found = pdf.opened(name, file=opening.enter_context(source.open("rb")))
            self._document: pymupdf.Document = opening.enter_context(found)
            pdf.unlock(self._document, name, password)
            self.count: int = self._document.page_count
            self._stack = opening.pop_all()
        self._drawn = 0

    def shape(self) -> tuple[float, float]:
        rect = self._document[0].rect
        return rect.width, rect.height

    def picture(self, number: int, room: tuple[int, int]) -> bytes:
        import pymupdf

        page = self._document[number - 1]
        scale = min(room[0] / page.rect.width, room[1] / page.rect.height)
        pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False)
        self._drawn += 1
        if self._drawn % _TIDY_EVERY == 0:
            pymupdf.TOOLS.store_shrink(100 - KEPT_SHARE)
        data: bytes = pixmap.tobytes("jpeg", jpg_quality=QUALITY)
        return data

    def cost(self, number: int, max_tokens: int) -> dict[str, int]:
        page = self._document[number - 1]
        text, smallest = _pdf_text.words_of(page, Omitted(""), in_order=False)
        tokens = pdf.page_tokens(page, max_tokens, _pdf_text.dots_per_inch(smallest))
        return {"tokens": tokens, "characters": len(text)}

    def close(self) -> None:
        self._stack.close()


class _TiffPages:
    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        self._image: Image.Image = image.opened(path.read_bytes(), name)
        self.count: int = getattr(self._image, "n_frames", 1)

    def shape(self) -> tuple[float, float]:
        self._image.seek(0)
        return self._image.width, self._image.height

    def picture(self, number: int, room: tuple[int, int]) -> bytes:
        self._image.seek(number - 1)
        return image.part(self._image, b"", self._name, ConvertOptions(image_tokens(*room))).data

    def cost(self, number: int, max_tokens: int) -> dict[str, int]:
        self._image.seek(number - 1)
        return {"tokens": image.page_tokens(self._image, max_tokens), "characters": 0}

    def close(self) -> None:
        self._image.close()
