"""How long until a local model's first word? Run it with `python -m tests.bench.bench_local_reuse`.

    a question about a 1080p screenshot, and those that follow / the same through llama-cpp-python's stock handler

The stock handler reads everything again for every question. Also against llama-server, if `LLAMA_SERVER` names one: it
keeps the prefix, but decodes the picture again. All get the same tiny GLM-4V with flash attention on the same threads.
Ours is measured as a user has it, with the worker process and its pipes.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Failed, TextDelta, ThinkingDelta
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Sampling
from tests.bench._figures import Figure, options, pair, report
from tests.bench._llama_server import llama_server
from tests.support.engine_rig import GREEDY, StockHandler, question, reply
from tests.support.local_models import local_backend, noise
from tests.support.tiny_gguf import tiny_pair

CONTEXT = 16_384
SCREENS = (noise(1920, 1080), noise(1904, 1064), noise(1932, 1092))
SMALL = (noise(280, 140), noise(308, 140), noise(336, 140))
Ask = Callable[[list[Message]], float]


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    screens = SMALL if chosen.quick else SCREENS
    model = tiny_pair()
    stock = StockHandler(model, context=CONTEXT)
    with tempfile.TemporaryDirectory(prefix="bench-local-") as folder:
        with local_backend(model, Path(folder), context=CONTEXT) as backend:
            backend.probe(CancelToken())
            figures = _against("the stock handler", _ours(backend), _stock(stock), screens)
        server = os.environ.get("LLAMA_SERVER", "")
        if server:
            with local_backend(model, Path(folder), context=CONTEXT) as backend, llama_server(server, model) as ask:
                backend.probe(CancelToken())
                ours, theirs = _follow_up(_ours(backend), screens[0]), _follow_up(ask, screens[0])
                figures.append(Figure("follow-up, against llama-server", ours, theirs, goal=1 / 3))
    stock.close()
    return report(figures, chosen)


def _against(whom: str, ours: Ask, theirs: Ask, screens: tuple[ImagePart, ...]) -> list[Figure]:
    theirs([question("Hi")])  # loads the projector, which ours did with the model
    opening = [[question(screen, "What is this?")] for screen in screens]
    ours_first, theirs_first = [], []
    for talk in opening:
        ours_first.append(ours(talk))
        theirs_first.append(theirs(talk))
    figures = pair(f"first question, against {whom}", ours_first, theirs_first, 1.05)
    follow = [*opening[-1], reply("A window."), question("Why is it red?")]
    figures.append(Figure(f"follow-up, against {whom}", ours(follow), theirs(follow), goal=1 / 30))
    turns = _ten_turns(ours, screens), _ten_turns(theirs, screens)
    figures.append(Figure("ten turns over three screenshots", turns[0], turns[1], goal=1 / 5))
    turns = _alternating(ours, screens), _alternating(theirs, screens)
    figures.append(Figure("two conversations in turn", turns[0], turns[1], goal=1 / 10))
    return [Figure(f.what, f.ours * 1e3, f.yardstick * 1e3, goal=f.goal) for f in figures]


def _follow_up(ask: Ask, screen: ImagePart) -> float:
    ask([question(screen, "What is this?")])
    talk = [question(screen, "What is this?"), reply("A window."), question("Why is it red?")]
    return ask(talk) * 1e3


def _ten_turns(ask: Ask, screens: tuple[ImagePart, ...]) -> float:
    """A new screenshot with the first, the fourth and the seventh question; the sum of all waiting."""
    talk: list[Message] = []
    waited = 0.0
    for turn in range(10):
        picture = (screens[turn // 3],) if turn % 3 == 0 and turn < 9 else ()
        talk.append(question(*picture, f"Question {turn}?"))
        waited += ask(talk)
        talk.append(reply("A window with a button."))
    return waited


def _alternating(ask: Ask, screens: tuple[ImagePart, ...]) -> float:
    """Two conversations about a screenshot each; how long the questions after the first of each wait."""
    talks = [[question(screen, "What is this?")] for screen in screens[1:]]
    waited = 0.0
    for turn in range(3):
        for talk in talks:
            seconds = ask(talk)
            waited += seconds if turn else 0.0
            talk += [reply("A window."), question("Go on.")]
    return waited


def _ours(backend: LocalBackend) -> Ask:
    def ask(talk: list[Message]) -> float:
        request = ChatRequest(tuple(talk), Sampling(max_tokens=2, **GREEDY))
        began = time.perf_counter()
        first = 0.0
        for event in backend.stream(request, CancelToken()):
            assert not isinstance(event, Failed), event
            if isinstance(event, ThinkingDelta | TextDelta):
                first = first or time.perf_counter() - began
        return first

    return ask


def _stock(stock: StockHandler) -> Ask:
    def ask(talk: list[Message]) -> float:
        began = time.perf_counter()
        chunks = iter(stock.stream(*talk, max_tokens=2))
        next(chunks)  # says who speaks
        next(chunks)
        first = time.perf_counter() - began
        for _ in chunks:
            pass
        return first

    return ask


if __name__ == "__main__":
    raise SystemExit(main())
