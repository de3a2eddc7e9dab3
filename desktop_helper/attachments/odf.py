"""OpenDocument texts, sheets and slides, as LibreOffice writes them."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from desktop_helper.attachments import _ods_extras, _office, _sheet_extras
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._grid import MAX_COLUMNS, Grid
from desktop_helper.attachments._ods_extras import CELLS, MAX_ROWS, times
from desktop_helper.attachments._table import markdown
from desktop_helper.attachments._xml import children, find, value
from desktop_helper.attachments._zip import Archive
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import AttachmentHandler

SUFFIXES = (".odt", ".ods", ".odp", ".ott", ".ots", ".otp")
MIME = b"application/vnd.oasis.opendocument"
SKIPPED = ("tracked-changes", "forms", "sequence-decls", "thumbnail", "table-column", "table-columns", "shapes")
MARKS = {"tab": "\t", "line-break": "\n"}


def _matches(head: bytes, name: str) -> bool:
    return _office.looks_like(head, name, MIME, SUFFIXES)


def read(archive: Archive, document: Document) -> None:
    """Tell `document` what the archive's content says."""
    content = archive.xml("content.xml")
    body = find(content, "body")
    sheets = find(body, "spreadsheet")
    if sheets is not None:
        hidden = _hidden_styles(content, "table-properties", "display", "false")
        _sheets(archive, list(children(sheets, "table")), document, hidden)
        return
    reader = _Reader(archive, document, _hidden_styles(content, "drawing-page-properties", "visibility", "hidden"))
    if find(body, "text") is not None:
        reader.edges()
    for kind in body if body is not None else ():
        reader.blocks(kind)
    document.text("\n".join(reader.footnotes))


