"""Footnotes: `[^1]` in a text, and `[^1]: what it says`, shown where it stands.

They are not gathered or numbered: that would change finished blocks when a definition comes late.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_MARK = re.compile(r"\[\^([\w-]{1,24})\]")
_DEFINITION = re.compile(r"\[\^([\w-]{1,24})\]:[ \t]*")
_INDENT = 4  # of further paragraphs that belong to one


def plugin(parser: MarkdownIt) -> None:
    """Add the rules to a parser."""
    parser.block.ruler.before("reference", "footnote", _block, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.before("link", "footnote_mark", _inline)


def _inline(state: StateInline, silent: bool) -> bool:
    match = _MARK.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "[" else None
    if match is None:
        return False
    if not silent:
        state.push("footnote_mark", "sup", 0).content = match[1]
    state.pos = match.end()
    return True


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    begin = state.bMarks[start] + state.tShift[start]
    match = None if state.is_code_block(start) else _DEFINITION.match(state.src, begin, state.eMarks[start])
    if match is None:
        return False
    if silent:
        return True
    opening = state.push("footnote_open", "div", 1)
    opening.info = match[1]
    before = (state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType)
    state.blkIndent += _INDENT
    state.bMarks[start], state.tShift[start], state.sCount[start] = match.end(), 0, state.blkIndent
    state.parentType = "footnote"
    state.md.block.tokenize(state, start, end)
    state.blkIndent -= _INDENT
    state.bMarks[start], state.tShift[start], state.sCount[start], state.parentType = before
    opening.map = [start, state.line]
    state.push("footnote_close", "div", -1)
    return True
