"""The parser itself. Importing this takes longer than showing a window: `parser` does it when there is text."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from desktop_helper.ui.markdown import math_rules

_MAX_NESTING = 24
_SCHEMES = ("http://", "https://", "mailto:")


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        """Everything else (file:, javascript:, //host, relative paths) stays the text it was."""
        return url.lower().startswith(_SCHEMES)


@cache
def engine() -> MarkdownIt:
    """CommonMark with tables, strikethrough and formulas, without HTML."""
    options = {"html": False, "linkify": False, "typographer": False, "maxNesting": _MAX_NESTING}
    parser = _Markdown("commonmark", options).enable(["table", "strikethrough"])
    parser.use(math_rules.plugin)
    return parser


def text_token(content: str) -> Token:
    """An inline token that is only text."""
    return Token("text", "", 0, content=content)
