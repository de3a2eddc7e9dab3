"""Markdown to tokens: CommonMark with tables, strikethrough and formulas; no HTML, and only harmless links."""

from __future__ import annotations

from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from desktop_helper.ui.markdown import math_rules

INLINE_CAP = 5_000  # characters of one paragraph; a longer one is shown as it is, without emphasis or links
_MAX_NESTING = 24
_SCHEMES = ("http://", "https://", "mailto:")

References = dict[str, Any]


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Everything else (file:, javascript:, //host, relative paths) stays the text it was."""
        return url.lower().startswith(_SCHEMES)


@cache
def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": False, "typographer": False, "maxNesting": _MAX_NESTING}
    parser = _Markdown("commonmark", options).enable(["table", "strikethrough"])
    parser.use(math_rules.plugin)
    return parser


def parse_blocks(source: str, references: References) -> list[Token]:
    """The block structure only; inline tokens have no children. Link definitions are added to `references`."""
    tokens: list[Token] = []
    parser = _parser()
    parser.block.parse(source, parser, {"references": references}, tokens)
    return tokens


def parse(source: str, references: References) -> list[Token]:
    """Block and inline tokens of `source`, whose lines end in a bare newline."""
    tokens = parse_blocks(source, references)
    parser = _parser()
    for token in tokens:
        if token.type != "inline":
            continue
        token.children = []
        if len(token.content) > INLINE_CAP:
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            parser.inline.parse(token.content, parser, {"references": references}, token.children)
    return tokens


def to_html(source: str) -> str:
    """The whole text as HTML, for a rich copy into other programs."""
    return str(_parser().render(source))


def warm_up() -> None:
    """Do the slow first import and parse ahead of the first answer; any thread."""
    parse("a **b** `c`\n\n| a |\n|---|\n", {})
