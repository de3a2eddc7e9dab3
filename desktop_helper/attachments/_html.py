"""HTML as Markdown: what a reader sees, without scripts, styles, or anything from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

from desktop_helper.attachments._table import markdown
from desktop_helper.core.i18n import tr

DROPPED = frozenset({"script", "style", "head", "noscript", "template", "svg", "math", "iframe", "object", "select"})
VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "area", "base", "col", "embed", "source", "track"})
BLOCKS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "form",
        "figure",
        "figcaption",
        "body",
    }
    | {"blockquote", "address", "dl", "dt", "dd", "ul", "ol", "table", "fieldset", "details", "summary", "caption"}
)
IN_HEADS = DROPPED | {"title", "meta", "link", "base"}  # whatever else begins ends a head that nothing closes
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SPACES = re.compile(r"[ \t\r\n\f]+")


def blocks(
    source: str,
    tell: Callable[[str], object],
    full: Callable[[], bool] = lambda: False,
    find: Callable[[str], bytes | None] = lambda address: None,
    place: Callable[[bytes, str], object] = lambda data, title: None,
) -> None:
    """Tell the blocks of a page in their order, its title first, until the reader is `full`.

    Pictures that `find` has are given to `place` behind the block that they stand in; the others are named.
    """
    reader = _Reader(tell, find, place)
    for at in range(0, len(source), 1 << 16):
        reader.feed(source[at : at + (1 << 16)])
        if full():
            break
    else:
        reader.close()
    reader.end()


class _Reader(HTMLParser):
    def __init__(
        self,
        tell: Callable[[str], object],
        find: Callable[[str], bytes | None],
        place: Callable[[bytes, str], object],
    ) -> None:
        super().__init__(convert_charrefs=True)
        self._find, self._place = find, place
        self._pictures: list[tuple[bytes, str]] = []
        self._title: list[str] = []
        self._tell = tell
        self._line: list[str] = []
        self._heading = 0
        self._dropped: list[str] = []
        self._lists: list[int] = []  # number of the last item; -1 in a list with bullets
        self._item = ""
        self._link: list[tuple[str, int]] = []
        self._rows: list[list[str]] | None = None  # of the outermost table; tables inside become text of a cell
        self._tables = 0
        self._in_cell = False
        self._in_title = False
        self._verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag == "title" and not self._title:
            self._in_title = True
        if self._is_dropped(tag):
            return
        if tag in HEADINGS or tag in BLOCKS or tag in ("pre", "hr"):
            self.end_block()
        if tag in HEADINGS:
            self._heading = HEADINGS[tag]
        attributes = {key: value or "" for key, value in attrs}
        if tag in ("ul", "ol"):
            self._lists.append(-1 if tag == "ul" else 0)
        elif tag == "li":
            self._begin_item()
        elif tag == "a":
            self._link.append((attributes.get("href", ""), len(self._line)))
        elif tag == "img":
            self._picture(attributes)
        elif tag == "br":
            self._line.append("\n")
        elif tag == "pre":
            self._verbatim += 1
        elif tag in ("table", "tr", "td", "th"):
            self._begin_table(tag)

    def _is_dropped(self, tag: str) -> bool:
        if self._dropped == ["head"] and tag not in IN_HEADS:
            self._dropped = []
        if tag in DROPPED and tag not in VOID:
            self._dropped.append(tag)
        return bool(self._dropped) or tag in DROPPED

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag == "title" and self._in_title:
            self._in_title = False
            if title := " ".join("".join(self._title).split()):
                self._tell(tr("Title: {title}", title=title))
        if self._dropped:
            if tag == self._dropped[-1]:
                self._dropped.pop()
            return
        if tag == "a" and self._link:
            self._end_link()
        elif tag in ("td", "th", "tr") and self._tables == 1:
            self._end_cell()
        elif tag == "caption" and self._tables == 1:
            self._tell(" ".join("".join(self._line).split()))
            self._line = []
        elif tag == "table" and self._tables:
            self._end_table()
        elif tag in HEADINGS or tag in BLOCKS or tag in ("pre", "li"):
            self.end_block()
        if tag == "pre":
            self._verbatim = max(0, self._verbatim - 1)
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        """Text between elements."""
        if self._in_title:
            self._title.append(data)
        elif not self._dropped:
            self._line.append(data if self._verbatim else _SPACES.sub(" ", data))

    def end(self) -> None:
        """The source breaks off or ends here."""
        if self._tables:
            self._tables = 1
            self._end_table()
        self.end_block()

    def end_block(self) -> None:
        """What was collected is a paragraph, a heading or an item; inside a table it stays in its cell."""
        if self._tables:
            if self._line and self._line[-1] != "\n":
                self._line.append("\n")
            return
        text = "".join(self._line)
        self._line, self._link = [], []
        if self._verbatim and text.strip():
            self._tell_block(f"```\n{text.strip(chr(10))}\n```")
            return
        text = "\n".join(line.strip() for line in text.split("\n")).strip()
        if text and self._heading:
            text = f"{'#' * self._heading} {' '.join(text.split())}"
        elif text and self._item:
            text, self._item = self._item + text, ""
        self._heading = 0
        self._tell_block(text)

    def _picture(self, attributes: dict[str, str]) -> None:
        title = " ".join(attributes.get("alt", "").split())
        data = self._find(attributes.get("src", ""))
        if data is not None:
            self._pictures.append((data, title))
        elif title:
            self._line.append(f"[{tr('picture')}: {title}]")

    def _tell_block(self, text: str) -> None:
        self._tell(text)
        pictures, self._pictures = self._pictures, []
        for data, title in pictures:
            self._place(data, title)

    def _begin_item(self) -> None:
        self.end_block()
        if not self._lists:
            self._lists.append(-1)
        if self._lists[-1] >= 0:
            self._lists[-1] += 1
        mark = "- " if self._lists[-1] < 0 else f"{self._lists[-1]}. "
        self._item = "  " * min(len(self._lists) - 1, 8) + mark

    def _end_link(self) -> None:
        address, since = self._link.pop()
        text = "".join(self._line[since:])
        if address.startswith(("http:", "https:", "mailto:")) and address not in text:
            self._line.append(f" ({address})")

    def _begin_table(self, tag: str) -> None:
        if tag == "table":
            self._tables += 1
            if self._tables == 1:
                self._rows, self._line, self._link = [], [], []
        elif self._rows is not None and self._tables == 1:
            self._end_cell()  # which is often not written
            if tag == "tr" or not self._rows:
                self._rows.append([])
            self._in_cell = tag in ("td", "th")

    def _end_cell(self) -> None:
        if self._rows and self._in_cell:
            self._rows[-1].append("".join(self._line))
        self._in_cell = False
        self._line, self._link = [], []

    def _end_table(self) -> None:
        if self._tables == 1:
            self._end_cell()
        self._tables -= 1
        if not self._tables:
            rows, self._rows, self._line = self._rows or [], None, []
            self._tell_block(markdown([row for row in rows if row]))
