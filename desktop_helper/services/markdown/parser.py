"""Markdown to tokens: CommonMark with tables, strikethrough and formulas; no HTML, and only harmless links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it.token import Token

INLINE_CAP = 5_000  # characters of one paragraph; a longer one is shown as it is, without emphasis or links

References = dict[str, Any]
Places = Callable[[str], Iterable[tuple[int, int, str]]]
"""Where links begin and end in a text, and where they lead."""


def _nowhere(_text: str) -> Iterable[tuple[int, int, str]]:
    """For texts that speak of no places."""
    return ()


def parse_blocks(source: str, references: References) -> list[Token]:
    """The block structure only; inline tokens have no children. Link definitions are added to `references`."""
    from desktop_helper.services.markdown.engine import engine

    tokens: list[Token] = []
    parser = engine()
    parser.block.parse(source, parser, {"references": references}, tokens)
    return tokens


def parse(source: str, references: References) -> list[Token]:
    """Block and inline tokens of `source`, whose lines end in a bare newline."""
    from desktop_helper.services.markdown.engine import engine, text_token

    tokens, parser = parse_blocks(source, references), engine()
    for token in tokens:
        if token.type != "inline":
            continue
        token.children = []
        if len(token.content) > INLINE_CAP:
            token.children.append(text_token(token.content))
        else:
            parser.inline.parse(token.content, parser, {"references": references}, token.children)
    return tokens


def formula_keys(tokens: Iterable[Token]) -> list[tuple[str, bool]]:
    """The formulas among `tokens`, as `formulas.Formulas` wants to be asked for them."""
    found = []
    for token in tokens:
        if token.type == "math_block":
            found.append((token.content, True))
        found += [(child.content, False) for child in token.children or () if child.type == "math_inline"]
    return found


def to_html(source: str) -> str:
    """The whole text as HTML, for a rich copy into other programs."""
    from desktop_helper.services.markdown.engine import engine

    return str(engine().render(source))


def to_offline_html(source: str, places: Places = _nowhere) -> str:
    """The same for a page of its own: pictures from elsewhere, which would be fetched, are their description.

    Args:
        source: Markdown.
        places: which characters of a text lead to an address of the page itself.
    """
    from desktop_helper.services.markdown.engine import engine, text_token

    tokens, parser = parse(source.replace("\r\n", "\n").replace("\r", "\n"), {}), engine()
    for token in tokens:
        children = token.children or []
        shown = [text_token(f"[{one.content}]") if one.type == "image" else one for one in children]
        token.children = list(_with_places(shown, places))
    return str(parser.renderer.render(tokens, parser.options, {}))


def _with_places(tokens: Iterable[Token], places: Places) -> Iterator[Token]:
    from desktop_helper.services.markdown.engine import link_tokens, text_token

    links = 0
    for token in tokens:
        links += token.nesting if token.type.startswith("link_") else 0
        if token.type != "text" or links:
            yield token
            continue
        at = 0
        for start, end, address in places(token.content):
            yield text_token(token.content[at:start])
            yield from link_tokens(token.content[start:end], address)
            at = end
        yield text_token(token.content[at:]) if at else token


def warm_up() -> None:
    """Do the slow first import and parse ahead of the first answer."""
    parse("a **b** `c`\n\n| a |\n|---|\n", {})
