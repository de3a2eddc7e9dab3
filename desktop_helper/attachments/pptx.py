"""PowerPoint presentations: slides in order, with titles, texts, tables, diagrams, charts' figures, pictures, notes."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from desktop_helper.attachments import _office, _smart_art
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._slide_comments import comments_of
from desktop_helper.attachments._table import markdown
from desktop_helper.attachments._xml import children, find, value
from desktop_helper.attachments._zip import Archive, Relation
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import tr
from desktop_helper.core.pages import chosen
from desktop_helper.core.protocols import AttachmentHandler

SUFFIXES = (".pptx", ".pptm", ".ppsx", ".potx", ".ppt")
TITLES = ("title", "ctrTitle")
DECORATION = ("sldNum", "ftr", "dt", "hdr", "sldImg")


def _matches(head: bytes, name: str) -> bool:
    return _office.looks_like(head, name, b"ppt/", SUFFIXES)


def read(archive: Archive, document: Document) -> None:
    """Tell `document` what the slides say."""
    main = _office.main_part(archive, "ppt/presentation.xml")
    relations = archive.relations(main)
    listed = children(find(archive.xml(main), "sldIdLst"), "sldId")
    found = [relations.get(one.get("r:id", "")) for one in listed]
    slides = [one.target for one in found if one is not None and one.target in archive]
    for number, one in enumerate(found, 1):
        if one is None or one.target not in archive:
            document.omitted.unread(tr("slide {number}", number=number))
    wanted = set(chosen(document.pages, len(slides))) if document.pages else None
    for number, slide in enumerate(slides, 1):
        if document.full:
            break
        if wanted is not None and number not in wanted:
            continue
        message = tr("Reading {name}, slide {number} of {count}", name=document.name, number=number, count=len(slides))
        document.progress(message, (number - 1) / len(slides))
        _Slide(archive, document, slide).tell(number)


class _Slide:
    def __init__(self, archive: Archive, document: Document, path: str) -> None:
        self._archive = archive
        self._document = document
        self._path, self._slide = path, archive.xml(path)
        self._relations = archive.relations(path)

    def tell(self, number: int) -> None:
        tree = find(self._slide, "cSld", "spTree")
        title = next((_text(shape) for shape in _shapes(tree) if _placeholder(shape) in TITLES), "")
        heading = tr("Slide {number}", number=number)
        if self._slide.get("show") == "0":
            heading = tr("{slide} (hidden)", slide=heading)
        title = " ".join(title.split())
        self._document.begin(tr("slide {number}", number=number))
        self._document.text(f"## {heading}: {title}" if title else f"## {heading}")
        for shape in _shapes(tree):
            self._shape(shape, number)
        with self._document.omitted.spared(tr("notes of slide {number}", number=number)):
            self._notes()
        if comments := comments_of(self._archive, self._path, number, self._document.omitted):
            self._document.text("\n".join([f"{tr('Comments')}:", "", *comments]))

    def _shape(self, shape: Element, number: int) -> None:
        kind = _placeholder(shape)
        if shape.tag == "sp" and kind not in (*TITLES, *DECORATION):
            self._document.text(_text(shape))
        elif shape.tag == "pic":
            self._picture(shape)
        elif shape.tag == "graphicFrame":
            data = find(shape, "graphic", "graphicData")
            table = find(data, "tbl")
            rows = [[_text(cell) for cell in children(row, "tc")] for row in children(table, "tr")]
            self._document.text(markdown(rows))
            with self._document.omitted.spared(tr("diagrams on slide {number}", number=number)):
                for said in _smart_art.texts(self._archive, self._relations, shape):
                    self._document.text(said)
            for chart in children(data, "chart"):
                with self._document.omitted.spared(tr("charts on slide {number}", number=number)):
                    self._chart(self._relations[chart.get("r:id", "")])

    def _picture(self, shape: Element) -> None:
        blip = find(shape, "blipFill", "blip")
        relation = self._part("" if blip is None else blip.get("r:embed", ""))
        if relation is not None:
            title = value(shape, "nvPicPr", "cNvPr", key="descr") or value(shape, "nvPicPr", "cNvPr", key="name")
            self._document.picture(self._archive.read(relation.target), title)

    def _chart(self, relation: Relation) -> None:
        """Its figures; how it is drawn is left to a rendering program."""
        chart = find(self._archive.xml(relation.target), "chart")
        title = " ".join(_text(find(chart, "title")).split())
        self._document.text(f"{tr('Chart')}: {title}" if title else tr("Chart"))
        series = [] if chart is None else list(chart.iter("ser"))
        for one in series:
            name = _points(find(one, "tx"))
            labels = _points(find(one, "cat")) or _points(find(one, "xVal"))
            values = _points(find(one, "val")) or _points(find(one, "yVal"))
            rows = [["", name[0] if name else ""]]
            rows += [[labels[at] if at < len(labels) else "", figure] for at, figure in enumerate(values)]
            self._document.text(markdown(rows))

    def _notes(self) -> None:
        for relation in self._relations.values():
            if relation.kind == "notesSlide" and relation.target in self._archive:
                tree = find(self._archive.xml(relation.target), "cSld", "spTree")
                texts = [_text(shape) for shape in _shapes(tree) if _placeholder(shape) not in DECORATION]
                said = "\n".join(text for text in texts if text.strip())
                self._document.text(f"{tr('Notes')}: {said}" if said else "")

    def _part(self, key: str) -> Relation | None:
        relation = self._relations.get(key)
        return relation if relation is not None and relation.target in self._archive else None


def _shapes(tree: Element | None) -> list[Element]:
    """The shapes in their order, those of groups too."""
    shapes: list[Element] = []
    for child in tree if tree is not None else ():
        if child.tag in ("sp", "pic", "graphicFrame"):
            shapes.append(child)
        elif child.tag in ("grpSp", "AlternateContent", "Choice"):
            shapes += _shapes(child)
    return shapes


def _placeholder(shape: Element) -> str:
    place = find(shape, "nvSpPr", "nvPr", "ph")
    return "" if place is None else place.get("type", "body")


def _text(element: Element | None) -> str:
    """The paragraphs inside, indented as list items are."""
    lines = []
    for paragraph in element.iter("p") if element is not None else ():
        numbers = [one for field in paragraph.iter("fld") if field.get("type") == "slidenum" for one in field.iter("t")]
        pieces = (piece for piece in paragraph.iter() if piece.tag in ("t", "br"))
        shown = (piece for piece in pieces if piece not in numbers or (piece.text or "").isdecimal())  # not "<number>"
        text = "".join(piece.text or "" if piece.tag == "t" else "\n" for piece in shown)
        level = value(paragraph, "pPr", key="lvl")
        if text.strip():
            lines.append(f"{'  ' * int(level)}- {text}" if level in ("1", "2", "3", "4", "5", "6", "7", "8") else text)
    return "\n".join(lines)


def _points(element: Element | None) -> list[str]:
    return [] if element is None else [one.text or "" for one in element.iter("v")]


HANDLER = AttachmentHandler(
    name="pptx",
    title=lambda: "PowerPoint",
    suffixes=SUFFIXES,
    matches=_matches,
    convert=_office.convert,
    availability=lambda: AVAILABLE,
    page_texts=_office.page_texts,
    has_pages=True,  # if LibreOffice is there
)
