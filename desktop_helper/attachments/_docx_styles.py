"""What a paragraph's style makes of it: a heading, a numbered or a bulleted item."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from desktop_helper.attachments._xml import children, find, value

MAX_LEVEL = 8


class Styles:
    """Styles and list definitions of a document; counts the numbered items."""

    def __init__(self, styles: Element | None, numbering: Element | None) -> None:
        self._styles = {style.get("styleId", ""): style for style in children(styles, "style")}
        abstract = {one.get("abstractNumId", ""): one for one in children(numbering, "abstractNum")}
        self._lists = {
            one.get("numId", ""): abstract.get(value(one, "abstractNumId")) for one in children(numbering, "num")
        }
        self._counts: dict[tuple[str, int], int] = {}

    def mark(self, properties: Element | None, text: str) -> str:
        """`text` as a Markdown heading, item or paragraph."""
        level = self._heading_level(properties)
        if level:
            return f"{'#' * min(level, 6)} {' '.join(text.split())}"
        item = self._property(properties, "numPr")
        number = value(item, "numId")
        if item is None or number in ("", "0"):
            return text
        depth = _number(value(item, "ilvl"), MAX_LEVEL)
        indented = text.replace("\n", "\n" + "  " * (depth + 1))
        return f"{'  ' * depth}{self._bullet(number, depth)} {indented}"

    def _heading_level(self, properties: Element | None) -> int:
        for style in self._chain(properties):
            name = value(style, "name").lower()
            if name == "title":
                return 1
            if name.startswith("heading ") and name[8:].isdecimal():
                return _number(name[8:], 6)
        outline = value(self._property(properties, "outlineLvl"))
        return _number(outline, 9) + 1 if outline and outline != "9" else 0

    def _property(self, properties: Element | None, tag: str) -> Element | None:
        """A property of the paragraph itself, or else of its style or those that the style is based on."""
        own = find(properties, tag)
        if own is not None:
            return own
        found = (find(style, "pPr", tag) for style in self._chain(properties))
        return next((one for one in found if one is not None), None)

    def _chain(self, properties: Element | None) -> list[Element]:
        chain: list[Element] = []
        style = self._styles.get(value(properties, "pStyle"))
        while style is not None and style not in chain and len(chain) < 20:
            chain.append(style)
            style = self._styles.get(value(style, "basedOn"))
        return chain

    def _bullet(self, number: str, depth: int) -> str:
        levels = {_number(one.get("ilvl", ""), MAX_LEVEL): one for one in children(self._lists.get(number), "lvl")}
        if value(levels.get(depth), "numFmt") in ("", "bullet", "none"):
            return "-"
        for key in [key for key in self._counts if key[0] == number and key[1] > depth]:
            del self._counts[key]
        count = self._counts.get((number, depth), _number(value(levels.get(depth), "start"), 10**6, 1) - 1) + 1
        self._counts[number, depth] = count
        return f"{count}."


def _number(text: str, most: int, otherwise: int = 0) -> int:
    return min(int(text), most) if text.isdecimal() and len(text) < 10 else otherwise
