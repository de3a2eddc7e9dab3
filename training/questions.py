"""Asks questions about a scene and knows their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from training.others import other_question
from training.phrases import ANSWERS, FORMS, THOUGHTS, phrase
from training.scenes import MOST_COUNTED, Scene, tens
from training.things import COLOURS, KINDS, Box, Thing, Word

NOBODY = (-1, -1)
_TRIES = 8
_COUNT_WEIGHTS = (0.25, 0.5, 1.2, 2.5, 4.0)  # of the numbers one to five, where a picture offers several
# How often each task is asked, where the picture allows it.
SHARES = {
    "kind": 0.13,
    "only": 0.04,
    "colour": 0.18,
    "count": 0.22,
    "side": 0.18,
    "box": 0.15,
    "absent": 0.04,
    "other": 0.08,
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    Args:
        task: kind, colour, count, side, box, absent, small, zoom or other.
        question, answer: what is said.
        thought: what it thinks first; empty where it is not asked to.
        tools: `zoom` is offered.
        focus: the things that it has to look at, by their numbers; -1 for none.
        target: in a task with a box, the true one, in shares of the picture.
        counted: the things that are counted, by their numbers.
    """

    task: str
    question: str
    answer: str
    thought: str = ""
    tools: bool = False
    focus: tuple[int, int] = NOBODY
    target: Box | None = None
    counted: tuple[int, ...] = ()


