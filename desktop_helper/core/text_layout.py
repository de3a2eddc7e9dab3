"""Lines of text that lie about in a picture, in the order in which people read them.

The picture is cut into bands, between which nothing crosses from left to right. Bands that share a gap from above to
below stand side by side there: with long lines they are columns, read one after the other; with short ones a table,
read row by row. Columns are cut again in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop_helper.core.text_lines import TextLine, is_wide, width_of

CELL_SEPARATOR = "\t"  # what spreadsheets read

_SHRINK = 0.15  # of a box's height, above and below: boxes of neighbouring lines overlap a little
_GAP = 0.8  # of a line's height: at least between two columns that several lines keep free
_LONE_GAP = 1.5  # the same for one line by itself; a space is 0.3
_APART = 1.9  # of a line's height, from middle to middle: an empty line is between them
_NEW_BLOCK = 1.5  # of a line's height: what stands below a gap this large does not go on a column by itself
_LEVEL = 0.3  # of a line's height: cells of one row lie no further apart
_PROSE = 24  # columns of text: the cells of tables are shorter
_NARROW_PROSE = 14  # the same where most lines fill their column with several words, as running text does
_FILLED = 0.75  # of a column's width, and share of its lines
_FEWEST_LINES = 4
_SEVERAL_WORDS = 3
_EVEN = 0.04  # how much the widths of characters differ in text of one width
_EDGE = 0.1  # of a line's height: how much the room that a box has around its text differs
_ENOUGH_CHARACTERS = 8  # to say how wide a character is
_DEEPEST = 12

Span = tuple[float, float]


def layout(lines: Iterable[TextLine]) -> str:
    """The text of a picture: columns one below the other, cells of tables separated by tabs, empty lines kept."""
    found = [line for line in lines if line.text.strip()]
    return "\n".join(_read(found, 0)).strip("\n")


def in_reading_order(lines: Iterable[TextLine]) -> list[TextLine]:
    """The same lines, the one that is read first in front."""
    found = [line for line in lines if line.text.strip()]
    return _ordered(found, 0)


@dataclass(frozen=True, slots=True)
class _Block:
    """Bands that are read together.

    Args:
        bands: from above to below.
        gutters: the gaps between columns; none if all stands in one.
    """

    bands: list[list[TextLine]]
    gutters: list[Span]

    @property
    def lines(self) -> list[TextLine]:
        return [line for band in self.bands for line in band]


def _read(lines: Sequence[TextLine], depth: int) -> list[str]:
    text: list[str] = []
    last: Sequence[TextLine] = ()
    for block in _blocks(lines):
        if last and _is_apart(last, block.bands[0]):
            text.append("")
        last = block.bands[-1]
        columns = _columns(block)
        if len(columns) < 2 or depth >= _DEEPEST:
            text += _single(block.bands)
        elif _is_table(block, columns):
            text += [CELL_SEPARATOR.join(row) for row in _rows(block)]
        else:
            for number, column in enumerate(columns):
                text += ["", *_read(column, depth + 1)] if number else _read(column, depth + 1)
    return text


def _ordered(lines: Sequence[TextLine], depth: int) -> list[TextLine]:
    ordered: list[TextLine] = []
    for block in _blocks(lines):
        columns = _columns(block)
        if len(columns) < 2 or depth >= _DEEPEST or _is_table(block, columns):
            ordered += [line for band in block.bands for row in _split_rows(band) for line in row]
        else:
            for column in columns:
                ordered += _ordered(column, depth + 1)
    return ordered


def _blocks(lines: Sequence[TextLine]) -> list[_Block]:
    """Bands together as long as they keep a gap free together."""
    blocks: list[_Block] = []
    for band in _bands(lines):
        if blocks:
            joined = _joined(blocks[-1], band)
            if joined is not None:
                blocks[-1] = joined
                continue
        blocks.append(_Block([band], _inner(band, _free([band]), _needed([band]))))
    return _merged([_without_lone_gaps(block) for block in blocks])


def _bands(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Cut wherever nothing stands from the left edge to the right one."""
    bands: list[list[TextLine]] = []
    bottom = 0.0
    for line in sorted(lines, key=_top):
        if bands and _top(line) < bottom:
            bands[-1].append(line)
        else:
            bands.append([line])
            bottom = _bottom(line)
        bottom = max(bottom, _bottom(line))
    return bands


