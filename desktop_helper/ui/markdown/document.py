"""A QTextDocument that Markdown is streamed into.

Finished blocks are written once; only the open tail is replaced. So a chunk costs the same at the end of a long answer
as at its beginning, and when everything has come the document equals one made from the whole text.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import dataclass

from PySide6.QtGui import QTextCursor, QTextDocument

from desktop_helper.core import trace
from desktop_helper.services.markdown.parser import INLINE_CAP, References, formula_keys, parse, parse_blocks
from desktop_helper.ui.markdown.blocks import Splitter
from desktop_helper.ui.markdown.formula_object import install
from desktop_helper.ui.markdown.formulas import formulas
from desktop_helper.ui.markdown.growing import GrowingCode, GrowingText
from desktop_helper.ui.markdown.growing_table import GrowingTable, table_head
from desktop_helper.ui.markdown.highlight import WHOLE_CAP
from desktop_helper.ui.markdown.mend import mend
from desktop_helper.ui.markdown.ornaments import Mark, Ornaments
from desktop_helper.ui.markdown.render import Renderer
from desktop_helper.ui.markdown.styles import Styles
from desktop_helper.ui.theme import Theme

BUDGET_S = 0.012  # of writing finished blocks at a time; Qt's layout of them comes on top


@dataclass(slots=True)
class _Block:
    """A finished block and where it stands in the document."""

    source: str
    position: int
    mark: Mark
    links: list[str]
    known: int  # how many link definitions there were


class MarkdownDocument:
    """The writer of one answer. UI thread only.

    Args:
        document: an empty one; from now on nobody else edits it.
        theme: colours and sizes; call `restyle` when they change.
    """

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        self._document = document
        self._theme = theme
        self._source: list[str] = []
        self._splitter = Splitter()
        self._waiting: deque[str] = deque()
        self._blocks: list[_Block] = []
        self._references: References = {}
        self._closed = False
        self._growing: GrowingCode | GrowingTable | GrowingText | None = None
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(0)
        install(document)
        self._renderer = self._new_renderer()
        self._tail_position, self._tail_mark = 0, self._renderer.ornaments.mark()
        self._tail_shown: str | None = None
        self.changed_from = 0  # position of the first change of the last `refresh`

    @property
    def ornaments(self) -> Ornaments:
        """What the view paints itself."""
        return self._renderer.ornaments

    @property
    def source(self) -> str:
        """All text so far, exactly as it came."""
        if len(self._source) > 1:
            self._source = ["".join(self._source)]
        return self._source[0] if self._source else ""

    @property
    def complete(self) -> bool:
        """Whether `close` was called and everything is written."""
        return self._closed and not self._waiting

    def append(self, text: str) -> None:
        """Add text. It shows with the next `refresh`."""
        self._source.append(text)
        self._waiting.extend(self._splitter.feed(text))

    def close(self) -> None:
        """No more text comes."""
        if not self._closed:
            self._closed = True
            self._waiting.extend(self._splitter.close())

    def refresh(self, budget_s: float | None = BUDGET_S) -> bool:
        """Bring the document up to date. Returns True if time ran out before that: call again soon.

        Args:
            budget_s: how long to write finished blocks; None for no limit.
        """
        begin_us, begin = trace.now_us(), time.perf_counter()
        self.changed_from = self._tail_position
        edit = QTextCursor(self._document)
        edit.beginEditBlock()
        try:
            while self._waiting and (budget_s is None or time.perf_counter() - begin < budget_s):
                if not self._freeze(self._waiting[0], budget_s):
                    break
                self._waiting.popleft()
            drawn = bool(self._waiting) or self._write_tail(budget_s)
        finally:
            edit.endEditBlock()
        if self.complete:
            self._resolve_late_links()
        trace.complete("render:chunk", begin_us, blocks=len(self._blocks), waiting=len(self._waiting))
        return bool(self._waiting) or not drawn

    def restyle(self) -> None:
        """Write everything again, after the theme changed. Needs `refresh`."""
        self._restart(0)
        self._document.clear()
        self._renderer = self._new_renderer()
        self._tail_position, self._tail_mark = 0, self._renderer.ornaments.mark()

    def _new_renderer(self) -> Renderer:
        self._document.setDefaultFont(self._theme.font())
        styles = Styles(self._theme)
        self._document.setIndentWidth(styles.indent_px)
        return Renderer(self._document, styles)

    def _freeze(self, source: str, patience_s: float | None) -> bool:
        """Write a finished block; False if its formulas are still being drawn."""
        position, mark = self._tail_position, self._tail_mark
        links = self._adopted(source)
        if links is None:
            tokens = parse(source, self._references)
            if not formulas().wait(formula_keys(tokens), patience_s):
                return False
            self._drop_tail()
            links = self._renderer.write(tokens)
        self._growing, self._tail_shown = None, None
        self._tail_position, self._tail_mark = self._renderer.end(), self._renderer.ornaments.mark()
        self._blocks.append(_Block(source, position, mark, links, len(self._references)))
        return True

    def _adopted(self, source: str) -> list[str] | None:
        """The links of a finished block that stands there already, because it only grew; None: it must be written."""
        growing = self._growing
        if isinstance(growing, GrowingTable):
            with contextlib.suppress(ValueError):
                if growing.read(source.rstrip("\n") + "\n", 0):
                    growing.show()
                    return growing.links
        if isinstance(growing, GrowingCode) and len(source) > WHOLE_CAP:
            code = parse_blocks(source, {})[0].content
            if len(code) > WHOLE_CAP and code.startswith(growing.shown):
                growing.update(code, whole=True)
                self.ornaments.codes[-1].code = code.removesuffix("\n")
                return []
        return None

    def _drop_tail(self) -> None:
        self._growing = None
        if self._tail_shown is not None:
            self._renderer.truncate(self._tail_position, self._tail_mark)
            self._tail_shown = None

    def _write_tail(self, patience_s: float | None) -> bool:
        """Show the open end; False if its formulas are still being drawn."""
        tail, fence = self._splitter.tail, self._splitter.fence
        if tail == (self._tail_shown or ""):
            return True
        if fence is not None:
            code = tail[fence.body_start :]
            if not isinstance(self._growing, GrowingCode):
                self._drop_tail()
                self._growing = GrowingCode(self._renderer.open_code(), fence.language, self._renderer.styles)
            self._growing.update(code)
            self.ornaments.codes[-1].code = code.removesuffix("\n")
        elif len(tail) > INLINE_CAP and "\n" not in tail and tail[0].isalnum():
            if not isinstance(self._growing, GrowingText):
                self._drop_tail()
                self._growing = GrowingText(self._renderer.open_paragraph(), self._renderer.styles)
            self._growing.update(tail)
        elif (grown := self._grow_table(tail, patience_s)) is not None:
            if not grown:
                return False
        else:
            tokens = parse(mend(tail), dict(self._references))
            if not formulas().wait(formula_keys(tokens), patience_s):
                return False
            self._drop_tail()
            self._renderer.write(tokens)
        self._tail_shown = tail
        return True

    def _grow_table(self, tail: str, patience_s: float | None) -> bool | None:
        """Show a tail that is one table; False if its formulas are still being drawn, None if it is something else."""
        growing = self._growing
        if not isinstance(growing, GrowingTable):
            head = table_head(tail)
            if not head:
                return None
            growing = GrowingTable(self._renderer, head, self._references)
        try:
            if not growing.read(tail, patience_s):
                return False
        except ValueError:
            return None
        if growing is not self._growing:
            self._drop_tail()
            self._growing = growing
        growing.show()
        return True

    def _resolve_late_links(self) -> None:
        """A link may be defined after its use: blocks that read differently now are written again."""
        known = len(self._references)
        for index, block in enumerate(self._blocks):
            if block.known == known or "]" not in block.source:
                continue
            block.known = known
            tokens = parse(block.source, dict(self._references))
            children = (child for token in tokens for child in token.children or ())
            found = [str(child.attrs.get("href") or child.attrs.get("src")) for child in children if child.attrs]
            if found != block.links:
                self._restart(index)
                return

    def _restart(self, index: int) -> None:
        """Forget the blocks from `index` on and queue their sources."""
        self._growing, self._tail_shown = None, None
        if index < len(self._blocks):
            self._waiting.extendleft(block.source for block in reversed(self._blocks[index:]))
            first = self._blocks[index]
            self._renderer.truncate(first.position, first.mark)
            self._tail_position, self._tail_mark = first.position, first.mark
            del self._blocks[index:]
