"""Examines the files of the practice model through the app's own backend, on pictures that it has never seen.

    python -m training.evaluate MODEL.gguf MMPROJ.gguf OUT [--pictures 500] [--seed 20261201]

Runs in the app's environment, without PyTorch. Never run it beside the training: both would crawl.
OUT gets `figures.json`, and a picture of what was taken for what: `kinds.png`, `colours.png`, `counts.png`.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Protocol

import cv2

from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Failed, StreamEvent, TextDelta, ThinkingDelta, ToolCallRequested, UsageReported
from desktop_helper.core.image_tokens import image_tokens
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, Sampling, TextPart, Thinking, ToolSpec
from desktop_helper.core.protocols import ModelProfile
from training.confusion import draw
from training.lessons import GRIDS, size_of
from training.packing import TASKS
from training.questions import Asker, Turn
from training.scenes import Scene, random_of, scene
from training.things import COLOURS, KINDS, Box, Word

ZOOM = ToolSpec(
    "zoom",
    "Shows a part of the picture enlarged.",
    {"type": "object", "properties": {"box": {"type": "array", "items": {"type": "integer"}}}, "required": ["box"]},
)
_GREEDY: dict[str, Any] = {"temperature": 0.0, "max_tokens": 120, "seed": 1}
_BOX = re.compile(r"\[+\s*(\d+),\s*(\d+),\s*(\d+),\s*(\d+)\s*\]+")
_PER_PICTURE = 3
SEED = 20261201  # of no picture that was learned


def kind_in(answer: str) -> str:
    """The English name of the kind that an answer names."""
    return _named_in(answer, KINDS)


def colour_in(answer: str) -> str:
    """The English name of its colour."""
    return _named_in(answer, COLOURS)


def count_in(answer: str) -> str:
    """Its number."""
    match = re.search(r"\d", answer)
    return match[0] if match else "-"


def _named_in(answer: str, words: Sequence[Word]) -> str:
    return next((word.english for word in words if word.english in answer or word.chinese in answer), "-")


_READ: dict[str, Callable[[str], str]] = {"kind": kind_in, "colour": colour_in, "count": count_in}


class Asked(Protocol):
    """The part of a backend that is needed here."""

    def stream(self, request: ChatRequest, cancel: CancelToken) -> Iterator[StreamEvent]:
        """Answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    text: str
    thought: str
    call: ToolCallRequested | None
    first_s: float | None
    tokens_per_s: float | None


@dataclass
class Figures:
    """What is counted."""

    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    overlaps: dict[str, list[float]] = field(default_factory=lambda: {"box": [], "zoom": []})
    thoughts: list[bool] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)
    pairs: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: {task: Counter() for task in _READ})

    def add(self, turn: Turn, reply: Reply) -> None:
        """Judge one answer."""
        self.asked[turn.task] += 1
        self.right[turn.task] += self._is_right(turn, reply)
        if turn.thought:
            self.thoughts.append(bool(reply.thought.strip()) and bool(reply.text.strip() or reply.call))
        if reply.first_s is not None:
            self.first.append(reply.first_s)
        if reply.tokens_per_s is not None:
            self.speeds.append(reply.tokens_per_s)
        if turn.task in self.pairs:
            read = _READ[turn.task]
            self.pairs[turn.task][read(turn.answer), read(reply.text)] += 1

    def _is_right(self, turn: Turn, reply: Reply) -> bool:
        if turn.target is not None:
            said = reply.call.arguments if reply.call else reply.text
            overlap = iou(turn.target, box_in(said))
            self.overlaps[turn.task].append(overlap)
            named = turn.task == "box" or (reply.call is not None and reply.call.name == "zoom")
            return named and overlap >= (0.5 if turn.task == "box" else 0.25)
        return reply.call is None and reply.text.strip() == turn.answer.strip()

    def summary(self) -> dict[str, Any]:
        """For people and for a file."""
        shares = {task: round(self.right[task] / self.asked[task], 4) for task in TASKS if self.asked[task]}
        return {
            "right": shares,
            "asked": dict(self.asked),
            "box mean IoU": _mean(self.overlaps["box"]),
            "zoom mean IoU": _mean(self.overlaps["zoom"]),
            "thinking well-formed": _mean([float(good) for good in self.thoughts]),
            "seconds to first token (median)": round(statistics.median(self.first), 4) if self.first else None,
            "tokens per second (median)": round(statistics.median(self.speeds), 1) if self.speeds else None,
        }


