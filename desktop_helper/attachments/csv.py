"""Tables in text files, whatever separates their columns."""

from __future__ import annotations

from desktop_helper.attachments import _errors, _grid, _office, _parts
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._encoding import decode, is_text
from desktop_helper.attachments._table import area, column_name, markdown, plain, types
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.document_places import stem
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

SUFFIXES = (".csv", ".tsv")
DELIMITERS = (",", ";", "\t", "|")
MAX_BYTES = 50_000_000  # decoded as a whole, of which the first cells are shown
SAMPLE_LINES = 20


def _matches(head: bytes, name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and is_text(head)


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    return _tell(data, name, Document(name, options, source=data))


def _tell(data: bytes, name: str, document: Document) -> tuple[MediaPart, ...]:
    text = decode(data if len(data) <= MAX_BYTES else data[:MAX_BYTES].rpartition(b"\n")[0], name)
    return _office.guarded(name, lambda: _table(text, document, cut=len(data) > MAX_BYTES))


def _table(text: str, document: Document, *, cut: bool) -> tuple[MediaPart, ...]:
    import csv

    csv.field_size_limit(1_000_000)
    rows: list[list[str]] = []
    count = cells = width = 0
    for row in csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text)):
        count += 1
        width = max(width, len(row))
        if cells + len(row) <= document.most_cells:
            rows.append([plain(cell) for cell in row])
            cells += len(row)
        else:
            cells = document.most_cells + 1  # no later, shorter row in its place
    if not any(any(row) for row in rows):
        return document.parts()
    if document.in_parts:
        letters = [column_name(at) for at in range(max(map(len, rows)))]
        _grid.tell_parts(document, stem(document.name), list(enumerate(rows)), letters)
        return document.parts()
    shown = area(max(map(len, rows)), len(rows))
    letters = [column_name(at) for at in range(max(map(len, rows)))]
    document.text(f"{shown}: {types(rows, letters)}")
    document.text(markdown(rows, ready=True))
    if cut or len(rows) < count:
        everything = tr("more than {range}", range=area(width, count)) if cut else area(width, count)
        document.cut(
            tr("Of {name}, only {shown} of {all} is attached.", name=document.name, shown=shown, all=everything)
        )
    return document.parts()


def _delimiter(text: str) -> str:
    """The character that most lines hold equally often, outside quotation marks."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:SAMPLE_LINES]

    def worth(delimiter: str) -> tuple[int, int]:
        counts = [_unquoted(line).count(delimiter) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 0
        return (counts.count(usual) if usual else 0, usual)

    return max(DELIMITERS, key=worth)


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])


HANDLER = AttachmentHandler(
    name="csv",
    title=lambda: tr("tables (CSV)"),
    suffixes=SUFFIXES,
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    page_texts=_parts.texts(_tell),
)
