"""What people have written onto a PDF and what it carries along: remarks behind icons and marks, and files in it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from desktop_helper.core import notes
from desktop_helper.core.i18n import tr
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
_SEEN = ("FreeText", "Link", "Widget", "Popup")  # what they say stands on the page


def remarks(page: pymupdf.Page) -> str:
    """What the picture of a page does not show, a line for each remark; empty if there is none."""
    try:
        if page.first_annot is None:  # most pages
            return ""
        told = [line for annot in islice(page.annots(), MOST_REMARKS) if (line := _told(page, annot))]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # damaged ones make MuPDF say anything, and are no reason not to read the page
        return ""
    return "\n".join([f"[{tr('remarks on this page')}]", *told]) if told else ""


def left_out(document: pymupdf.Document, name: str) -> list[FilePart]:
    """A note about the files that are inside of it, if there are any."""
    try:
        inside = [printable(str(one)) for one in document.embfile_names()] if document.embfile_count() else []
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # the same
        return []
    if not inside:
        return []
    named = ", ".join(inside[:_MOST_NAMED]) + (" …" if len(inside) > _MOST_NAMED else "")
    text = tr("Files that are inside of {name} are only named: {names}.", name=name, names=named)
    return [notes.note(tr("{name}, what was left out", name=name), text)]


def _told(page: pymupdf.Page, annot: pymupdf.Annot) -> str:
    kind, said = annot.type[1], annot.info.get("content", "").strip()[:_MOST_CHARACTERS]
    if kind in _SEEN or not said:
        return ""
    author = annot.info.get("title", "").strip()[:_MOST_MARKED]
    marked = " ".join(page.get_textbox(annot.rect + _INSET).split())[:_MOST_MARKED] if kind in _MARKS else ""
    about = f"“{marked}”" if marked else ""
    who = ", ".join(filter(None, (author, about)))
    return f"- {who}: {said}" if who else f"- {said}"
