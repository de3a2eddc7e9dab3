"""Word documents: headings, paragraphs, lists, tables, notes, comments and pictures, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from desktop_helper.attachments import _office, _smart_art
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._docx_styles import Styles
from desktop_helper.attachments._table import markdown
from desktop_helper.attachments._xml import children, find, value
from desktop_helper.attachments._zip import Archive
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import AttachmentHandler

SUFFIXES = (".docx", ".docm", ".dotx", ".dotm", ".doc")
# Containers that are looked through as if they were not there: content controls, hyperlinks, tracked insertions, ...
SKIPPED = ("Fallback", "del", "moveFrom", "pPr", "rPr", "sectPr", "instrText", "tblPr", "tblGrid")
MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}


def _matches(head: bytes, name: str) -> bool:
    if head.startswith(_office.OLE2):
        return True
    return _office.looks_like(head, name, b"word/", SUFFIXES) or (
        head.startswith(_office.ZIP) and b"[Content_Types].xml" in head and b"xl/" not in head and b"ppt/" not in head
    )


def read(archive: Archive, document: Document) -> None:
    """Tell `document` what the archive's text says."""
    main = _office.main_part(archive, "word/document.xml")
    reader = _Reader(archive, document, main)
    reader.edges()
    reader.blocks(find(archive.xml(main), "body"))
    reader.notes_at_the_end()


class _Reader:
    def __init__(self, archive: Archive, document: Document, main: str) -> None:
        self._archive = archive
        self._document = document
        self._relations = archive.relations(main)
        self._styles = Styles(self._related("styles"), self._related("numbering"))
        self._comments = self._by_id("comments", "comment", tr("comments"))
        self._footnotes = self._by_id("footnotes", "footnote", tr("footnotes")) | {
            f"e{key}": note for key, note in self._by_id("endnotes", "endnote", tr("endnotes")).items()
        }
        self._cited: list[str] = []
        self._pictures: list[tuple[str, str]] = []

    def edges(self) -> None:
        """What stands above and below each page, once: a letter may say only there who writes it, and when."""
        for kind, called in (("header", tr("Header")), ("footer", tr("Footer"))):
            told: set[str] = set()
            for target in self._targets(kind):
                with self._document.omitted.spared(called):
                    _Reader(self._archive, self._document, target).edge(self._archive.xml(target), called, told)

    def edge(self, element: Element, called: str, told: set[str]) -> None:
        """One of them, unless it is like one that was `told`, or no more than the number of a page."""
        text = " ".join(self._inner(element).split())
        if text not in told and any(map(str.isalpha, text)):
            told.add(text)
            self._document.text(f"{called}: {text}")
            self._place_pictures()

    def blocks(self, parent: Element | None) -> None:
        """Paragraphs and tables, also inside content controls."""
        for child in parent if parent is not None else ():
            if self._document.full:
                return
            if child.tag == "p":
                self._document.text(self._paragraph(child))
            elif child.tag == "tbl":
                self._document.text(self._table(child))
            elif child.tag not in SKIPPED:
                self.blocks(child)
            self._place_pictures()

    def notes_at_the_end(self) -> None:
        """Footnotes and endnotes, in the order in which they were cited."""
        lines = []
        for number, key in enumerate(self._cited, 1):
            lines.append(f"[^{number}]: {' '.join(self._inner(self._footnotes.get(key)).split())}")
        self._document.text("\n".join(lines))
        self._place_pictures()

    def _paragraph(self, paragraph: Element) -> str:
        text = self._inner(paragraph).strip("\n")
        return self._styles.mark(find(paragraph, "pPr"), text) if text.strip() else ""

    def _table(self, table: Element) -> str:
        rows = [self._cells(row) for row in self._rows(table)]
        return markdown(rows)

    def _rows(self, table: Element) -> Iterator[Element]:
        for child in table:
            if child.tag == "tr":
                yield child
            elif child.tag not in SKIPPED:
                yield from self._rows(child)

    def _cells(self, row: Element) -> list[str]:
        cells: list[str] = []
        for cell in row.iter("tc") if find(row, "tc") is None else children(row, "tc"):
            span = value(cell, "tcPr", "gridSpan")
            merged = find(cell, "tcPr", "vMerge")
            below = merged is not None and merged.get("val") != "restart"
            cells.append("" if below else self._inner(cell).strip())
            cells += [""] * (min(int(span), 64) - 1 if span.isdecimal() else 0)
        return cells

    def _inner(self, element: Element | None) -> str:
        """The text inside, with marks for what is no text."""
        if element is None or element.tag in SKIPPED:
            return ""
        if element.tag == "t":
            return element.text or ""
        if element.tag in MARKS:
            return MARKS[element.tag]
        if element.tag in ("blip", "imagedata"):
            self._pictures.append((element.get("r:embed") or element.get("r:id") or "", self._title))
        elif element.tag == "docPr":
            self._title = element.get("descr") or element.get("title") or ""
        elif element.tag in ("footnoteReference", "endnoteReference"):
            return self._cite(("e" if element.tag.startswith("end") else "") + element.get("id", ""))
        elif element.tag == "commentReference":
            return self._comment(element.get("id", ""))
        elif element.tag == "relIds":
            return self._diagram(element)
        inner = "".join(self._inner(child) for child in element)
        if element.tag == "hyperlink":
            return self._link(element, inner)
        return f"{inner}\n" if element.tag in ("p", "txbxContent") else inner

    _title = ""

    def _link(self, element: Element, text: str) -> str:
        relation = self._relations.get(element.get("r:id", ""))
        if relation is None or not relation.external or relation.target in text:
            return text
        return f"{text} ({relation.target})"

    def _cite(self, key: str) -> str:
        if key not in self._cited:
            self._cited.append(key)
        return f"[^{self._cited.index(key) + 1}]"

    def _comment(self, key: str) -> str:
        comment = self._comments.get(key)
        text = " ".join(self._inner(comment).split())
        author = "" if comment is None else comment.get("author", "")
        if text:
            self._document.omitted.off_page(tr("comments"))
        return f"[{tr('comment by {author}', author=author or '?')}: {text}]" if text else ""

    def _diagram(self, element: Element) -> str:
        found: list[str] = []
        with self._document.omitted.spared(tr("diagrams")):
            found = _smart_art.texts(self._archive, self._relations, element)
        return "".join(f"\n{said}\n" for said in found)

    def _place_pictures(self) -> None:
        pictures, self._pictures = self._pictures, []
        for key, title in pictures:
            relation = self._relations.get(key)
            if relation is not None and not relation.external and relation.target in self._archive:
                self._document.picture(self._archive.read(relation.target), title)

    def _related(self, kind: str) -> Element | None:
        target = next(self._targets(kind), None)
        return None if target is None else self._archive.xml(target)

    def _targets(self, kind: str) -> Iterator[str]:
        for relation in self._relations.values():
            if relation.kind == kind and relation.target in self._archive:
                yield relation.target

    def _by_id(self, kind: str, tag: str, called: str) -> dict[str, Element]:
        """What the text refers to; nothing of a damaged part, which is left out as what it is `called`."""
        found: dict[str, Element] = {}
        with self._document.omitted.spared(called):
            found = {one.get("id", ""): one for one in children(self._related(kind), tag)}
        return found


HANDLER = AttachmentHandler(
    name="docx",
    title=lambda: "Word",
    suffixes=SUFFIXES,
    matches=_matches,
    convert=_office.convert,
    availability=lambda: AVAILABLE,
    page_texts=_office.page_texts,
    has_pages=True,  # if LibreOffice is there
)
