"""What is learned when: sizes of pictures, and lessons that become harder."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from training.resizing import CELL, target_size
from training.scenes import LAST_LESSON, Lesson

# Columns and rows of tokens, and how often they come. A region of a screen is mostly wider than high.
GRIDS = {
    (8, 8): 5,
    (10, 8): 3,
    (8, 10): 1,
    (12, 8): 3,
    (9, 6): 2,
    (6, 6): 1,
    (12, 10): 2,
    (14, 8): 1,
    (7, 11): 1,
    (16, 9): 1,
}
FIRST_GRIDS = {(8, 8): 2, (10, 8): 1}
_ODD_SIZES = 0.3  # share of pictures whose sides are no multiples of 28


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the course.

    Args:
        until: share of all pictures after which the next one begins.
        lesson: how hard the pictures are.
        grids: their sizes in tokens, with weights.
        text: share of the loss of what is said; 0 while only the encoder learns, which is much faster.
        places: share of the loss of where it looks.
        encoder: share of the loss of what each part of the picture is.
    """

    until: float
    lesson: Lesson
    grids: dict[tuple[int, int], int]
    text: float = 1.0
    places: float = 0.5
    encoder: float = 0.5


Course = tuple[Stage, ...]
_FIRST_LESSON = Lesson(most_things=3, plain=True, tiny=0, shapes=1)
COURSE = (
    Stage(0.06, _FIRST_LESSON, FIRST_GRIDS, text=0.0, places=0.0, encoder=1.0),
    Stage(0.12, Lesson(most_things=4, tiny=0), FIRST_GRIDS, text=0.0, places=0.0, encoder=1.0),
    Stage(0.35, Lesson(most_things=4, plain=True, tiny=0.02), FIRST_GRIDS, places=1.0),
    Stage(0.60, Lesson(most_things=5), GRIDS),
    Stage(0.90, LAST_LESSON, GRIDS, places=0.3, encoder=0.3),
    Stage(1.00, LAST_LESSON, GRIDS, places=0.0, encoder=0.1),
)
# For a model that has learned all that and is still weak at counting, at widgets and at what is tiny. The encoder's own
# lesson is over: exported files do not have the layers that it needs.
LATER_COURSE = (Stage(1.00, Lesson(counting=0.4, tiny=0.1, shapes=0.25), GRIDS, encoder=0.0),)


def stage_at(share: float, course: Course = COURSE) -> Stage:
    """The stage after this share of the course."""
    return next((stage for stage in course if share < stage.until), course[-1])


def grid_of(stage: Stage, random: Random) -> tuple[int, int]:
    """Columns and rows of the pictures of one batch."""
    return random.choices(list(stage.grids), list(stage.grids.values()))[0]


def size_of(grid: tuple[int, int], random: Random) -> tuple[int, int]:
    """A size in pixels that becomes this many tokens; often not the even one."""
    even = (grid[0] * CELL, grid[1] * CELL)
    if random.random() < _ODD_SIZES:
        odd = even[0] + random.randint(-13, 13), even[1] + random.randint(-13, 13)
        if target_size(*odd) == even:
            return odd
    return even
