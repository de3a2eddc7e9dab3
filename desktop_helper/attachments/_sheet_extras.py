"""What lies over the cells of a sheet: comments on them, text boxes, and charts of which the cells hold the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from xml.etree.ElementTree import Element

from desktop_helper.attachments._document import Document
from desktop_helper.attachments._omitted import Omitted, called, shortened
from desktop_helper.attachments._xml import children, find
from desktop_helper.attachments._zip import Archive
from desktop_helper.core import office_program
from desktop_helper.core.i18n import tr

MOST_COMMENTS = 500  # of a sheet
MOST_CHARTS = 50
MOST_BOXES = 200
_MOST_SERIES = 20  # of which is said where they stand
_MOST_CHARACTERS = 2_000
Pieces = Iterable[Callable[[], Iterable[str]]]  # of which a damaged one spoils no other
_FOR_OLD_PROGRAMS = "[Threaded comment]"  # a copy of what other parts of the file hold


def tell(archive: Archive, path: str, document: Document, sheet: str) -> bool:
    """Tell `document` of what lies over a sheet called `sheet`. Returns whether there are charts."""
    drawn = say(document, sheet, _comments(archive, path), _charts(archive, path))
    what = tr("text boxes in {place}", place=called(sheet))
    for one in _found(_boxes(archive, path), MOST_BOXES, document.omitted, what):
        document.text(f"{tr('Text box')}: {one}")
    return drawn


def hidden(document: Document, name: str) -> str:
    """The title of a sheet that no page shows, which `document` is told."""
    document.omitted.off_page(tr("sheet {sheet}", sheet=called(name)))
    return tr("{sheet} (hidden)", sheet=name)


def say(document: Document, sheet: str, comments: Pieces, charts: Pieces) -> bool:
    """Tell of the comments and the charts that these find. Returns whether there are charts."""
    omitted, place = document.omitted, called(sheet)
    what = tr("comments in {place}", place=place)
    if told := _found(comments, MOST_COMMENTS, omitted, what):
        omitted.off_page(what)
        document.text("\n".join([f"{tr('Comments')}:", "", *told]))
    drawn = _found(charts, MOST_CHARTS, omitted, tr("charts in {place}", place=place))
    for one in drawn:
        document.text(one)
    return bool(drawn)


def _found(pieces: Pieces, most: int, omitted: Omitted, what: str) -> list[str]:
    """What they find, without what is damaged."""
    found: list[str] = []
    with omitted.spared(what):
        for piece in pieces:
            with omitted.spared(what):
                found += piece()
    if len(found) > most:
        omitted.beyond(tr("{part} after the first {most}", part=what, most=most))
    return found[:most]


def comment(place: str, author: str, said: str) -> str:
    """A line about a comment; empty if nothing is said."""
    author, said = " ".join(author.split())[:100], " ".join(said.split())
    said = shortened(said.removeprefix(f"{author}:").strip() if author else said, _MOST_CHARACTERS)
    who = f" ({author})" if author else ""
    return f"- {place}{who}: {said}" if said else ""


def chart(title: str, places: list[str]) -> str:
    """What is told of a chart: its title, and where its figures are."""
    title = " ".join(title.split())[:_MOST_CHARACTERS]
    lines = [f"{tr('Chart')}: {title}" if title else tr("Chart")]
    if places:
        lines.append(tr("Its figures: {places}", places=shortened(", ".join(dict.fromkeys(places)), _MOST_CHARACTERS)))
    return "\n".join(lines)


def undrawn(name: str) -> str:
    """What is to be known of a workbook with charts."""
    if office_program.program() is None:
        return tr("Charts of {name} are named, not drawn.", name=name)
    return tr("Charts of {name} are named, not drawn: choose pages of it to see them.", name=name)


def _comments(archive: Archive, path: str) -> Iterator[Callable[[], Iterable[str]]]:
    for relation in archive.relations(path).values():
        if relation.kind in _COMMENTS:
            yield partial(_COMMENTS[relation.kind], archive, relation.target)


def _notes(archive: Archive, path: str) -> list[str]:
    """Of a part as all programs write them."""
    tree = archive.xml(path)
    authors = [one.text or "" for one in children(find(tree, "authors"), "author")]
    listed = children(find(tree, "commentList"), "comment")
    told = (_comment(one, _author(authors, one.get("authorId", ""))) for one in listed)
    return [one for one in told if one]


def _threads(archive: Archive, path: str) -> list[str]:
    """Of a part as newer programs write them, with answers."""
    told = (_comment(one, "") for one in children(archive.xml(path), "threadedComment"))
    return [one for one in told if one]


_COMMENTS = {"comments": _notes, "threadedComment": _threads}


def _author(authors: list[str], number: str) -> str:
    at = int(number) if number.isdecimal() and len(number) < 8 else -1
    return authors[at] if 0 <= at < len(authors) else ""


def _comment(element: Element, author: str) -> str:
    said = "".join(piece.text or "" for piece in element.iter() if piece.tag in ("t", "text"))
    return "" if said.startswith(_FOR_OLD_PROGRAMS) else comment(element.get("ref", ""), author, said)


def drawings(archive: Archive, path: str) -> list[str]:
    """The parts with what is drawn on a sheet."""
    return [one.target for one in archive.relations(path).values() if one.kind == "drawing"]


def _boxes(archive: Archive, path: str) -> Iterator[Callable[[], Iterable[str]]]:
    for drawing in drawings(archive, path):
        yield partial(_boxes_of, archive, drawing)


def _boxes_of(archive: Archive, drawing: str) -> list[str]:
    bodies = (find(shape, "txBody") for shape in archive.xml(drawing).iter("sp"))
    paragraphs = (
        ("".join(piece.text or "" for piece in one.iter("t")) for one in children(body, "p")) for body in bodies
    )
    texts = ("\n".join(filter(str.strip, lines)) for lines in paragraphs)
    return [shortened(text, _MOST_CHARACTERS) for text in texts if text]


def _charts(archive: Archive, path: str) -> Iterator[Callable[[], Iterable[str]]]:
    for drawing in drawings(archive, path):
        found = (one.target for one in archive.relations(drawing).values() if one.kind == "chart")
        yield from (partial(_chart, archive, target) for target in found)


def _chart(archive: Archive, path: str) -> tuple[str]:
    drawn = find(archive.xml(path), "chart")
    written = find(drawn, "title")
    pieces = [] if written is None else [one.text or "" for one in written.iter() if one.tag in ("t", "v")]
    series = [] if drawn is None else list(drawn.iter("ser"))[:_MOST_SERIES]
    places = [one.text.replace("$", "") for ser in series for one in _references(ser) if one.text]
    return (chart("".join(pieces), places),)


def _references(series: Element) -> list[Element]:
    """Where labels and figures stand."""
    return [one for tag in ("cat", "xVal", "val", "yVal") for part in children(series, tag) for one in part.iter("f")]
