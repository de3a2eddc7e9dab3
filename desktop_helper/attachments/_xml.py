"""XML that nobody has checked: no document type, no entities, nothing from elsewhere, no depth or size without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element, TreeBuilder

MAX_DEPTH = 180  # below Python's limit for the functions that walk the tree
MAX_ELEMENTS = 1_500_000
_BLOCK = 1 << 16


class UnsafeXml(ValueError):
    """It declares entities, nests too deeply, or holds too much."""


class EntitiesDeclared(UnsafeXml):
    """It declares entities, or leads to some elsewhere."""


class Stop(Exception):
    """Raised by a listener to end the reading."""


def parse(data: bytes) -> Element:
    """The tree of `data`, with local names: `p` for `w:p`; `r:id` keeps its prefix, since `id` is another thing.

    Raises `UnsafeXml`, or an `ExpatError` for what is no XML.
    """
    builder = TreeBuilder()
    listen(data, builder.start, builder.end, builder.data)
    return builder.close()


def listen(
    data: bytes,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object],
    text: Callable[[str], object],
) -> None:
    """Tell element by element, so that a large part need never be in memory as a whole."""
    from xml.parsers import expat

    parser = expat.ParserCreate(namespace_separator="}")
    limits = _Limits()

    def begin(tag: str, attributes: dict[str, str]) -> None:
        limits.enter()
        start(tag.rpartition("}")[2], {_attribute(key): value for key, value in attributes.items()})

    def leave(tag: str) -> None:
        limits.depth -= 1
        end(tag.rpartition("}")[2])

    parser.StartElementHandler = begin
    parser.EndElementHandler = leave
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.UnparsedEntityDeclHandler = _refuse
    parser.buffer_text = True
    try:
        for at in range(0, len(data), _BLOCK):
            parser.Parse(data[at : at + _BLOCK], False)
        parser.Parse(b"", True)
    except Stop:
        return


class _Limits:
    def __init__(self) -> None:
        self.depth = 0
        self.elements = 0

    def enter(self) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise UnsafeXml("too deep or too long")


def _refuse(*_: object) -> int:
    raise EntitiesDeclared("declares entities")


def _attribute(key: str) -> str:
    space, _, local = key.rpartition("}")
    return f"r:{local}" if space.endswith("/relationships") else local


def children(element: Element | None, tag: str) -> Iterator[Element]:
    """The direct children called `tag`; none if there is no element."""
    if element is not None:
        yield from (child for child in element if child.tag == tag)


def find(element: Element | None, *path: str) -> Element | None:
    """Down `path`, always the first child of that name."""
    for tag in path:
        element = next(children(element, tag), None)
    return element


def value(element: Element | None, *path: str, key: str = "val") -> str:
    """An attribute of the element at the end of `path`, or nothing."""
    found = find(element, *path)
    return "" if found is None else found.get(key, "")
