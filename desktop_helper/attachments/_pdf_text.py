"""The text layer of PDF pages: what stands there, and how small the smallest of it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_helper.attachments import _pdf_remarks
from desktop_helper.attachments._omitted import Omitted
from desktop_helper.attachments._pdf_lines import laid_out
from desktop_helper.core import notes
from desktop_helper.core.documents import PageText
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart

if TYPE_CHECKING:
    import pymupdf

USUAL_DPI = 150.0  # for scans, and for text down to 8 points; an A4 page costs about 2,800 tokens
LEAST_DPI, MOST_DPI = 110.0, 300.0
READABLE_PX = 16.5  # the height of a font's square in which a vision model still tells 8 from 6
SMALL_SHARE = 0.02  # of a page's letters that may be smaller: marks, indices
FEW_CHARACTERS = 64  # a stamp or a page number on a scan
SCAN_SHARE = 0.4
_POINTS = 72


class Words:
    """Gathers what the pages say.

    Args:
        name: of the file.
        count: how many pages it has.
        most: characters of all pages together; the pictures show the rest.
        omitted: what of the pages cannot be read.
    """

    def __init__(self, name: str, count: int, most: int, omitted: Omitted) -> None:
        self._name, self._count, self._omitted = name, count, omitted
        self._texts: list[str] = []
        self._left = most
        self._cut = 0  # the first page that is not all there

    def add(self, number: int, page: pymupdf.Page) -> float | None:
        """Read a page. Returns the size of its smallest text that matters, in points; None if it has none."""
        text, smallest = words_of(page, self._omitted)
        _pdf_remarks.check(page, self._omitted)
        if text:
            self._keep(number, text)
        return smallest

    def parts(self) -> tuple[FilePart, ...]:
        """The text as a part, and a note if it is not all; nothing for scans."""
        if not self._texts:
            return ()
        text = "\n\n".join(self._texts).encode(errors="replace").decode()
        made = [FilePart(text.encode(), "text/plain", tr("{name}, text of the pages", name=self._name), text)]
        if self._cut:
            note = tr("The text of {name} is attached up to page {page}; the pictures show the rest.",
                      name=self._name, page=self._cut)  # fmt: skip
            title = tr("{name}, what was left out", name=self._name)
            made.insert(0, notes.note(title, note))
        return tuple(made)

    def _keep(self, number: int, text: str) -> None:
        if self._left <= 0:
            return
        if len(text) > self._left:
            text, self._cut = text[: self._left], number
        self._left -= len(text)
        heading = tr("page {page} of {count}", page=number, count=self._count)
        self._texts.append(f"[{heading}]\n{text}")


def words_of(page: pymupdf.Page, omitted: Omitted, *, in_order: bool = True) -> tuple[str, float | None]:
    """The text of a page with the remarks on it, and the size of its smallest text that matters, in points, if any.

    Args:
        page: of an open document.
        omitted: what of it cannot be read.
        in_order: as it is read; else as it stands in the file, which takes a twentieth of the time.
    """
    layer = page.get_textpage(flags=0)
    if in_order:
        text = laid_out(word[:5] for word in page.get_text("words", textpage=layer)).strip()
    else:
        text = page.get_text("text", textpage=layer).strip()
    return _with_remarks(text, page, omitted), _smallest(page.get_text("dict", textpage=layer))


def read(page: pymupdf.Page, name: str) -> PageText:
    """What the page of a file says. A scan is one of which a picture covers most, with hardly a word in its text layer.

    In the order of the file, which takes a twentieth of the time of sorting every letter; but what stands at the top
    comes first: programs often write a page's heading last. What cannot be read is said, as of pages that are attached.
    """
    blocks = [block for block in page.get_textpage(flags=0).extractBLOCKS() if block[4].strip()]
    top = min(blocks, key=lambda block: (block[1], block[0]), default=None)
    text = "\n".join(block[4].strip() for block in ([top] if top else []) + [one for one in blocks if one is not top])
    text = text if is_sense(text) else ""
    scanned = len(text) < FEW_CHARACTERS and _is_picture(page)
    omitted = Omitted(name)
    said = _with_remarks(text, page, omitted)
    _pdf_remarks.check(page, omitted)
    lost = f"[{omitted.said()}]" if omitted.said() else ""
    return PageText("\n\n".join(filter(None, (said, lost))), scanned=scanned)


def _with_remarks(text: str, page: pymupdf.Page, omitted: Omitted) -> str:
    return "\n\n".join(filter(None, (text if is_sense(text) else "", _pdf_remarks.remarks(page, omitted))))


def _is_picture(page: pymupdf.Page) -> bool:
    whole = abs(page.rect.get_area())
    return any(abs((page.rect & found["bbox"]).get_area()) > SCAN_SHARE * whole for found in page.get_image_info())


def dots_per_inch(smallest: float | None) -> float:
    """How finely a page must be drawn so that text of this size, in points, can be read."""
    if smallest is None:
        return USUAL_DPI
    return min(MOST_DPI, max(LEAST_DPI, READABLE_PX * _POINTS / max(1.0, smallest)))


def is_sense(text: str) -> bool:
    """Whether it is more than what fonts without a table of letters yield."""
    unknown = sum(letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" or letter < "\t" for letter in text)
    return unknown * 5 < len(text)


def _smallest(layout: dict[str, Any]) -> float | None:
    sizes: dict[float, int] = {}
    for block in layout["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                size = round(float(span["size"]), 1)
                sizes[size] = sizes.get(size, 0) + len(span["text"].replace(" ", ""))
    allowed = SMALL_SHARE * sum(sizes.values())
    passed = 0
    for size in sorted(sizes):
        passed += sizes[size]
        if passed > allowed:
            return size
    return None
