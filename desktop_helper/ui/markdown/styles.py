"""The theme as Qt's text formats, made once for each theme rather than once for each word."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QBrush,
    QFont,
    QFontMetricsF,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTableCellFormat,
    QTextTableFormat,
)

from desktop_helper.ui.markdown.table_widths import CELL_PADDING, TABLE_MARGIN, CellFonts
from desktop_helper.ui.theme import LINE_HEIGHT, SIZES, Theme

INDENT_PX = 24  # of a list at the usual text size: room for its numbers
CODE_PADDING = 12
COPY_BORDERS = 8  # pixels: what the button of the word “Copy” has above and below its letters, and its place in the box
CODE_LINE_HEIGHT = 1.45
QUOTE_INDENT = 14
_FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value
_HEADING_SIZES = {1: 1.36, 2: 1.2, 3: 1.07}


class Styles:
    """Formats in the colours and sizes that `theme` has now."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.body_px = theme.size("body")
        self.line_px = round(self.body_px * LINE_HEIGHT)
        self.indent_px = theme.px(INDENT_PX)
        self.code_line_px = round(theme.size("code") * CODE_LINE_HEIGHT)

    @cached_property
    def text(self) -> QTextCharFormat:
        """Body text."""
        return self._chars("text")

    @cached_property
    def dim(self) -> QTextCharFormat:
        """What is said beside the text."""
        return self._chars("dim")

    @cached_property
    def code(self) -> QTextCharFormat:
        """Text of a code block."""
        return self._mono("text")

    @cached_property
    def collapsed(self) -> QTextBlockFormat:
        """An empty line that must exist but not be seen."""
        return self.block(line_px=1)

    @cached_property
    def collapsed_chars(self) -> QTextCharFormat:
        """Its text format: without it, the line keeps the font's height."""
        found = QTextCharFormat()
        font = QFont()
        font.setPixelSize(1)
        found.setFont(font, QTextCharFormat.FontPropertiesInheritanceBehavior.FontPropertiesSpecifiedOnly)
        return found

    def block(self, *, top: int = 0, bottom: int = 0, indent: int = 0, line_px: int | None = None) -> QTextBlockFormat:
        """A paragraph with these margins."""
        found = QTextBlockFormat()
        found.setTopMargin(top)
        found.setBottomMargin(bottom)
        found.setIndent(indent)
        found.setLineHeight(line_px or self.line_px, _FIXED)
        return found

    def code_block(self) -> QTextBlockFormat:
        """The lines of a code block: from left to right, whatever their words are."""
        found = self.block(line_px=self.code_line_px)
        found.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        return found

    def heading(self, level: int) -> QTextCharFormat:
        """Text of a heading, 1 to 6."""
        font = self.theme.font(weight=QFont.Weight.DemiBold)
        font.setPixelSize(round(self.body_px * _HEADING_SIZES.get(level, 1.0)))
        found = QTextCharFormat()
        found.setFont(font)
        found.setForeground(QBrush(self.theme.color("text" if level < 5 else "dim")))
        return found

    def code_colour(self, role: str) -> QTextCharFormat:
        """Text of a code block in one of Pygments' roles."""
        return self._code_colours.get(role, self.code)

    def strong(self, base: QTextCharFormat) -> QTextCharFormat:
        """`base`, bold."""
        found = QTextCharFormat(base)
        found.setFontWeight(QFont.Weight.DemiBold)
        return found

    def emphasis(self, base: QTextCharFormat) -> QTextCharFormat:
        """`base`, slanted."""
        found = QTextCharFormat(base)
        found.setFontItalic(True)
        return found

    def strike(self, base: QTextCharFormat) -> QTextCharFormat:
        """`base`, struck through."""
        found = QTextCharFormat(base)
        found.setFontStrikeOut(True)
        return found

    def inline_code(self, base: QTextCharFormat) -> QTextCharFormat:
        """`base` as code within a sentence."""
        found = QTextCharFormat(base)
        found.setFontFamilies(self.theme.mono_families())
        found.setProperty(QTextFormat.Property.FontPixelSize, round(self.body_px * 0.93))
        found.setBackground(QBrush(self.theme.color("sunken")))
        return found

    def raised(self, base: QTextCharFormat) -> QTextCharFormat:
        """`base` as the mark of a footnote."""
        found = QTextCharFormat(base)
        found.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        found.setForeground(QBrush(self.theme.color("accent")))
        return found

    def link(self, base: QTextCharFormat, address: str) -> QTextCharFormat:
        """`base` as a link."""
        found = QTextCharFormat(base)
        found.setAnchor(True)
        found.setAnchorHref(address)
        found.setForeground(QBrush(self.theme.color("accent")))
        found.setFontUnderline(True)
        return found

    def code_frame(self, indent: int, left: int) -> QTextFrameFormat:
        """The box of a code block; the view paints its line and corners."""
        found = QTextFrameFormat()
        found.setPadding(max(CODE_PADDING * self.theme.size("code") / SIZES["code"], self._room_for_copy()))
        found.setBorder(0)
        found.setLeftMargin(indent * self.indent_px + left)
        found.setTopMargin(4)
        found.setBottomMargin(12)
        return found

    def _room_for_copy(self) -> float:
        """Padding with which the word “Copy” ends above the capitals of the first line, whatever the two fonts are."""
        word, code = QFontMetricsF(self.theme.font("meta")), QFontMetricsF(self.theme.mono_font())
        return word.height() + COPY_BORDERS - (code.ascent() - code.capHeight())

    def table(self, indent: int, left: int) -> QTextTableFormat:
        """A table as wide as the text, without lines of its own."""
        found = QTextTableFormat()
        found.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        found.setBorder(0)
        found.setBorderCollapse(True)
        found.setCellPadding(0)
        found.setCellSpacing(0)
        found.setLeftMargin(indent * self.indent_px + left)
        found.setTopMargin(0)
        found.setBottomMargin(TABLE_MARGIN)
        return found

    @cached_property
    def cell(self) -> QTextTableCellFormat:
        """A cell with a hairline under it."""
        found = QTextTableCellFormat()
        found.setTopPadding(4)
        found.setBottomPadding(4)
        found.setLeftPadding(CELL_PADDING)
        found.setRightPadding(CELL_PADDING)
        found.setBottomBorder(1)
        found.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        found.setBottomBorderBrush(QBrush(self.theme.color("line")))
        return found

    @cached_property
    def cell_fonts(self) -> CellFonts:
        """What measures the words of cells."""
        return CellFonts(self.theme)

    def aligned(self, alignment: str) -> QTextBlockFormat:
        """The paragraph of a cell. `alignment`: left, right, center, or empty."""
        found = self.block()
        flags = {"right": Qt.AlignmentFlag.AlignRight, "center": Qt.AlignmentFlag.AlignHCenter}
        found.setAlignment(flags.get(alignment, Qt.AlignmentFlag.AlignLeading))
        return found

    @cached_property
    def _code_colours(self) -> dict[str, QTextCharFormat]:
        roles = ("code_keyword", "code_function", "code_string", "code_number", "code_comment", "bad")
        return {role: self._mono(role) for role in roles}

    def _chars(self, role: str) -> QTextCharFormat:
        found = QTextCharFormat()
        found.setForeground(QBrush(self.theme.color(role)))
        return found

    def _mono(self, role: str) -> QTextCharFormat:
        found = QTextCharFormat()
        found.setFont(self.theme.mono_font())
        found.setForeground(QBrush(self.theme.color(role)))
        return found