def _joined(block: _Block, band: list[TextLine]) -> _Block | None:
    """`block` with `band` at its end, or None if that begins something else."""
    own = _inner(band, _free([band]), _needed([band]))
    if not block.gutters and not own:
        return _Block([*block.bands, band], [])
    if not block.gutters:
        return None
    needed = _needed([*block.bands, band])
    shared = _inner([*block.lines, *band], _free([*block.bands, band]), needed)
    if not shared or (not own and _distance(block.bands[-1], band) > _NEW_BLOCK * _height(band)):
        return None
    return _Block([*block.bands, band], shared)


def _without_lone_gaps(block: _Block) -> _Block:
    """A wide space in a single line is no gap between columns."""
    rows = [row for band in block.bands for row in _split_rows(band)]
    if sum(len({_column_of(line, block.gutters) for line in row}) > 1 for row in rows) > 1:
        return block
    needed = _LONE_GAP * _height(block.lines)
    return _Block(block.bands, [(left, right) for left, right in block.gutters if right - left >= needed])


def _merged(blocks: list[_Block]) -> list[_Block]:
    """Neighbours without columns are one."""
    merged: list[_Block] = []
    for block in blocks:
        if merged and not block.gutters and not merged[-1].gutters:
            merged[-1] = _Block([*merged[-1].bands, *block.bands], [])
        else:
            merged.append(block)
    return merged


def _free(bands: Sequence[Sequence[TextLine]]) -> list[Span]:
    """Where nothing stands in any of the bands, without the edges."""
    spans = sorted((line.box.x, line.box.right) for band in bands for line in band)
    free: list[Span] = []
    end = spans[0][1]
    for left, right in spans[1:]:
        if left > end:
            free.append((end, left))
        end = max(end, right)
    return free


def _inner(lines: Sequence[TextLine], free: Sequence[Span], needed: float) -> list[Span]:
    return [(left, right) for left, right in free if right - left >= needed] if len(lines) > 1 else []


def _needed(bands: Sequence[Sequence[TextLine]]) -> float:
    return _GAP * _middle_one(_height(band) for band in bands)


def _columns(block: _Block) -> list[list[TextLine]]:
    columns: list[list[TextLine]] = [[] for _ in range(len(block.gutters) + 1)]
    for line in block.lines:
        columns[_column_of(line, block.gutters)].append(line)
    return [column for column in columns if column]


def _column_of(line: TextLine, gutters: Sequence[Span]) -> int:
    return sum(line.box.x >= right for _, right in gutters)


def _is_table(block: _Block, columns: Sequence[Sequence[TextLine]]) -> bool:
    """Rows that stand at the same heights, of cells that are too short for running text."""
    rows = [_split_rows(column) for column in columns]
    running = [column for column in columns if _is_running_text(column)]
    if len(running) > 1 or (running and _share_in_line(block) < 0.5):
        return False
    return max(len(column) for column in rows) == 1 or _share_in_line(block) >= 0.5


def _is_running_text(column: Sequence[TextLine]) -> bool:
    widths = [width_of(line.text) for line in column]
    if _middle_one(widths) >= _PROSE:
        return True
    filled = sum(width >= _FILLED * max(widths) for width in widths)
    return (
        len(column) >= _FEWEST_LINES
        and _middle_one(widths) >= _NARROW_PROSE
        and filled >= _FILLED * len(column)
        and _middle_one(_words_in(line.text) for line in column) >= _SEVERAL_WORDS
    )


def _words_in(text: str) -> float:
    """Words of letters; two Chinese characters are one."""
    words = [word for word in text.split() if any(map(str.isalpha, word))]
    return sum(max(1.0, sum(map(is_wide, word)) / 2) for word in words)


