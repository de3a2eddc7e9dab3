"""Excel workbooks: every sheet's values (of formulas, what was calculated), with ranges, types, comments and charts."""

from __future__ import annotations

from desktop_helper.attachments import _office, _sheet_extras, _xml
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._grid import Grid
from desktop_helper.attachments._omitted import called
from desktop_helper.attachments._xlsx_cells import Formats, SheetListener, shared_strings
from desktop_helper.attachments._xml import children, find, value
from desktop_helper.attachments._zip import Archive, Relation
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import AttachmentHandler

SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls")


def _matches(head: bytes, name: str) -> bool:
    return _office.looks_like(head, name, b"xl/", SUFFIXES)


def read(archive: Archive, document: Document) -> None:
    """Tell `document` what the sheets hold, in their order."""
    main = _office.main_part(archive, "xl/workbook.xml")
    workbook = archive.xml(main)
    relations = archive.relations(main)
    strings = shared_strings(archive.read(path)) if (path := _target(archive, relations, "sharedStrings")) else []
    styles = archive.xml(path) if (path := _target(archive, relations, "styles")) else None
    formats = Formats(styles, from_1904=value(workbook, "workbookPr", key="date1904") in ("1", "true"))
    sheets = list(children(find(workbook, "sheets"), "sheet"))
    left, drawn = document.most_cells, False
    for number, sheet in enumerate(sheets):
        name = sheet.get("name", "")
        message = tr(
            "Reading {name}, sheet {number} of {count}", name=document.name, number=number + 1, count=len(sheets)
        )
        document.progress(message, number / len(sheets))
        relation = relations.get(sheet.get("r:id", ""))
        known = relation is not None and relation.kind in ("worksheet", "chartsheet")
        if relation is None or not known or relation.target not in archive:
            document.omitted.unread(tr("sheet {sheet}", sheet=called(name)))
            continue
        title = name
        if sheet.get("state", "visible") != "visible":
            title = _sheet_extras.hidden(document, name)
        if relation.kind == "chartsheet":
            document.text(f"## {title}")
            drawn |= _sheet_extras.tell(archive, relation.target, document, name)
            continue
        grid = Grid(left // (len(sheets) - number))
        listener = SheetListener(grid, strings, formats)
        _xml.listen(archive.read(relation.target), listener.start, listener.end, listener.text)
        left -= grid.used
        grid.write(document, name, title)
        drawn |= _sheet_extras.tell(archive, relation.target, document, name)
        _pictures(archive, relation.target, document)
    if drawn:
        document.note(_sheet_extras.undrawn(document.name))


def _target(archive: Archive, relations: dict[str, Relation], kind: str) -> str:
    found = (one.target for one in relations.values() if one.kind == kind)
    return next((target for target in found if target in archive), "")


def _pictures(archive: Archive, sheet: str, document: Document) -> None:
    for drawing in _sheet_extras.drawings(archive, sheet):
        for relation in archive.relations(drawing).values():
            if relation.kind == "image" and relation.target in archive:
                document.picture(archive.read(relation.target))


HANDLER = AttachmentHandler(
    name="xlsx",
    title=lambda: "Excel",
    suffixes=SUFFIXES,
    matches=_matches,
    convert=_office.convert,
    availability=lambda: AVAILABLE,
    page_texts=_office.page_texts,
    has_pages=True,  # if LibreOffice is there
)
