"""Which pictures to give up when there are more than there is room for."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import TypeVar

from desktop_helper.scenes.chooser import Scene

T = TypeVar("T")

_LEAST_CHANGE = 0.001  # what counts for a picture that shows next to nothing new: it still says that nothing happened


def least_needed(scenes: Sequence[Scene[T]], most: int) -> list[int]:
    """Places of those to give up so that `most` are left, two at least: the first and the last always stay.

    One that shows little new, close to its neighbours in time, goes first; the weights of the neighbours grow then.
    """
    before = list(range(-1, len(scenes) - 1))
    after = list(range(1, len(scenes) + 1))
    gone: dict[int, None] = {}

    def weight(place: int) -> float:
        gap = scenes[after[place]].at - scenes[before[place]].at
        return float((scenes[place].change + _LEAST_CHANGE) ** 0.5 * gap)

    heap = [(weight(place), place) for place in range(1, len(scenes) - 1)]
    heapq.heapify(heap)
    while heap and len(scenes) - len(gone) > max(2, most):
        known, place = heapq.heappop(heap)
        if place in gone:
            continue
        now = weight(place)
        if now > known:  # a neighbour has gone since
            heapq.heappush(heap, (now, place))
            continue
        gone[place] = None
        after[before[place]], before[after[place]] = after[place], before[place]
    return list(gone)
