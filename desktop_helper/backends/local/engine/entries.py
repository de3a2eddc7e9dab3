"""A prompt as the model reads it: tokens of text and pieces of pictures, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Media:
    """A piece of a picture. Equal pieces of equal pictures are equal, whatever stands around them.

    Args:
        picture: SHA-256 of the encoded file.
        size: width and height of the picture in pixels.
        part: its number among the pieces that the projector cuts the picture into; mostly there is one.
        tokens: how much of the model's memory it takes.
        positions: how far it moves the text behind it; under M-RoPE only as far as its longer side.
    """

    picture: str
    size: tuple[int, int]
    part: int
    tokens: int
    positions: int


Entry = int | Media


def count_tokens(entries: Iterable[Entry]) -> int:
    """How much of the model's memory `entries` take."""
    return sum(1 if isinstance(entry, int) else entry.tokens for entry in entries)


def count_pictures(entries: Iterable[Entry]) -> int:
    """How many pictures begin in `entries`: some projectors cut one into many pieces."""
    return sum(isinstance(entry, Media) and entry.part == 0 for entry in entries)


def count_positions(entries: Iterable[Entry]) -> int:
    """The position behind `entries`."""
    return sum(1 if isinstance(entry, int) else entry.positions for entry in entries)


def common_prefix(known: Sequence[Entry], wanted: Sequence[Entry]) -> int:
    """How many entries both begin with. A picture is never cut: it is one entry."""
    pairs = enumerate(zip(known, wanted, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(known), len(wanted)))


def text_runs(entries: Sequence[Entry]) -> Iterable[list[int] | Media]:
    """Neighbouring tokens joined, media alone."""
    run: list[int] = []
    for entry in entries:
        if isinstance(entry, int):
            run.append(entry)
            continue
        if run:
            yield run
            run = []
        yield entry
    if run:
        yield run