def _sheets(archive: Archive, tables: list[Element], document: Document, hidden: frozenset[str]) -> None:
    left, drawn = document.most_cells, False
    for number, table in enumerate(tables):
        grid = Grid(left // (len(tables) - number))
        row = 0
        for one in table.iter("table-row"):
            count = times(one, "number-rows-repeated", MAX_ROWS)
            _row(one, row, count, grid)
            row += count
        left -= grid.used
        title = name = table.get("name", "")
        if table.get("style-name", "") in hidden:
            title = _sheet_extras.hidden(document, name)
        grid.write(document, name, title)
        drawn |= _ods_extras.tell(archive, table, document)
    if drawn:
        document.note(_sheet_extras.undrawn(document.name))


def _row(element: Element, row: int, count: int, grid: Grid) -> None:
    column = 0
    for cell in element:
        if cell.tag not in CELLS:
            continue
        repeated = times(cell, "number-columns-repeated", 16_384)
        text = _cell(cell)
        if text.strip():
            for down in range(0 if column >= MAX_COLUMNS else count):
                if grid.full:
                    break
                for right in range(min(repeated, MAX_COLUMNS)):
                    grid.put(row + down, column + right, text)
            grid.extend(column + repeated, row + count)
        column += repeated


def _cell(cell: Element) -> str:
    kind = cell.get("value-type", "")
    if kind in ("float", "currency"):
        return f"{cell.get('value', '')} {cell.get('currency', '')}".strip()
    if kind == "date":
        return cell.get("date-value", "").replace("T", " ")
    if kind == "boolean":
        return cell.get("boolean-value", "").upper()
    return "\n".join("".join(one.itertext()) for one in children(cell, "p"))


def _hidden_styles(content: Element, properties: str, key: str, said: str) -> frozenset[str]:
    """The names of those whose sheets or slides are not shown, as this attribute of their properties says."""
    each = children(find(content, "automatic-styles"), "style")
    return frozenset(one.get("name", "") for one in each if value(one, properties, key=key) == said)


class _Reader:
    def __init__(self, archive: Archive, document: Document, hidden: frozenset[str]) -> None:
        self._archive = archive
        self._hidden = hidden
        self._document = document
        self._slides = 0
        self._pictures: list[tuple[str, str]] = []
        self.footnotes: list[str] = []

    def edges(self) -> None:
        """What stands above and below each page, once: a letter may say only there who writes it, and when."""
        with self._document.omitted.spared(tr("headers and footers")):
            styles = self._archive.xml("styles.xml") if "styles.xml" in self._archive else None
            pages = find(styles, "master-styles")
            for tag, called in (("header", tr("Header")), ("footer", tr("Footer"))):
                edges = pages.iter(tag) if pages is not None else ()
                for text in dict.fromkeys(" ".join(self._text(edge).split()) for edge in edges):
                    if any(map(str.isalpha, text)):  # a page's number says nothing
                        self._document.text(f"{called}: {text}")
            self._place_pictures()

    def blocks(self, parent: Element, depth: int = 0) -> None:
        """Headings, paragraphs, items, tables and pages, in their order."""
        for child in parent:
            if self._document.full:
                return
            if child.tag == "h":
                level = min(6, times(child, "outline-level", 6))
                self._document.text(f"{'#' * level} {' '.join(self._text(child).split())}")
            elif child.tag == "p":
                self._document.text(self._text(child))
            elif child.tag == "list":
                self._list(child, 0)
            elif child.tag == "table":
                rows = [[self._text(cell).strip() for cell in self._cells(row)] for row in child.iter("table-row")]
                self._document.text(markdown(rows))
            elif child.tag == "image":
                self._pictures.append((child.get("href", ""), ""))
            elif child.tag == "page":
                self._page(child)
            elif child.tag == "notes":
                self._notes(self._text(child).strip())
            elif child.tag not in SKIPPED:
                self.blocks(child)
            self._place_pictures()

    def _page(self, page: Element) -> None:
        self._slides += 1
        self._document.begin(tr("slide {number}", number=self._slides))
        heading = tr("Slide {number}", number=self._slides)
        if page.get("style-name", "") in self._hidden:
            heading = tr("{slide} (hidden)", slide=heading)
        self._document.text(f"## {heading}")
        self.blocks(page)

    def _notes(self, said: str) -> None:
        if said:
            self._document.omitted.off_page(tr("notes of slide {number}", number=self._slides))
            self._document.text(f"{tr('Notes')}: {said}")

    def _list(self, element: Element, depth: int) -> None:
        for item in element:
            for child in item:
                if child.tag == "list":
                    self._list(child, depth + 1)
                elif child.tag in ("p", "h"):
                    text = self._text(child).strip()
                    self._document.text(f"{'  ' * min(depth, 8)}- {text}" if text else "")

    def _cells(self, row: Element) -> list[Element]:
        return [cell for cell in row if cell.tag in CELLS][:MAX_COLUMNS]

    def _text(self, element: Element) -> str:
        """The text inside, in its order, with marks for what is no text."""
        pieces = [element.text or ""] if element.tag not in ("frame", "list", "annotation") else []
        for child in element:
            pieces += [self._inline(child), child.tail or ""]
        return "".join(pieces) + ("\n" if element.tag in ("p", "h") else "")

    def _inline(self, child: Element) -> str:
        if child.tag == "s":
            return " " * times(child, "c", 200)
        if child.tag in MARKS:
            return MARKS[child.tag]
        if child.tag == "note":
            self.footnotes.append("")
            number = len(self.footnotes)
            body = find(child, "note-body")
            said = "" if body is None else " ".join(self._text(body).split())
            self.footnotes[number - 1] = f"[^{number}]: {said}"
            return f"[^{number}]"
        if child.tag == "annotation":
            author = "".join(one.text or "" for one in children(child, "creator")) or "?"
            said = " ".join(" ".join(self._text(one) for one in children(child, "p")).split())
            self._document.omitted.off_page(tr("comments"))
            return f"[{tr('comment by {author}', author=author)}: {said}]"
        if child.tag == "image":
            self._pictures.append((child.get("href", ""), ""))
        return "" if child.tag in SKIPPED else self._text(child)

    def _place_pictures(self) -> None:
        pictures, self._pictures = self._pictures, []
        for path, title in pictures:
            if path in self._archive:
                self._document.picture(self._archive.read(path), title)


HANDLER = AttachmentHandler(
    name="odf",
    title=lambda: "OpenDocument",
    suffixes=SUFFIXES,
    matches=_matches,
    convert=_office.convert,
    availability=lambda: AVAILABLE,
    page_texts=_office.page_texts,
    has_pages=True,  # if LibreOffice is there
)