def _share_in_line(block: _Block) -> float:
    """The share of rows in which at least two columns say something and stand at one height."""
    rows = [row for band in block.bands for row in _split_rows(band)]
    several = [row for row in rows if len({_column_of(line, block.gutters) for line in row}) > 1]
    middles = [[_middle(line) for line in row] for row in several]
    level = [max(row) - min(row) <= _LEVEL * _height(block.lines) for row in middles]
    return sum(level) / len(rows)


def _rows(block: _Block) -> list[list[str]]:
    table = []
    for band in block.bands:
        for row in _split_rows(band):
            cells: list[list[TextLine]] = [[] for _ in range(len(block.gutters) + 1)]
            for line in row:
                cells[_column_of(line, block.gutters)].append(line)
            table.append([_joined_text(cell) for cell in cells])
    return [_without_empty_end(row) for row in _without_split_columns(table)]


def _without_split_columns(table: list[list[str]]) -> list[list[str]]:
    """Neighbours of which no row fills both are one column: a heading above numbers that stand further to the right."""
    place = 1
    while table and place < len(table[0]):
        if any(row[place - 1] and row[place] for row in table):
            place += 1
        else:
            table = [[*row[: place - 1], row[place - 1] or row[place], *row[place + 1 :]] for row in table]
    return table


def _without_empty_end(row: list[str]) -> list[str]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def _single(bands: Sequence[Sequence[TextLine]]) -> list[str]:
    """Row for row, with the indentation of text whose characters all have one width."""
    rows = [row for band in bands for row in _split_rows(band)]
    width = _character_width(rows)
    left = min(line.box.x for row in rows for line in row)
    text: list[str] = []
    for number, row in enumerate(rows):
        if number and _is_apart(rows[number - 1], row):
            text.append("")
        indent = " " * round((row[0].box.x - left) / width) if width else ""
        text.append(indent + _joined_text(row))
    return text


def _split_rows(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Lines whose middles are within each other, from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: (_middle(line), line.box.x)):
        if rows and _middle(line) - _middle(rows[-1][0]) < 0.5 * min(_height([line]), _height(rows[-1])):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: (line.box.x, line.box.y)) for row in rows]


def _joined_text(row: Sequence[TextLine]) -> str:
    text = ""
    for line in row:
        part = line.text.strip()
        glued = not text or not part or (is_wide(text[-1]) and is_wide(part[0]))
        text += part if glued else f" {part}"
    return text


def _character_width(rows: Sequence[Sequence[TextLine]]) -> float | None:
    """How wide a character is, if that is the same in all rows: code, and what terminals show."""
    lines = [row[0] for row in rows if len(row) == 1 and width_of(row[0].text) >= _ENOUGH_CHARACTERS]
    if len(lines) < 3:
        return None
    middle = _middle_one(line.box.width / width_of(line.text) for line in lines)
    even = all(
        abs(line.box.width - middle * width_of(line.text))
        <= _EVEN * middle * width_of(line.text) + _EDGE * line.box.height
        for line in lines
    )
    return middle if middle > 0 and even else None


def _is_apart(above: Sequence[TextLine], below: Sequence[TextLine]) -> bool:
    distance = min(map(_middle, below)) - max(map(_middle, above))
    return distance > _APART * max(1.0, min(_height(above), _height(below)))


def _distance(above: Sequence[TextLine], below: Sequence[TextLine]) -> float:
    return min(line.box.y for line in below) - max(line.box.bottom for line in above)


def _top(line: TextLine) -> float:
    return line.box.y + _SHRINK * line.box.height


def _bottom(line: TextLine) -> float:
    return line.box.bottom - _SHRINK * line.box.height


def _middle(line: TextLine) -> float:
    return line.box.y + line.box.height / 2


def _height(lines: Sequence[TextLine]) -> float:
    return _middle_one(line.box.height for line in lines)


def _middle_one(values: Iterable[float]) -> float:
    """The median. The module `statistics` would bring a megabyte into the idle app."""
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