def examine(backend: Asked, pictures: int, seed: int, told: Callable[[int], None]) -> Figures:
    """Ask three questions about each of so many pictures."""
    figures = Figures()
    for number in range(pictures):
        random = random_of(seed, number)
        grid = random.choices(list(GRIDS), list(GRIDS.values()))[0]
        picture = scene(random, size_of(grid, random))
        asker = Asker(picture, random, examination=True)
        for turn in _turns(asker, picture, random):
            figures.add(turn, ask(backend, picture, turn))
        told(number + 1)
    return figures


def _turns(asker: Asker, picture: Scene, random: Random) -> list[Turn]:
    """Different tasks, each as often as the pictures allow; a picture with something tiny is asked about that first."""
    tiny = any(thing.is_tiny for thing in picture.things)
    others = random.sample(["kind", "only", "colour", "count", "side", "box", "absent", "several", "other"], 9)
    found: dict[str, Turn] = {}
    for task in ([random.choice(("zoom", "small"))] if tiny else []) + others:
        turn = asker.ask(task)
        wanted = "kind" if task == "only" else task
        if len(found) < _PER_PICTURE and turn.task == wanted and wanted not in found:
            found[wanted] = turn
    return list(found.values())


def ask(backend: Asked, picture: Scene, turn: Turn) -> Reply:
    """Ask as the app does."""
    content = (image_part(picture), TextPart(turn.question))
    sampling = Sampling(thinking=Thinking.ON if turn.thought else Thinking.OFF, **_GREEDY)
    request = ChatRequest((Message(Role.USER, content),), sampling, (ZOOM,) if turn.tools else ())
    text, thought = "", ""
    call: ToolCallRequested | None = None
    usage: UsageReported | None = None
    for event in backend.stream(request, CancelToken()):
        if isinstance(event, TextDelta):
            text += event.text
        elif isinstance(event, ThinkingDelta):
            thought += event.text
        elif isinstance(event, ToolCallRequested):
            call = event
        elif isinstance(event, UsageReported):
            usage = event
        elif isinstance(event, Failed):
            raise event.error
    return Reply(text, thought, call, usage.ttft_s if usage else None, usage.tokens_per_s if usage else None)


def image_part(picture: Scene) -> ImagePart:
    """The picture as the app sends it."""
    width, height = picture.size
    done, data = cv2.imencode(".png", cv2.cvtColor(picture.picture, cv2.COLOR_RGB2BGR))
    assert done
    return ImagePart(data.tobytes(), "image/png", width, height, "picture", image_tokens(width, height))


def box_in(text: str) -> Box:
    """The first box of an answer in shares of the picture; an empty one if there is none."""
    match = _BOX.search(text)
    if match is None:
        return (0.0, 0.0, 0.0, 0.0)
    left, top, right, bottom = (int(number) / 1000 for number in match.groups())
    return left, top, right, bottom


def iou(one: Box, other: Box) -> float:
    """How much two boxes overlap: the common area as a share of the covered one."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    common = max(0.0, wide) * max(0.0, high)
    areas = sum(max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1]) for box in (one, other))
    return common / (areas - common) if areas > common else 0.0


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 4) if values else None


@contextmanager
def local_backend(text: Path, mmproj: Path, folder: Path) -> Iterator[LocalBackend]:
    """The engine for a pair of files, as the app runs it (`desktop_helper.services.providers`)."""
    profile = ModelProfile(
        name="practice",
        provider="local",
        backend="local",
        title="Practice model",
        model="practice",
        gguf=text,
        mmproj=mmproj,
        context_tokens=8192,
        quirks={"keep_warm_s": 0, "one_thread": True, "shown_tokens": 144},
    )
    backend = LocalBackend(profile, folder, folder)
    try:
        yield backend
    finally:
        backend.close()


def main() -> None:
    """Examine a pair of files."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("mmproj", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    with local_backend(arguments.gguf, arguments.mmproj, arguments.out) as backend:
        figures = examine(
            backend, arguments.pictures, arguments.seed, lambda done: print(f"\r{done}", end="", flush=True)
        )
    summary = figures.summary() | {"seconds": round(time.monotonic() - begin, 1), "pictures": arguments.pictures}
    text = json.dumps(summary, indent=2)
    (arguments.out / "figures.json").write_text(text + "\n", encoding="utf-8")
    names = {
        "kind": [word.english for word in KINDS],
        "colour": [word.english for word in COLOURS],
        "count": list("12345"),
    }
    for task, pairs in figures.pairs.items():
        draw(arguments.out / f"{task}s.png", names[task], pairs)
    print(f"\n{text}")


if __name__ == "__main__":
    main()
