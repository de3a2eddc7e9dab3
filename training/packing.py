"""Packs pictures and their questions into arrays.

Several questions share one picture: they stand behind it in one row, each sees the picture and itself only, and counts
its positions from the picture's end, as if it were alone. Some questions do not see the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from training.dialogue import AFTER_PICTURE, NO_PICTURE, START, encoded
from training.lessons import size_of
from training.questions import NOBODY, Asker, Turn
from training.resizing import CELL, placement, resized
from training.scenes import Lesson, Scene, random_of, scene
from training.things import Thing
from training.vocabulary import Vocabulary

TASKS = ("kind", "colour", "count", "side", "box", "absent", "several", "small", "zoom", "other")
QUESTIONS = 5  # about one picture
_ROOM = 150  # tokens for them; rows of one batch are filled up to the longest
_UNDECIDED = 0.2  # weight of a token that decides nothing
_OPENING = 4  # tokens with which an answer or a thought begins, a line's end among them: they tell what kind it is
_IN_OPENING = 0.5  # weight of each of them
_EARLIER = 0.15  # share of questions that follow another one
_BLIND = 0.3  # share of questions of the task "other" without a picture
_BLIND_OTHERWISE = 0.04  # the same of the other tasks
_LEAST_COVER = 0.12  # share of a cell that a thing must cover, or hold its middle
Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """B pictures of one size, T tokens each, N of them parts of the picture, K things at most.

    Args:
        pixels: [B, rows, columns, 3] of bytes, as the encoder gets them.
        grid: columns and rows of tokens.
        tokens, block, targets: [B, T]; block is 0 before the questions, -1 behind them.
        positions: [B, T, 3], the three of M-RoPE.
        sees: [B, T], whether the picture is seen.
        weight: [B, T], of the loss; they sum up to 1 in each question.
        decides: [B, T], whether the target makes the answer right or wrong.
        coordinate: [B, T], the target's number among the coordinates, or -1.
        focus: [B, T, 2], the things to look at, or -1.
        places: [B, K, N], how much of each cell's loss is the thing's: sums up to 1 over N.
        counting: [S, 2], picture and place of each token of an answer that counts.
        middles: [S, N], where the middles of the counted things are: sums up to how many there are.
        kind, colour: [B, N], what is in each cell; 0 is nothing.
        edges: [B, N, 4], the box of the thing in each cell in shares of the picture.
        tasks: of each question of each picture, by their numbers.
    """

    pixels: npt.NDArray[np.uint8]
    grid: tuple[int, int]
    tokens: Whole
    block: Whole
    targets: Whole
    positions: Whole
    sees: npt.NDArray[np.bool_]
    weight: Floats
    decides: npt.NDArray[np.bool_]
    coordinate: Whole
    focus: Whole
    places: Floats
    counting: Whole
    middles: Floats
    kind: Whole
    colour: Whole
    edges: Floats
    tasks: list[list[int]]


@dataclass
class _Row:
    """One picture's tokens as they are collected."""

    tokens: list[int]
    positions: list[tuple[int, int, int]]
    block: list[int]
    sees: list[bool]
    targets: list[int]
    weight: list[float]
    decides: list[bool]
    focus: list[tuple[int, int]]
    counting: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)  # places, and what is counted
    tasks: list[int] = field(default_factory=list)


