"""What lies over the cells of a sheet: comments on them, and charts of which the cells hold the figures."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from desktop_helper.attachments._document import Document
from desktop_helper.attachments._xml import children, find
from desktop_helper.attachments._zip import Archive
from desktop_helper.core import office_program
from desktop_helper.core.i18n import tr

MOST_COMMENTS = 500  # of a sheet
MOST_CHARTS = 50
_MOST_SERIES = 20  # of which is said where they stand
_MOST_CHARACTERS = 2_000
_FOR_OLD_PROGRAMS = "[Threaded comment]"  # a copy of what other parts of the file hold


def tell(archive: Archive, sheet: str, document: Document) -> bool:
    """Tell `document` of the comments and the charts of a sheet. Returns whether there are charts."""
    try:
        comments, charts = _comments(archive, sheet), _charts(archive, sheet)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # a damaged one makes its reader say anything, and is no reason not to read cells
        return False
    return say(document, comments, charts)


def say(document: Document, comments: list[str], charts: list[str]) -> bool:
    """The same, of what was found."""
    if comments:
        document.text("\n".join([f"{tr('Comments')}:", "", *comments[:MOST_COMMENTS]]))
    for one in charts[:MOST_CHARTS]:
        document.text(one)
    return bool(charts)


def comment(place: str, author: str, said: str) -> str:
    """A line about a comment; empty if nothing is said."""
    author, said = " ".join(author.split())[:100], " ".join(said.split())
    said = said.removeprefix(f"{author}:").strip()[:_MOST_CHARACTERS] if author else said[:_MOST_CHARACTERS]
    who = f" ({author})" if author else ""
    return f"- {place}{who}: {said}" if said else ""


def chart(title: str, places: list[str]) -> str:
    """What is told of a chart: its title, and where its figures are."""
    title = " ".join(title.split())[:_MOST_CHARACTERS]
    lines = [f"{tr('Chart')}: {title}" if title else tr("Chart")]
    if places:
        lines.append(tr("Its figures: {places}", places=", ".join(dict.fromkeys(places))[:_MOST_CHARACTERS]))
    return "\n".join(lines)


def undrawn(name: str) -> str:
    """What is to be known of a workbook with charts."""
    if office_program.program() is None:
        return tr("Charts of {name} are named, not drawn.", name=name)
    return tr("Charts of {name} are named, not drawn: choose pages of it to see them.", name=name)


def _comments(archive: Archive, sheet: str) -> list[str]:
    told: list[str] = []
    for relation in archive.relations(sheet).values():
        if relation.target not in archive:
            continue
        if relation.kind == "comments":
            tree = archive.xml(relation.target)
            authors = [one.text or "" for one in children(find(tree, "authors"), "author")]
            for one in children(find(tree, "commentList"), "comment"):
                told.append(_comment(one, _author(authors, one.get("authorId", ""))))
        elif relation.kind == "threadedComment":
            told += [_comment(one, "") for one in children(archive.xml(relation.target), "threadedComment")]
    return [one for one in told if one]


def _author(authors: list[str], number: str) -> str:
    at = int(number) if number.isdecimal() and len(number) < 8 else -1
    return authors[at] if 0 <= at < len(authors) else ""


def _comment(element: Element, author: str) -> str:
    said = "".join(piece.text or "" for piece in element.iter() if piece.tag in ("t", "text"))
    return "" if said.startswith(_FOR_OLD_PROGRAMS) else comment(element.get("ref", ""), author, said)


def _charts(archive: Archive, sheet: str) -> list[str]:
    drawings = [one.target for one in archive.relations(sheet).values() if one.kind == "drawing"]
    found = (one for drawing in drawings for one in archive.relations(drawing).values() if one.kind == "chart")
    return [_chart(archive.xml(one.target)) for one in found if one.target in archive]


def _chart(tree: Element) -> str:
    drawn = find(tree, "chart")
    written = find(drawn, "title")
    pieces = [] if written is None else [one.text or "" for one in written.iter() if one.tag in ("t", "v")]
    series = [] if drawn is None else list(drawn.iter("ser"))[:_MOST_SERIES]
    places = [one.text.replace("$", "") for ser in series for one in _references(ser) if one.text]
    return chart("".join(pieces), places)


def _references(series: Element) -> list[Element]:
    """Where labels and figures stand."""
    return [one for tag in ("cat", "xVal", "val", "yVal") for part in children(series, tag) for one in part.iter("f")]
