"""Asks questions about a scene and knows their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from training.others import other_question
from training.phrases import ANSWERS, FORMS, THOUGHTS, phrase
from training.scenes import MOST_COUNTED, Scene, tens
from training.things import ANY_SHAPE, ANY_WIDGET, COLOURS, KINDS, SHAPES, Box, Thing, Word, noun, plural

NOBODY = (-1, -1)
_TRIES = 8
_COUNT_WEIGHTS = (0.25, 0.5, 1.2, 2.5, 4.0)  # of the numbers one to five, where a picture offers several
# How often each task is asked, where the picture allows it.
SHARES = {
    "kind": 0.17,
    "only": 0.03,
    "colour": 0.13,
    "count": 0.22,
    "side": 0.13,
    "box": 0.13,
    "absent": 0.06,
    "several": 0.07,
    "other": 0.21,
}
_SYNONYMS = 0.25  # share of kinds that are named as the model would not name them
_COLOUR_SYNONYMS = 0.1
_RUN_TOGETHER = 0.4  # share of Chinese names without the particle between colour and kind
Name = tuple[int | None, int | None]  # of a kind or a group of kinds, and of a colour; None is any


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    Args:
        task: kind, colour, count, side, box, absent, several, small, zoom or other.
        question, answer: what is said.
        thought: what it thinks first; empty where it is not asked to.
        tools: `zoom` is offered.
        focus: the things that it has to look at, by their numbers; -1 for none.
        target: in a task with a box, the true one, in shares of the picture.
        counted: all things that the question names, by their numbers, where it is about how many there are.
    """

    task: str
    question: str
    answer: str
    thought: str = ""
    tools: bool = False
    focus: tuple[int, int] = NOBODY
    target: Box | None = None
    counted: tuple[int, ...] | None = None


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
        if len(self._scene.things) == 1:
            shares["colour"] *= 0.3  # nothing misleads there
        for _ in range(_TRIES):
            asked = self._asked(self._random.choices(tuple(shares), tuple(shares.values()))[0])
            if asked is not None:
                return self._varied(asked)
        return self._varied(self._other())

    def without_picture(self, turn: Turn) -> Turn:
        """The question just asked, where there is no picture to look at."""
        answer, thought = self._say("blind"), self._think("none") if turn.thought else ""
        return Turn("absent", turn.question, answer, thought, turn.tools)

    def _asked(self, task: str) -> Turn | None:
        makers: dict[str, Callable[[], Turn | None]] = {
            "kind": self._kind,
            "only": self._only,
            "colour": self._colour,
            "count": self._count,
            "side": self._side,
            "box": self._box,
            "absent": self._absent,
            "several": self._several,
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

    def _asked_of(self, form: str, name: Name) -> str:
        """A question about what is called so, in one of these forms."""
        one, many = self._named(*name, bare=True), self._named(*name, many=True)
        return self._form(form, thing=self._named(*name), things=many, one=one)

    def _say(self, name: str, **values: object) -> str:
        return phrase(ANSWERS, name, chinese=self._chinese, **values)

    def _think(self, name: str, **values: object) -> str:
        return phrase(THOUGHTS, name, chinese=self._chinese, **values)

    def _kind(self) -> Turn | None:
        """The kind of the one thing that has this colour."""
        thing = self._one_of(self._large(lambda thing: self._alone(colour=thing.colour)))
        if thing is None:
            return None
        group = ANY_SHAPE if thing.kind in SHAPES else ANY_WIDGET
        name: Name = (self._random.choice((None, None, group)), thing.colour)
        thought = self._think("one", thing=self._named(*name, plain=True), at=self._at(thing))
        answer = self._say("kind", kind=self._word(KINDS[thing.kind]))
        question = self._form("kind", thing=self._named(*name))
        return Turn("kind", question, answer, thought, False, self._focus(thing))

    def _only(self) -> Turn | None:
        if len(self._scene.things) > 1 or self._tiny:
            return None
        if not self._scene.things:
            return Turn("absent", self._form("only"), self._say("nothing"), self._think("none"), counted=())
        (thing,) = self._scene.things
        colour = self._word(COLOURS[thing.colour])
        article = "an" if colour[0] in "aeiou" else "a"
        answer = self._say("both", kind=self._word(KINDS[thing.kind]), colour=colour, a=article)
        thought = self._think("one", thing=self._named(None, None, plain=True), at=self._at(thing))
        return Turn("kind", self._form("only"), answer, thought, False, self._focus(thing))

    def _colour(self) -> Turn | None:
        """The colour of the one thing of this kind; the others of the picture are there to mislead."""
        thing = self._one_of(self._large(lambda thing: self._alone(kind=thing.kind)))
        if thing is None:
            return None
        colour = self._word(COLOURS[thing.colour])
        pair = [colour, self._word(COLOURS[self._another_colour(thing)])]
        self._random.shuffle(pair)
        form, opening = self._random.choices(("colour", "choice", "is_colour"), (0.6, 0.2, 0.2))[0], ""
        if form == "is_colour":
            opening = self._say("yes" if pair[0] == colour else "no")
        question = self._form(form, thing=self._named(thing.kind, None), one=pair[0], other=pair[1])
        thought = self._think("one", thing=self._named(thing.kind, None, plain=True), at=self._at(thing))
        answer = opening + self._say("colour", colour=colour)
        return Turn("colour", question, answer, thought, False, self._focus(thing))

    def _another_colour(self, thing: Thing) -> int:
        present = [other.colour for other in self._scene.things if other.colour != thing.colour]
        return self._random.choice(present or [(thing.colour + self._random.randint(1, 5)) % len(COLOURS)])

    def _count(self) -> Turn | None:
        """How many of a kind, of a colour, of both or of all: what there are several of is asked for more often."""
        if self._tiny or not self._scene.things:
            return None
        groups = self._groups()
        counts = sorted({len(group) for group in groups.values() if len(group) <= MOST_COUNTED})
        count = self._random.choices(counts, [_COUNT_WEIGHTS[count - 1] for count in counts])[0]
        key = self._random.choice([key for key, group in groups.items() if len(group) == count])
        group = sorted(groups[key], key=lambda thing: thing.centre)
        question = self._asked_of("count", key)
        answer, thought = self._say("count", count=len(group)), self._think("many", places=self._places(group))
        return Turn("count", question, answer, thought, counted=self._numbers(group))

    def _groups(self) -> dict[Name, list[Thing]]:
        """The things of each kind, of each colour, of both, all shapes, all widgets, and everything."""
        groups: dict[Name, list[Thing]] = {}
        for thing in self._scene.things:
            group = ANY_SHAPE if thing.kind in SHAPES else ANY_WIDGET
            for kind in (thing.kind, group, None):
                for colour in (thing.colour, None):
                    groups.setdefault((kind, colour), []).append(thing)
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
        question = self._form(form, thing=self._named(*name), second=self._named(*second_name))
        return Turn("side", question, opening + self._say(side), thought, False, self._focus(thing, second))

    def _box(self) -> Turn | None:
        thing = self._one_of([thing for thing in self._large() if self._unique_name(thing)])
        if thing is None:
            return None
        name = self._unique_name(thing)
        assert name is not None
        answer = self._say("box", box=_joined(self._scene.thousandths(thing)))
        thought = self._think("one", thing=self._named(*name, plain=True), at=self._at(thing))
        question = self._asked_of("boxes" if self._random.random() < 0.08 else "box", name)
        return Turn("box", question, answer, thought, False, self._focus(thing), self._share(thing.box))

    def _absent(self) -> Turn | None:
        """Asks for something that is not there: mostly one whose kind or colour is there."""
        kind, colour = self._random.randrange(len(KINDS)), self._random.randrange(len(COLOURS))
        if self._tiny or not self._alone(kind=kind, colour=colour, count=0):
            return None
        alone = self._alone(kind=kind, count=0)
        name: Name = (kind, None if alone else colour)
        answer = self._say("absent", thing=self._named(*name, bare=True, plain=True))
        form = self._random.choice(("box", "boxes", "count", "colour") if alone else ("box", "boxes", "count"))
        question = self._asked_of(form, name)
        return Turn("absent", question, answer, self._think("none"), counted=())

    def _several(self) -> Turn | None:
        """Asks for one thing where the name fits several of them, so that only chance could answer."""
        if self._tiny or len(self._scene.things) < 2:
            return None
        groups = {name: things for name, things in self._groups().items() if len(things) > 1}
        asked: list[tuple[str, Name]] = [("only", (None, None))]
        for (kind, colour), things in groups.items():
            asked += [("box", (kind, colour)), ("boxes", (kind, colour))]
            if colour is None and kind is not None and len({thing.colour for thing in things}) > 1:
                asked.append(("colour", (kind, colour)))
            if kind is None and colour is not None and len({thing.kind for thing in things}) > 1:
                asked.append(("kind", (kind, colour)))
        wanted = self._random.choice(sorted({form for form, _ in asked}))
        form, name = self._random.choice([pair for pair in asked if pair[0] == wanted])
        group = groups[name]
        thought = self._think("several", places=self._places(group))
        question = self._asked_of(form, name)
        return Turn("several", question, self._say("several"), thought, counted=self._numbers(group))

    def _zoom(self, *, offered: bool = True) -> Turn | None:
        if not self._tiny:
            return None
        thing = self._tiny[0]
        if not self._alone(colour=thing.colour):
            return None
        thought = self._think("small", at=self._at(thing))
        # Its colour can be seen, what it is cannot: who calls it by its kind knows it from elsewhere.
        kind = thing.kind if self._random.random() < 0.4 and self._alone(kind=thing.kind) else None
        form = "kind" if kind is None else self._random.choice(("box", "colour", "count"))
        name: Name = (kind, thing.colour if form != "colour" else None)
        question = self._asked_of(form, name)
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
        return sum(thing.is_a(kind, colour) for thing in self._scene.things) == count

    def _unique_name(self, thing: Thing) -> Name | None:
        """A name that only this thing has, one of those that fit by chance."""
        both = (thing.kind, thing.colour)
        names: list[Name] = [(thing.kind, None), (None, thing.colour), both, both]
        unique = [name for name in names if self._alone(kind=name[0], colour=name[1])]
        return self._random.choice(unique) if unique else None

    def _named(self, *name: int | None, many: bool = False, bare: bool = False, plain: bool = False) -> str:
        """Name it as "the red circle", "red circles" or "red circle".

        Args:
            name: a kind or a group of kinds, and a colour; None is any.
            many: the English plural.
            bare: without an article.
            plain: in the model's own words, and not in one of the others that people use.
        """
        kind, colour = name
        thing = self._spoken(noun(kind), 0.0 if plain else _SYNONYMS)
        hue = "" if colour is None else self._spoken(COLOURS[colour], 0.0 if plain else _COLOUR_SYNONYMS)
        if self._chinese:
            particle = "的" if hue and (plain or self._random.random() >= _RUN_TOGETHER) else ""
            return hue + particle + thing
        words = ["" if many or bare else "the", hue, plural(thing) if many else thing]
        return " ".join(filter(None, words))

    def _spoken(self, word: Word, synonyms: float) -> str:
        """The word, or one of its synonyms in this share of cases."""
        other = word.chinese_also if self._chinese else word.also
        return self._random.choice(other) if other and self._random.random() < synonyms else self._word(word)

    def _word(self, word: Word) -> str:
        return word.chinese if self._chinese else word.english

    def _share(self, box: Box) -> Box:
        width, height = self._scene.size
        return box[0] / width, box[1] / height, box[2] / width, box[3] / height

    def _at(self, thing: Thing) -> str:
        width, height = self._scene.size
        return _joined((tens(thing.centre[0] / width), tens(thing.centre[1] / height)))

    def _places(self, things: Sequence[Thing]) -> str:
        return ", ".join(f"[{self._at(thing)}]" for thing in things)

    def _numbers(self, things: Sequence[Thing]) -> tuple[int, ...]:
        return tuple(number for number, thing in enumerate(self._scene.things) if thing in things)

    def _focus(self, first: Thing, second: Thing | None = None) -> tuple[int, int]:
        one = self._scene.things.index(first)
        return one, one if second is None else self._scene.things.index(second)


def _joined(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def _around(box: Box) -> Box:
    """What to look at closely: six times as wide and high, inside the picture."""
    wide, high = (box[2] - box[0]) * 2.5, (box[3] - box[1]) * 2.5
    return max(0.0, box[0] - wide), max(0.0, box[1] - high), min(0.99, box[2] + wide), min(0.99, box[3] + high)