class Packer:
    """Makes batches for one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, seed: int) -> None:
        self._vocabulary = vocabulary
        self._seed = seed
        self._deciding = vocabulary.deciding()
        self._start = vocabulary.encode(START)
        self._blind_start = len(vocabulary.encode(NO_PICTURE))
        self._image = vocabulary.one("<|image|>")
        self._around_thoughts = {vocabulary.one("<think>"), vocabulary.one("</think>")}
        self._after = vocabulary.encode(AFTER_PICTURE)
        self._coordinates = {token: number for number, token in enumerate(vocabulary.coordinates())}

    def batch(self, numbers: Sequence[int], grid: tuple[int, int], lesson: Lesson) -> Batch:
        """The pictures with these numbers. All become `grid` tokens."""
        scenes, rows = [], []
        for number in numbers:
            random = random_of(self._seed, number)
            scenes.append(scene(random, size_of(grid, random), lesson))
            rows.append(self.row(scenes[-1], grid, random))
        return self._packed(scenes, rows, grid)

    def row(self, picture: Scene, grid: tuple[int, int], random: Random) -> _Row:
        """The picture's place and its questions."""
        asker = Asker(picture, random)
        row = self._begun(grid)
        full = len(row.tokens) + _ROOM
        for _ in range(QUESTIONS):
            turn = asker.ask()
            blind = random.random() < (_BLIND if turn.task == "other" else _BLIND_OTHERWISE)
            if blind and turn.task != "other":
                turn = asker.without_picture(turn)
            before = asker.ask() if not blind and random.random() < _EARLIER else None
            if before is not None and before.task in ("zoom", "small"):
                before = None
            self._add(row, turn, before, blind, len(self._start) + max(grid) + 1, full)
        return row

    def _begun(self, grid: tuple[int, int]) -> _Row:
        columns, rows = grid
        first = len(self._start)
        tokens = [*self._start, *[self._image] * (columns * rows), *self._after]
        positions = [(place,) * 3 for place in range(first)]
        positions += [(first, first + row, first + column) for row in range(rows) for column in range(columns)]
        positions.append((first + max(grid),) * 3)
        count = len(tokens)
        return _Row(
            tokens,
            positions,
            [0] * count,
            [True] * count,
            [0] * count,
            [0.0] * count,
            [False] * count,
            [NOBODY] * count,
        )

    def _add(self, row: _Row, turn: Turn, before: Turn | None, blind: bool, start: int, full: int) -> None:
        """One more question, if there is room for it; it begins at position `start` behind the picture."""
        tokens, asked = encoded(self._vocabulary, turn, before=before)
        count = len(tokens)
        if len(row.tokens) + count > full:
            return
        opening = self._opening(tokens, asked)
        decides = [place >= asked and token in self._deciding for place, token in enumerate(tokens)]
        if turn.task == "other":  # its words stand for nothing that is seen: that it is refused is all
            decides = [place in opening for place in range(count)]
        if not any(decides):
            decides = [place >= asked for place in range(count)]
        weights = [0.0] * asked + [
            1.0 if decides[place] else _IN_OPENING if place in opening else _UNDECIDED for place in range(asked, count)
        ]
        whole = sum(weights)
        begin = self._blind_start if blind else start
        row.tasks.append(TASKS.index(turn.task))
        if turn.counted is not None:
            row.counting += [(len(row.tokens) + place, turn.counted) for place in range(asked - 1, count - 1)]
        row.tokens += tokens
        row.positions += [(begin + place,) * 3 for place in range(count)]
        row.block += [len(row.tasks)] * count
        row.sees += [not blind] * count
        # What stands at a place is compared with the token that comes next.
        row.targets += [*tokens[1:], 0]
        row.weight += [*(weight / whole for weight in weights[1:]), 0.0]
        row.decides += [*decides[1:], False]
        row.focus += [turn.focus if asked - 1 <= place < count - 1 else NOBODY for place in range(count)]

    def _opening(self, tokens: Sequence[int], asked: int) -> set[int]:
        begins = [asked, *(place + 1 for place in range(asked, len(tokens)) if tokens[place] in self._around_thoughts)]
        return {place for begin in begins for place in range(begin, begin + _OPENING)}

    def _packed(self, scenes: Sequence[Scene], rows: Sequence[_Row], grid: tuple[int, int]) -> Batch:
        length = -(-max(len(row.tokens) for row in rows) // 8) * 8  # few different lengths: memory is used again
        shape = (len(rows), length)
        targets = _padded([row.targets for row in rows], shape, 0)
        decides = _padded([row.decides for row in rows], shape, 0).astype(bool)
        coordinate = np.full(shape, -1, np.int64)
        for token, number in self._coordinates.items():
            coordinate[(targets == token) & decides] = number
        kind, colour, edges, places = _cells(scenes, grid)
        counting, middles = _middles(scenes, rows, grid)
        return Batch(
            pixels=np.stack([resized(one.picture) for one in scenes]),
            grid=grid,
            tokens=_padded([row.tokens for row in rows], shape, 0),
            block=_padded([row.block for row in rows], shape, -1),
            targets=targets,
            positions=_padded([row.positions for row in rows], (*shape, 3), 0),
            sees=_padded([row.sees for row in rows], shape, 0).astype(bool),
            weight=_padded([row.weight for row in rows], shape, 0).astype(np.float32),
            decides=decides,
            coordinate=coordinate,
            focus=_padded([row.focus for row in rows], (*shape, 2), -1),
            places=places,
            counting=counting,
            middles=middles,
            kind=kind,
            colour=colour,
            edges=edges,
            tasks=[row.tasks for row in rows],
        )  # fmt: skip


def _padded(lists: Sequence[Sequence[Any]], shape: tuple[int, ...], empty: int) -> npt.NDArray[Any]:
    first = np.asarray(lists[0])
    out: npt.NDArray[Any] = np.full(shape, empty, first.dtype if first.dtype.kind == "f" else np.int64)
    for index, values in enumerate(lists):
        out[index, : len(values)] = values
    return out


def _cells(scenes: Sequence[Scene], grid: tuple[int, int]) -> tuple[Whole, Whole, Floats, Floats]:
    """What is in which cell: kinds, colours, edges, and the places of each thing."""
    columns, rows = grid
    most = max(1, *(len(one.things) for one in scenes))
    kind = np.zeros((len(scenes), rows * columns), np.int64)
    colour = np.zeros_like(kind)
    edges = np.zeros((len(scenes), rows * columns, 4), np.float32)
    places = np.zeros((len(scenes), most, rows * columns), np.float32)
    for index, one in enumerate(scenes):
        width, height = one.size
        best = np.full(rows * columns, _LEAST_COVER)
        for number, thing in enumerate(one.things):
            cover = _cover(thing, one.size, grid)
            places[index, number] = cover / cover.sum()
            here = cover > best
            here[cover.argmax()] = True
            best = np.maximum(best, cover)
            kind[index, here], colour[index, here] = thing.kind + 1, thing.colour + 1
            left, top, right, bottom = thing.box
            edges[index, here] = left / width, top / height, right / width, bottom / height
    return kind, colour, edges, places


def _middles(scenes: Sequence[Scene], rows: Sequence[_Row], grid: tuple[int, int]) -> tuple[Whole, Floats]:
    """Which tokens count, and in which cells the middles of what they count are."""
    columns, high = grid
    found = [(index, place, counted) for index, row in enumerate(rows) for place, counted in row.counting]
    middles = np.zeros((len(found), columns * high), np.float32)
    for number, (index, _place, counted) in enumerate(found):
        scale, left, top = placement(*scenes[index].size)
        for thing in counted:
            x, y = scenes[index].things[thing].centre
            column, row = int((x * scale + left) / CELL), int((y * scale + top) / CELL)
            middles[number, min(row, high - 1) * columns + min(column, columns - 1)] += 1
    at = np.array([(index, place) for index, place, _ in found], np.int64).reshape(-1, 2)
    return at, middles


def _cover(thing: Thing, size: tuple[int, int], grid: tuple[int, int]) -> Floats:
    """Which share of each cell its box covers, once the picture has been resized."""
    scale, left, top = placement(*size)
    spans = []
    for count, low, high, shift in ((grid[0], 0, 2, left), (grid[1], 1, 3, top)):
        begins = np.arange(count, dtype=np.float32) * CELL
        ends = np.minimum(begins + CELL, thing.box[high] * scale + shift)
        spans.append(np.clip(ends - np.maximum(begins, thing.box[low] * scale + shift), 0, None) / CELL)
    return np.outer(spans[1], spans[0]).ravel().astype(np.float32)
