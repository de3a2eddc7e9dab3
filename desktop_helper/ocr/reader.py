"""A picture to its lines of text: found first, strip by strip, then read one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from desktop_helper.core.geometry import Rect
from desktop_helper.core.text_lines import TextLine, Word, is_wide
from desktop_helper.ocr.detector import Detector
from desktop_helper.ocr.images import MARGIN, Corners, Pixels, cut, is_upright, scaled, with_margin
from desktop_helper.ocr.recognizer import Reading, Recognizer

MOST_PIXELS = 3840 * 2160  # a larger picture is made smaller
MOST_AT_ONCE = 1920 * 1200  # of a strip: the network's memory grows with it
OVERLAP = 128  # pixels that two strips share; higher lines are found in one of them only if they lie well
SURE_AT = 0.5  # what is read less surely is a picture of something else
FINDING = 0.2  # the share of the time that it takes to find the lines

Report = Callable[[float, int, int], None]
"""Told how far it is: a fraction, the line that is read, and how many there are (0 while they are looked for)."""


class Reader:
    """See the module. Belongs to one thread, and has as many of its own."""

    def __init__(self, threads: int) -> None:
        self._detector = Detector(threads)
        self._recognizer = Recognizer()
        self._readers = ThreadPoolExecutor(threads, "lines")

    def read(self, picture: Pixels, report: Report) -> list[TextLine]:
        """The lines of text in `picture`, in the order in which they were found; boxes in its own pixels."""
        height, width = picture.shape[:2]
        scale = min(1.0, math.sqrt(MOST_PIXELS / (width * height)))
        wider = with_margin(scaled(picture, scale))
        found = self._find(wider, report)
        readings = self._readers.map(lambda corners: self._recognizer.read(cut(wider, corners)), found)
        lines = []
        for number, corners in enumerate(found):
            report(FINDING + (1 - FINDING) * number / len(found), number + 1, len(found))
            line = _line(next(readings), (corners - MARGIN) / scale, Rect(0, 0, width, height))
            if line is not None:
                lines.append(line)
        return lines

    def _find(self, picture: Pixels, report: Report) -> list[Corners]:
        found: list[Corners] = []
        height, width = picture.shape[:2]
        for top, bottom in strips(width, height):
            report(FINDING * top / height, 0, 0)
            first = top + OVERLAP // 2 if top else 0
            end = bottom - OVERLAP // 2 if bottom < height else height
            for corners in self._detector.find(picture[top:bottom]):
                corners[:, 1] += top
                if first <= corners[:, 1].mean() < end:
                    found.append(corners)
        return sorted(found, key=lambda corners: (float(corners[:, 1].mean()), float(corners[:, 0].mean())))


def strips(width: int, height: int) -> Iterator[tuple[int, int]]:
    """First row and end of pieces of a picture, as equal as can be, that overlap."""
    most = max(4 * OVERLAP, MOST_AT_ONCE // width)
    if height <= most:
        yield 0, height
        return
    count = math.ceil((height - OVERLAP) / (most - OVERLAP))
    step = (height - OVERLAP) / count
    for number in range(count):
        yield round(number * step), round((number + 1) * step) + OVERLAP


def _line(reading: Reading, corners: Corners, picture: Rect) -> TextLine | None:
    text = reading.text.strip()
    box = _box(corners, picture)
    if not text or reading.score < SURE_AT or box is None:
        return None
    parts = ((word, _box(_part(corners, begin, end), picture)) for word, begin, end in words(reading))
    return TextLine(text, box, reading.score, tuple(Word(word, part) for word, part in parts if part is not None))


def words(reading: Reading) -> Iterator[tuple[str, float, float]]:
    """Each word, and the shares of the line's width at which it begins and ends."""
    edges = [0.0, *((left + right) / 2 for left, right in pairwise(reading.places)), 1.0]
    begin = 0
    for at, character in enumerate(reading.text + " "):
        alone = is_wide(character)
        if (character.isspace() or alone) and begin < at:
            yield reading.text[begin:at], edges[begin], edges[at]
        if alone:
            yield character, edges[at], edges[at + 1]
        if character.isspace() or alone:
            begin = at + 1


def _part(corners: Corners, begin: float, end: float) -> Corners:
    """The corners of what lies between two shares of a line's length."""
    if is_upright(corners):
        return _between(corners[[0, 1]], corners[[3, 2]], begin, end)
    return _between(corners[[0, 3]], corners[[1, 2]], begin, end)


def _between(first: Corners, last: Corners, begin: float, end: float) -> Corners:
    return np.concatenate((first + (last - first) * begin, first + (last - first) * end)).astype(np.float32)


def _box(corners: Corners, picture: Rect) -> Rect | None:
    left, top = np.floor(corners.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(corners.max(axis=0)).astype(int).tolist()
    return Rect(left, top, right - left, bottom - top).intersected(picture)
