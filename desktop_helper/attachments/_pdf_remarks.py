"""What people have written onto a PDF and what it carries along: remarks behind icons and marks, and files in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop_helper.attachments._omitted import Omitted, shortened
from desktop_helper.core import notes
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import FilePart
from desktop_helper.core.names import printable

if TYPE_CHECKING:
    import pymupdf

MOST_REMARKS = 100  # of a page
_MOST_CHARACTERS = 2_000  # of one of them
_MOST_MARKED = 200
_MOST_NAMED = 5
_INSET = (2, 1, -2, -1)  # points: the frame of a mark reaches into the letters beside it
_MARKS = ("Highlight", "Underline", "Squiggly", "StrikeOut")
_PLAIN = re.compile(r"\[\s*(?:\d+ \d+ R\s*)*\]")  # a list of annotations as programs write it
_MOST_CHECKED = 500  # of a page, most of them links
_SEEN = ("FreeText", "Link", "Widget", "Popup")  # what they say stands on the page


def remarks(page: pymupdf.Page, omitted: Omitted) -> str:
    """What the picture of a page does not show, a line for each remark; empty if there is none.

    What cannot be read, and more than goes, is for `omitted`.
    """
    told: list[str] = []
    what = _what(page)
    with omitted.spared(what):
        if page.first_annot is None:  # most pages
            return ""
        for place, annot in enumerate(page.annots()):
            if place >= MOST_REMARKS:
                omitted.beyond(tr("{part} after the first {most}", part=what, most=MOST_REMARKS))
                break
            with omitted.spared(what):
                told += filter(None, [_told(page, annot)])
    return "\n".join([f"[{tr('remarks on this page')}]", *told]) if told else ""


def check(page: pymupdf.Page, omitted: Omitted) -> None:
    """Whether there are remarks that MuPDF passes over without a word since they are damaged."""
    with omitted.spared(what := _what(page)):
        document: pymupdf.Document = page.parent
        kind, written = document.xref_get_key(page.xref, "Annots")
        if kind == "xref":
            written = document.xref_object(int(written.split()[0]), compressed=True)
        if kind == "null" or (written.startswith("[") and "<<" in written):  # whole ones inside of the list
            return
        if not _PLAIN.fullmatch(written):
            omitted.unread(what)
            return
        numbers = [int(one) for one in re.findall(r"(\d+) \d+ R", written)[:_MOST_CHECKED]]
        if not all(_is_one(document, number) for number in numbers):
            omitted.unread(what)


def _is_one(document: pymupdf.Document, number: int) -> bool:
    """Whether it is an annotation, or one that somebody has deleted, which no sound file tells from a lost one."""
    if number < document.xref_length() and document.xref_get_key(number, "Subtype")[0] == "name":
        return True
    lost = number >= document.xref_length() or document.xref_object(number, compressed=True) == "null"
    return lost and not document.is_repaired


def _what(page: pymupdf.Page) -> str:
    return tr("remarks on page {page}", page=(page.number or 0) + 1)


def left_out(document: pymupdf.Document, name: str, omitted: Omitted) -> list[FilePart]:
    """A note about the files that are inside of it, and about what is omitted, if there is anything of that."""
    named = ""
    with omitted.spared(tr("files that are inside of it")):
        inside = [printable(str(one)) or "?" for one in document.embfile_names()] if document.embfile_count() else []
        named = ", ".join(inside[:_MOST_NAMED]) + (" …" if len(inside) > _MOST_NAMED else "")
    only_named = tr("Files that are inside of {name} are only named: {names}.", name=name, names=named)
    text = sentences(only_named if named else "", omitted.said())
    return [notes.note(tr("{name}, what was left out", name=name), text)] if text else []


def _told(page: pymupdf.Page, annot: pymupdf.Annot) -> str:
    kind, said = annot.type[1], shortened(annot.info.get("content", "").strip(), _MOST_CHARACTERS)
    if kind in _SEEN or not said:
        return ""
    author = annot.info.get("title", "").strip()[:_MOST_MARKED]
    marked = " ".join(page.get_textbox(annot.rect + _INSET).split())[:_MOST_MARKED] if kind in _MARKS else ""
    about = f"“{marked}”" if marked else ""
    who = ", ".join(filter(None, (author, about)))
    return f"- {who}: {said}" if who else f"- {said}"
