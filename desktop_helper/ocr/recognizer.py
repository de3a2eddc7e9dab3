"""What a line of text says: the picture of one line to characters, and where each of them stands.

The network goes over the line from left to right and names a character, or none, at each step (CTC). The same one at
two steps that follow each other is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from desktop_helper.ocr.images import Pixels
from desktop_helper.ocr.models import RECOGNITION
from desktop_helper.ocr.session import Session

HEIGHT = 48  # pixels, of the network's input
LEAST_WIDTH = 128  # a single letter alone is often read wrong; more than this does not help it
MOST_WIDTH = 3200  # a longer line is squeezed
NOTHING = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands on a line.

    Args:
        text: its characters.
        places: of each character, the share of the line's width at which its middle is.
        score: from 0 to 1.
    """

    text: str
    places: tuple[float, ...]
    score: float


class Recognizer:
    """See the module. A line keeps one processor busy; several threads may read at once."""

    def __init__(self) -> None:
        self._session = Session(RECOGNITION, 1, keeps_memory=True)
        # The network's answer 0 is "nothing", the last one a space.
        self._characters = ["", *self._session.notes["character"].splitlines(), " "]

    def read(self, line: Pixels) -> Reading:
        """The text of a picture that shows one line."""
        values, used = _prepared(line)
        steps = self._session.run(values)[0]
        best = steps.argmax(axis=1)
        new = np.concatenate(([True], best[1:] != best[:-1])) & (best != NOTHING)
        at = np.flatnonzero(new)
        text = "".join(self._characters[index] for index in best[at])
        places = ((at + 0.5) / (len(best) * used)).clip(0, 1)
        score = float(steps[at, best[at]].mean()) if len(at) else 0.0
        return Reading(text, tuple(places.tolist()), score)


def _prepared(line: Pixels) -> tuple[NDArray[np.float32], float]:
    """The network's input, and which share of its width the line takes."""
    height, width = line.shape[:2]
    wide = min(MOST_WIDTH, max(1, round(width * HEIGHT / height)))
    whole = np.zeros((1, 3, HEIGHT, max(LEAST_WIDTH, wide)), np.float32)
    small = cv2.resize(line, (wide, HEIGHT), interpolation=cv2.INTER_AREA if height > 2 * HEIGHT else cv2.INTER_LINEAR)
    whole[0, :, :, :wide] = (small.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)
    return whole, wide / whole.shape[3]
