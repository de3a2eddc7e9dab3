"""Draws what was taken for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

_CELL, _MARGIN = 62, 92
_INK, _FONT = (40, 40, 40), cv2.FONT_HERSHEY_SIMPLEX


def draw(path: Path, names: Sequence[str], pairs: Mapping[tuple[str, str], int]) -> None:
    """Write a table as PNG: a row for each truth, a column for each answer, the last one for anything else."""
    columns = [*names, "-"]
    picture = np.full((_MARGIN + _CELL * len(names), _MARGIN + _CELL * len(columns), 3), 255, np.uint8)
    for row, truth in enumerate(names):
        _write(picture, truth, 6, _MARGIN + row * _CELL + _CELL // 2)
        whole = sum(count for (there, _), count in pairs.items() if there == truth)
        for column, said in enumerate(columns):
            known = said in names
            count = sum(n for (there, answer), n in pairs.items()
                        if there == truth and (answer == said if known else answer not in names))  # fmt: skip
            share = count / whole if whole else 0.0
            left, top = _MARGIN + column * _CELL, _MARGIN + row * _CELL
            shade = round(255 - 190 * share)
            colour = (shade, 255, shade) if truth == said else (shade, shade, 255)
            cv2.rectangle(picture, (left, top), (left + _CELL - 2, top + _CELL - 2), colour, -1)
            _write(picture, str(count), left + 16, top + _CELL // 2)
    for column, said in enumerate(columns):
        _write(picture, said, _MARGIN + column * _CELL + 2, _MARGIN - 14 - 22 * (column % 2))
    cv2.imwrite(str(path), picture)


def _write(picture: np.ndarray, text: str, x: int, y: int) -> None:
    cv2.putText(picture, text, (x, y), _FONT, 0.45, _INK, 1, cv2.LINE_AA)
