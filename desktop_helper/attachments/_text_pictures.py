"""Draws long texts as dense pictures of pages (`core.dense_text` lays them out)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from desktop_helper.attachments import _errors
from desktop_helper.core import dense_text as dense
from desktop_helper.core.document_places import LAYER_NAMES, document_of
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, is_note
from desktop_helper.core.pages import MOST_PAGES
from desktop_helper.core.protocols import ConvertOptions

if TYPE_CHECKING:
    import pymupdf

_FONT = "cjk"  # in PyMuPDF itself, so that pages look the same everywhere: Latin, Greek, Cyrillic, Chinese, Japanese
_ASCENT = 0.8  # of the font's size: from the top of a line to where letters stand


def in_pictures(parts: Sequence[MediaPart], name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """The parts, with pictures in the place of each text. Text beside pictures of pages goes: it says the same.

    Raises `HelperError(SOURCE)` if there is no text, or none that can be drawn.
    """
    texts = [part for part in parts if isinstance(part, FilePart) and is_text(part)]
    if not texts and any(isinstance(part, ImagePart) for part in parts):
        raise _errors.unreadable(tr("{name} is sent as pictures already.", name=name), tr("Attach it as it is."))
    if not texts:
        raise _errors.unreadable(
            tr("There is no text in {name} that could be sent as pictures.", name=name), tr("Attach it as it is.")
        )
    if not dense.is_drawable([part.text for part in texts]):
        raise _errors.unreadable(
            tr("The text of {name} is in letters that cannot be drawn here.", name=name), tr("Attach it as it is.")
        )
    laid_out = {id(part): dense.lay_out(part.text, options.max_image_tokens) for part in texts}
    pages = [(page, document_of(part)) for part in texts for page in laid_out[id(part)]]
    if len(pages) > MOST_PAGES:
        raise _errors.unreadable(
            tr("The text of {name} would take {count} pictures, more than can be sent.", name=name, count=len(pages)),
            tr("Attach it as it is."),
        )
    pictures = _pictures(pages, options)
    drawn: list[MediaPart] = []
    for part in parts:
        drawn += islice(pictures, len(laid_out.get(id(part), ())))
        if not isinstance(part, FilePart) or is_note(part):
            drawn.append(part)
    return tuple(drawn)


def _pictures(pages: Sequence[tuple[dense.Page, str]], options: ConvertOptions) -> Iterator[ImagePart]:
    count = len(pages)
    feet = [f"{' '.join(name.split())} · {number} / {count}" for number, (_page, name) in enumerate(pages, 1)]
    with document_of_pages([page for page, _name in pages], feet) as document:
        for number, (page, name) in enumerate(pages, 1):
            message = tr("Drawing {name}, page {page} of {count}", name=name, page=number, count=count)
            options.on_progress(Progress(message, (number - 1) / count))
            title = tr("{name}, page {page} of {count}", name=name, page=number, count=count)
            pixmap = document[number - 1].get_pixmap(alpha=False)
            yield ImagePart(pixmap.tobytes("png"), "image/png", pixmap.width, pixmap.height, title, page.tokens)


def is_text(part: MediaPart) -> bool:
    """Whether it is a text that can be drawn instead."""
    if not isinstance(part, FilePart) or is_note(part):
        return False
    layers = tuple(template.removeprefix("{name}") for template in LAYER_NAMES)
    return bool(part.text.strip()) and not part.name.endswith(layers)


def document_of_pages(pages: Sequence[dense.Page], feet: Sequence[str]) -> pymupdf.Document:
    """The pages, each with its line in the lower corner. Their text can be read out of them again."""
    import pymupdf

    document = pymupdf.open()
    font = 0
    for page, foot in zip(pages, feet, strict=True):
        sheet = document.new_page(width=dense.WIDTH_PX, height=page.height)
        if font:
            document.xref_set_key(sheet.xref, "Resources", f"<</Font<</F0 {font} 0 R>>>>")
        else:
            font = sheet.insert_font(fontname="F0", fontbuffer=_font().buffer)
        stream = document.get_new_xref()
        document.update_object(stream, "<<>>")
        document.update_stream(stream, "\n".join(_operators(page, foot)).encode())
        sheet.set_contents(stream)
    return document


def _operators(page: dense.Page, foot: str) -> Iterator[str]:
    """What PDF draws a page with. PyMuPDF's own writer takes a second for that."""
    yield "BT"
    for place, column in enumerate(page.columns):
        left = dense.MARGIN_PX + place * (page.column_px + dense.GUTTER_PX)
        for line in column:
            base = page.height - dense.MARGIN_PX - line.top - _ASCENT * page.font_px
            yield _line(line.text, left + line.indent, base, page.column_px - line.indent, page.font_px)
    room = dense.WIDTH_PX - 2 * dense.MARGIN_PX
    wide = min(room, _width(_shapes(foot), dense.FOOT_FONT_PX))
    yield "0.35 g"
    yield _line(foot, dense.WIDTH_PX - dense.MARGIN_PX - wide, dense.MARGIN_PX - 4, room, dense.FOOT_FONT_PX)
    yield "ET"
    if len(page.columns) > 1:
        middle = dense.MARGIN_PX + page.column_px + dense.GUTTER_PX / 2
        top, bottom = page.height - dense.MARGIN_PX, dense.MARGIN_PX + dense.FOOT_PX
        yield f"0.75 G 0.7 w {middle:.2f} {top} m {middle:.2f} {bottom} l S"


def _line(text: str, left: float, base: float, room: float, size: float) -> str:
    """One line, squeezed if it would not fit."""
    text = _shapes(text)
    wide = _width(text, size)
    squeezed = 100 * min(1.0, room / wide) if wide else 100
    glyphs = "".join(f"{_glyph(character)[0]:04x}" for character in text)
    return f"{squeezed:.2f} Tz /F0 {size} Tf 1 0 0 1 {left:.2f} {base:.2f} Tm <{glyphs}> Tj"


def _shapes(text: str) -> str:
    """What the font has no shape for is told by its number."""
    return "".join(character if _glyph(character)[0] else f"[U+{ord(character):04X}]" for character in text)


def _width(text: str, size: float) -> float:
    return size * sum(_glyph(character)[1] for character in text)


@cache
def _glyph(character: str) -> tuple[int, float]:
    """Its number in the font, 0 if there is none, and its width."""
    number = int(_font().has_glyph(ord(character)))
    return number, float(_font().glyph_advance(ord(character))) if number else 0.0


@cache
def _font() -> pymupdf.Font:
    import pymupdf

    return pymupdf.Font(_FONT)
