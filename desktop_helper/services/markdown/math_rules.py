r"""Where formulas are: `$x$`, `$$ x $$`, `\(x\)`, `\[ x \]`. "$5 and $10" is money.

A formula never contains an empty line (TeX forbids it), so an opening without an end cannot swallow the rest of an
answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_FENCES = {"$$": "$$", "\\[": "\\]"}
_MAX_INLINE = 1000
# `$x$` as in Pandoc: no space inside the dollars, no digit after the closing one; no other dollar between them.
_DOLLAR = re.compile(rf"\$(?![\s$])([^$\n]{{1,{_MAX_INLINE}}}?)(?<![\s\\])\$(?![\d$])")
_DOUBLE = re.compile(rf"\$\$(?!\$)([^$]{{1,{_MAX_INLINE}}}?)\$\$(?!\$)")
_PAREN = re.compile(rf"\\\((.{{1,{_MAX_INLINE}}}?)\\\)", re.DOTALL)
_BRACKET = re.compile(rf"\\\[(.{{1,{_MAX_INLINE}}}?)\\\]", re.DOTALL)
INLINE_PATTERNS = (_DOUBLE, _DOLLAR, _PAREN, _BRACKET)


def plugin(parser: MarkdownIt) -> None:
    """Add the rules to a parser."""
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "math_block", _block, {"alt": interrupts})
    parser.inline.ruler.before("escape", "math_inline", _inline)


def _inline(state: StateInline, silent: bool) -> bool:
    char = state.src[state.pos]
    if char not in "$\\":
        return False
    patterns = (_DOUBLE, _DOLLAR) if char == "$" else (_PAREN, _BRACKET)
    match = next((found for pattern in patterns if (found := pattern.match(state.src, state.pos, state.posMax))), None)
    if match is None:
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content, token.markup = match[1], match[0]
    state.pos = match.end()
    return True


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    first = _line(state, start)
    closing = _FENCES.get(first[:2])
    if closing is None:
        return False
    body, line, rest = [], start, first[2:]
    while True:
        stripped = rest.rstrip()
        if stripped.endswith(closing):
            body.append(stripped[: -len(closing)])
            break
        body.append(rest)
        line += 1
        if line >= end or state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return False
        rest = _line(state, line)
    if not "".join(body).strip() or any(closing in part for part in body):
        return False
    if not silent:
        token = state.push("math_block", "", 0)
        token.block, token.map = True, [start, line + 1]
        token.content = "\n".join(body).strip("\n")
        token.markup = first[:2]
    state.line = line + 1
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
