"""What is to be heard in a file, by PyAV and by nothing of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE = 48_000
WINDOW = 480  # samples, 0.01 s


def heard(path: Path) -> NDArray[Any]:
    """The first channel, from the second 0 on; silence where the file has none."""
    with av.open(str(path)) as container:
        pieces = [(round(float(frame.time or 0) * RATE), _left(frame)) for frame in container.decode(audio=0)]
    whole = np.zeros(max(at + len(piece) for at, piece in pieces))
    for at, piece in pieces:
        whole[at : at + len(piece)] = piece
    return whole


def loudness(samples: NDArray[Any], hertz: int) -> NDArray[Any]:
    """How loud the tone is in each hundredth of a second, about 1 for the loudest."""
    windows = samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)
    turning = np.exp(-2j * np.pi * hertz / RATE * np.arange(WINDOW))
    strength: NDArray[Any] = np.abs(windows @ turning) * 2 / WINDOW
    return strength


def span(samples: NDArray[Any], hertz: int, least: float = 0.05) -> tuple[float, float]:
    """From when to when the tone is heard; fails if it is not."""
    loud = np.flatnonzero(loudness(samples, hertz) > least)
    assert len(loud), f"no {hertz} Hz"
    return float(loud[0]) * WINDOW / RATE, float(loud[-1] + 1) * WINDOW / RATE


def _left(frame: av.AudioFrame) -> NDArray[Any]:
    samples = frame.to_ndarray()
    flat = samples[0] if frame.format.is_planar else samples.reshape(-1, 2)[:, 0]
    return np.asarray(flat, float)
