"""Colours for code, by Pygments: the whole of a finished block, line by line while it grows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

WHOLE_CAP = 12_000  # characters; a longer block keeps its line-by-line colours (Pygments needs 10 ms for 1,000)
_LINE_CAP = 2_000

_ROLES = (
    ("Token.Comment", "code_comment"),
    ("Token.Keyword", "code_keyword"),
    ("Token.Operator.Word", "code_keyword"),
    ("Token.Name.Tag", "code_keyword"),
    ("Token.Name.Function", "code_function"),
    ("Token.Name.Class", "code_function"),
    ("Token.Name.Builtin", "code_function"),
    ("Token.Name.Decorator", "code_function"),
    ("Token.Name.Attribute", "code_function"),
    ("Token.Literal.String", "code_string"),
    ("Token.Generic.Inserted", "code_string"),
    ("Token.Generic.Deleted", "bad"),
    ("Token.Literal.Number", "code_number"),
    ("Token.Generic.Heading", "code_number"),
    ("Token.Generic.Subheading", "code_number"),
)


def coloured(code: str, language: str) -> Iterator[tuple[str, str]]:
    """`code` as pieces `(colour role or "", text)`, newlines kept."""
    if len(code) <= WHOLE_CAP:
        yield from _lex(code, language)
        return
    yield from coloured_lines(code, language)


def coloured_lines(code: str, language: str) -> Iterator[tuple[str, str]]:
    """Each line on its own; a string over several lines is wrong until its block is finished."""
    for line in code.splitlines(keepends=True):
        if len(line) <= _LINE_CAP:
            yield from _lex(line, language)
        else:
            yield "", line


def warm_up() -> None:
    """Do the slow first import ahead of the first code block."""
    list(_lex("x = 1", "python"))


def _lex(code: str, language: str) -> Iterator[tuple[str, str]]:
    lexer = _lexer(language)
    if lexer is None:
        yield "", code
        return
    role = ""
    run: list[str] = []
    for _, token, text in lexer.get_tokens_unprocessed(code):
        this = _role(str(token))
        if this != role and run and not text.isspace():
            yield role, "".join(run)
            run = []
        if not text.isspace() or not run:
            role = this
        run.append(text)
    if run:
        yield role, "".join(run)


@cache
def _role(token: str) -> str:
    return next((role for prefix, role in _ROLES if token == prefix or token.startswith(prefix + ".")), "")


@cache
def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
