"""The parser itself. Importing this takes longer than showing a window: `parser` does it when there is text."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from desktop_helper.services.markdown import footnote_rules, math_rules

_MAX_NESTING = 24
_SCHEMES = ("http://", "https://", "mailto:")


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Everything else (file:, javascript:, //host, relative paths) stays the text it was."""
        return url.lower().startswith(_SCHEMES)


@cache
def engine() -> MarkdownIt:
    """CommonMark with tables, strikethrough, footnotes and formulas, without HTML."""
    options = {"html": False, "linkify": False, "typographer": False, "maxNesting": _MAX_NESTING}
    parser = _Markdown("commonmark", options).enable(["table", "strikethrough"])
    parser.use(math_rules.plugin)
    parser.use(footnote_rules.plugin)
    for name, write in (("math_inline", _inline_source), ("math_block", _block_source), ("footnote_mark", _mark)):
        parser.add_render_rule(name, write)
    return parser


def _inline_source(_self: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    return f"<code>{html.escape(tokens[index].markup)}</code>"


def _block_source(_self: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    return f"<pre>{html.escape(tokens[index].content)}</pre>\n"


def _mark(_self: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    return f"<sup>{html.escape(tokens[index].content)}</sup>"


def text_token(content: str) -> Token:
    """An inline token that is only text."""
    return Token("text", "", 0, content=content)


def link_tokens(content: str, address: str) -> tuple[Token, Token, Token]:
    """The inline tokens of a link."""
    begin = Token("link_open", "a", 1, attrs={"href": address})
    return begin, text_token(content), Token("link_close", "a", -1)
