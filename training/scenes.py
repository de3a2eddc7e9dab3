"""Invents pictures. Picture number N of a seed is always the same one, whatever was drawn before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from training.backgrounds import background
from training.drawing import Picture, draw
from training.things import BUTTON, CHECKBOX, COLOURS, FIELD, KINDS, SHAPES, WINDOW, Box, Thing

MOST_COUNTED = 5
_GAP = 5.0  # pixels between things
# Width, and height as a share of it, of each kind of widget.
_WIDGET_SIZES = {
    BUTTON: ((44, 130), (0.26, 0.55)),
    FIELD: ((60, 160), (0.15, 0.34)),
    CHECKBOX: ((15, 30), (1.0, 1.0)),
    WINDOW: ((64, 170), (0.6, 1.05)),
}
_SHAPE_SIDES = (20, 96)


@dataclass(frozen=True, slots=True)
class Lesson:
    """How hard the pictures are.

    Args:
        most_things: in one picture.
        plain: only grey behind them.
        tiny: share of pictures with things that are too small.
        counting: share of pictures with several things of one kind.
        empty: share of pictures with nothing in them.
        shapes: share of pictures without widgets.
    """

    most_things: int = 6
    plain: bool = False
    tiny: float = 0.08
    counting: float = 0.25
    empty: float = 0.02
    shapes: float = 0.45


LAST_LESSON = Lesson()


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture and what is in it, in the order of drawing."""

    picture: Picture
    things: tuple[Thing, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.shape[1], self.picture.shape[0]

    def thousandths(self, thing: Thing) -> tuple[int, int, int, int]:
        """The thing's box as the model says it: tens between 0 and 990."""
        left, top, right, bottom = thing.box
        width, height = self.size
        return tens(left / width), tens(top / height), tens(right / width), tens(bottom / height)


def tens(share: float) -> int:
    """A coordinate between 0 and 1 as one of the hundred that are said: 0, 10, ... 990."""
    return min(990, max(0, round(share * 100) * 10))


def random_of(seed: int, number: int) -> Random:
    """The chance that decides over picture `number`."""
    return Random(seed * 1_000_000_007 + number)


def scene(random: Random, size: tuple[int, int], lesson: Lesson = LAST_LESSON) -> Scene:
    """A picture of `size` pixels with things that do not touch each other."""
    picture = background(*size, random, plain=lesson.plain)
    wanted = _tiny_ones(random) if random.random() < lesson.tiny else _wanted(random, lesson)
    things: list[Thing] = []
    for kind, colour, tiny in wanted:
        box = _place(random, size, kind, tiny, len(wanted), [thing.box for thing in things])
        if box is not None:
            things.append(Thing(kind, colour, box))
    for thing in things:
        draw(picture, thing, random)
    return Scene(picture, tuple(things))


def _wanted(random: Random, lesson: Lesson) -> list[tuple[int, int, bool]]:
    """Kinds and colours.

    Most things share their kind or their colour with another one: only who looks at the right one can tell the rest.
    """
    if random.random() < lesson.empty:
        return []
    # Where all are without widgets nothing is drawn by lot, so that the first course keeps its pictures.
    kinds = SHAPES if lesson.shapes == 1 or random.random() < lesson.shapes else range(len(KINDS))
    first = (random.choice(kinds), random.randrange(len(COLOURS)), False)
    if random.random() < lesson.counting and lesson.most_things > 2:
        return _counted(random, first[0], kinds, lesson)
    wanted = [first]
    for _ in range(random.randint(1, min(5, lesson.most_things)) - 1):
        kind, colour, _tiny = random.choice(wanted)
        choice = random.random()
        if choice < 0.4:
            other = random.choice(kinds), colour, False
        elif choice < 0.7:
            other = kind, random.randrange(len(COLOURS)), False
        else:
            other = random.choice(kinds), random.randrange(len(COLOURS)), False
        wanted.append(other)
    return wanted


def _counted(random: Random, kind: int, kinds: Sequence[int], lesson: Lesson) -> list[tuple[int, int, bool]]:
    """Each number from one to five is as likely as the others; a few other things stand beside them."""
    count = random.randint(1, min(MOST_COUNTED, lesson.most_things - 1))
    same = random.random() < 0.4
    colour = random.randrange(len(COLOURS))
    wanted = [(kind, colour if same else random.randrange(len(COLOURS)), False) for _ in range(count)]
    for _ in range(random.randint(0, min(2, lesson.most_things - count))):
        other = random.choice([other for other in kinds if other != kind])
        wanted.append((other, random.randrange(len(COLOURS)), False))
    random.shuffle(wanted)
    return wanted


def _tiny_ones(random: Random) -> list[tuple[int, int, bool]]:
    """One thing too small to be recognised, sometimes beside another one that is not."""
    wanted = [(random.choice(SHAPES), random.randrange(len(COLOURS)), True)]
    if random.random() < 0.5:
        wanted.insert(0, (random.choice(SHAPES), (wanted[0][1] + random.randint(1, 5)) % len(COLOURS), False))
    return wanted


def _place(
    random: Random, size: tuple[int, int], kind: int, tiny: bool, count: int, taken: Sequence[Box]
) -> Box | None:
    """Where there is room for one more, or None."""
    width, height = size
    crowd = (1.0, 1.0, 0.85, 0.72, 0.62, 0.55, 0.5)[min(count, 6)]
    for attempt in range(24):
        wide, high = (random.uniform(6, 9.5),) * 2 if tiny else _extent(random, kind, crowd * 0.96**attempt)
        wide, high = min(wide, width - 8.0), min(high, height - 8.0)
        if kind in SHAPES or kind == CHECKBOX:
            wide = high = min(wide, high)
        left, top = random.uniform(3, width - wide - 3), random.uniform(3, height - high - 3)
        if kind not in SHAPES:
            left, top, wide, high = round(left), round(top), round(wide), round(high)
        box = (left, top, left + wide, top + high)
        if not any(_touch(box, other) for other in taken):
            return box
    return None


def _extent(random: Random, kind: int, crowd: float) -> tuple[float, float]:
    if kind in SHAPES:
        side = max(_SHAPE_SIDES[0], random.uniform(*_SHAPE_SIDES) * crowd)
        return side, side
    widths, shares = _WIDGET_SIZES[kind]
    width = max(widths[0] * 0.9, random.uniform(*widths) * (1.0 if kind == CHECKBOX else crowd))
    share = random.uniform(*shares)
    return width, max(14.0, width * share)


def _touch(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] + _GAP and other[0] < one[2] + _GAP and one[1] < other[3] + _GAP and other[1] < one[3] + _GAP
    )