class Asker:
    """Asks about one scene."""

    def __init__(self, scene: Scene, random: Random, *, examination: bool = False) -> None:
        self._scene = scene
        self._random = random
        self._examination = examination
        self._chinese = False
        self._tiny = [thing for thing in scene.things if thing.is_tiny]

    def ask(self, task: str = "") -> Turn:
        """A question of this task, or of any; where the picture has nothing to ask about, one that is refused."""
        self._chinese = self._random.random() < 0.5
        if not task and self._tiny and self._random.random() < 0.75:
            task = "zoom" if self._random.random() < 0.7 else "small"
        if task:
            return self._varied(self._asked(task) or self._other())
        shares = dict(SHARES)
        if max(map(len, self._groups().values()), default=0) > 2:
            shares["count"] *= 3
        for _ in range(_TRIES):
            asked = self._asked(self._random.choices(tuple(shares), tuple(shares.values()))[0])
            if asked is not None:
                return self._varied(asked)
        return self._varied(self._other())

    def _asked(self, task: str) -> Turn | None:
        makers: dict[str, Callable[[], Turn | None]] = {
            "kind": self._kind,
            "only": self._only,
            "colour": self._colour,
            "count": self._count,
            "side": self._side,
            "box": self._box,
            "absent": self._absent,
            "zoom": self._zoom,
            "small": lambda: self._zoom(offered=False),
            "other": self._other,
        }
        return makers[task]()

    def _varied(self, turn: Turn) -> Turn:
        """People forget capitals and question marks; a quarter wants to see it think, a fifth offers `zoom`."""
        question = turn.question
        if self._random.random() < 0.15:
            question = question[:1].lower() + question[1:]
        if self._random.random() < 0.12:
            question = question.rstrip("?.？。")
        thought = turn.thought if self._random.random() < 0.25 else ""
        tools = turn.tools or (turn.task != "small" and self._random.random() < 0.2)
        return replace(turn, question=question, thought=thought, tools=tools)

    def _form(self, name: str, **values: str) -> str:
        form = self._random.choice(FORMS[name][self._chinese]).format(**values)
        return form[:1].upper() + form[1:]

    def _say(self, name: str, **values: object) -> str:
        return phrase(ANSWERS, name, chinese=self._chinese, **values)

    def _think(self, name: str, **values: object) -> str:
        return phrase(THOUGHTS, name, chinese=self._chinese, **values)

    def _kind(self) -> Turn | None:
        """The kind of the one thing that has this colour."""
        thing = self._one_of(self._large(lambda thing: self._alone(colour=thing.colour)))
        if thing is None:
            return None
        named = self._named(None, thing.colour)
        thought = self._think("one", thing=named, at=self._at(thing))
        answer = self._say("kind", kind=self._word(KINDS[thing.kind]))
        return Turn("kind", self._form("kind", thing=named), answer, thought, False, self._focus(thing))

    def _only(self) -> Turn | None:
        if len(self._scene.things) != 1 or self._tiny:
            return None
        (thing,) = self._scene.things
        answer = self._say("both", kind=self._word(KINDS[thing.kind]), colour=self._word(COLOURS[thing.colour]))
        thought = self._think("one", thing=self._named(None, None), at=self._at(thing))
        return Turn("kind", self._form("only"), answer, thought, False, self._focus(thing))

    def _colour(self) -> Turn | None:
        """The colour of the one thing of this kind; the others of the picture are there to mislead."""
        thing = self._one_of(self._large(lambda thing: self._alone(kind=thing.kind)))
        if thing is None:
            return None
        named, colour = self._named(thing.kind, None), self._word(COLOURS[thing.colour])
        question = self._form("colour", thing=named)
        if self._random.random() < 0.25:
            pair = [colour, self._word(COLOURS[self._another_colour(thing)])]
            self._random.shuffle(pair)
            question = self._form("choice", thing=named, one=pair[0], other=pair[1])
        thought = self._think("one", thing=named, at=self._at(thing))
        return Turn("colour", question, self._say("colour", colour=colour), thought, False, self._focus(thing))

    def _another_colour(self, thing: Thing) -> int:
        present = [other.colour for other in self._scene.things if other.colour != thing.colour]
        return self._random.choice(present or [(thing.colour + self._random.randint(1, 5)) % len(COLOURS)])

    def _count(self) -> Turn | None:
        """How many of a kind, of a colour or of both: those that there are several of are asked for more often."""
        if self._tiny or not self._scene.things:
            return None
        groups = self._groups()
        counts = sorted({len(group) for group in groups.values() if len(group) <= MOST_COUNTED})
        count = self._random.choices(counts, [_COUNT_WEIGHTS[count - 1] for count in counts])[0]
        key = self._random.choice([key for key, group in groups.items() if len(group) == count])
        group = sorted(groups[key], key=lambda thing: thing.centre)
        thought = self._think("many", places=", ".join(f"[{self._at(thing)}]" for thing in group))
        question = self._form("count", things=self._named(*key, many=True))
        counted = tuple(number for number, thing in enumerate(self._scene.things) if thing in group)
        return Turn("count", question, self._say("count", count=len(group)), thought, counted=counted)

    def _groups(self) -> dict[tuple[int | None, int | None], list[Thing]]:
        """The things of each kind, of each colour, and of both."""
        groups: dict[tuple[int | None, int | None], list[Thing]] = {}
        for thing in self._scene.things:
            for key in ((thing.kind, None), (None, thing.colour), (thing.kind, thing.colour)):
                groups.setdefault(key, []).append(thing)
        return groups

    def _side(self) -> Turn | None:
        named = [(thing, name) for thing in self._large() if (name := self._unique_name(thing))]
        if len(named) < 2:
            return None
        (thing, name), (second, second_name) = self._random.sample(named, 2)
        across, down = (thing.centre[axis] - second.centre[axis] for axis in (0, 1))
        horizontal = abs(across) > abs(down)
        if max(abs(across), abs(down)) < 20:
            return None
        side = ("left" if across < 0 else "right") if horizontal else ("above" if down < 0 else "below")
        form, opening = ("across" if horizontal else "upright"), ""
        if self._random.random() < 0.35:
            claimed = self._random.choice(("left", "right") if horizontal else ("above", "below"))
            form, opening = f"is_{claimed}", self._say("yes" if claimed == side else "no")
        thought = self._think("two", at=self._at(thing), second=self._at(second))
        question = self._form(form, thing=name, second=second_name)
        return Turn("side", question, opening + self._say(side), thought, False, self._focus(thing, second))

    def _box(self) -> Turn | None:
        thing = self._one_of([thing for thing in self._large() if self._unique_name(thing)])
        if thing is None:
            return None
        named = self._unique_name(thing)
        answer = self._say("box", box=_joined(self._scene.thousandths(thing)))
        thought = self._think("one", thing=named, at=self._at(thing))
        question = self._form("box", thing=named)
        return Turn("box", question, answer, thought, False, self._focus(thing), self._share(thing.box))

    def _absent(self) -> Turn | None:
        """Asks for something that is not there: mostly one whose kind or colour is there."""
        kind, colour = self._random.randrange(len(KINDS)), self._random.randrange(len(COLOURS))
        if self._tiny or not self._alone(kind=kind, colour=colour, count=0):
            return None
        alone = self._alone(kind=kind, count=0)
        named = self._named(kind, None if alone else colour)
        said = self._named(kind, None if alone else colour, bare=True)
        question = self._form("box" if self._random.random() < 0.6 or not alone else "colour", thing=named)
        return Turn("absent", question, self._say("absent", thing=said), self._think("none"))

    def _zoom(self, *, offered: bool = True) -> Turn | None:
        if not self._tiny:
            return None
        thing = self._tiny[0]
        named = self._named(None, thing.colour)
        if not self._alone(colour=thing.colour):
            return None
        thought = self._think("small", at=self._at(thing))
        question = self._form("kind", thing=named)
        if not offered:
            return Turn("small", question, self._say("small"), thought, False, self._focus(thing))
        box = _around(self._share(thing.box))
        answer = self._say("zoom", box=_joined([tens(side) for side in box]))
        return Turn("zoom", question, answer, thought, True, self._focus(thing), box)

    def _other(self) -> Turn:
        question = other_question(self._random, chinese=self._chinese, examination=self._examination)
        self._chinese = any(ord(letter) > 0x2E80 for letter in question)
        return Turn("other", question, self._say("other"), self._think("other"))

    def _large(self, fits: Callable[[Thing], bool] | None = None) -> list[Thing]:
        return [thing for thing in self._scene.things if not thing.is_tiny and (fits is None or fits(thing))]

    def _one_of(self, things: Sequence[Thing]) -> Thing | None:
        return self._random.choice(things) if things else None

    def _alone(self, *, kind: int | None = None, colour: int | None = None, count: int = 1) -> bool:
        """Whether exactly `count` things are of this kind and colour."""
        found = [thing for thing in self._scene.things if kind in (None, thing.kind) and colour in (None, thing.colour)]
        return len(found) == count

    def _unique_name(self, thing: Thing) -> str:
        """A name that only this thing has, one of those that fit by chance; empty if there is none."""
        kinds = [(thing.kind, None)] if self._alone(kind=thing.kind) else []
        colours = [(None, thing.colour)] if self._alone(colour=thing.colour) else []
        both = [(thing.kind, thing.colour)] if self._alone(kind=thing.kind, colour=thing.colour) else []
        names: list[tuple[int | None, int | None]] = [*kinds, *colours, *both, *both]
        return self._named(*self._random.choice(names)) if names else ""

    def _named(self, kind: int | None, colour: int | None, *, many: bool = False, bare: bool = False) -> str:
        """Name it as "the red circle", "red circles" or "red circle"."""
        if self._chinese:
            of = f"{COLOURS[colour].chinese}的" if colour is not None else ""
            return of + (KINDS[kind].chinese if kind is not None else "东西")
        noun = "thing" if kind is None else KINDS[kind].english
        if many:
            noun = "things" if kind is None else KINDS[kind].many
        words = [] if many or bare else ["the"]
        return " ".join([*words, *([COLOURS[colour].english] if colour is not None else []), noun])

    def _word(self, word: Word) -> str:
        return word.chinese if self._chinese else word.english

    def _share(self, box: Box) -> Box:
        width, height = self._scene.size
        return box[0] / width, box[1] / height, box[2] / width, box[3] / height

    def _at(self, thing: Thing) -> str:
        width, height = self._scene.size
        return _joined((tens(thing.centre[0] / width), tens(thing.centre[1] / height)))

    def _focus(self, first: Thing, second: Thing | None = None) -> tuple[int, int]:
        one = self._scene.things.index(first)
        return one, one if second is None else self._scene.things.index(second)


def _joined(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def _around(box: Box) -> Box:
    """What to look at closely: six times as wide and high, inside the picture."""
    wide, high = (box[2] - box[0]) * 2.5, (box[3] - box[1]) * 2.5
    return max(0.0, box[0] - wide), max(0.0, box[1] - high), min(0.99, box[2] + wide), min(0.99, box[3] + high)
