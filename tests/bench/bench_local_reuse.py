"""How long until a local model's first word? Run it with `python -m tests.bench.bench_local_reuse`.

    a question about a 1080p screenshot, and those that follow / the same through llama-cpp-python's stock handler

The stock handler reads everything again for every question. Each measure has screenshots of its own: what was seen in
an earlier one would still be known. For first questions both are loaded anew each time: how fast a picture is looked at
differs by a third from one load of the same model to the next, whoever loads it, and stays so. Also against
llama-server, if `LLAMA_SERVER` names one: it keeps the prefix, but decodes the picture again. All get the same tiny
GLM-4V with flash attention on the same threads. Ours is measured as a user has it, with the worker process and its
pipes.
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
from tests.support.tiny_gguf import GgufPair, tiny_pair

CONTEXT = 16_384
WIDTHS = range(1904, 1936)  # about 1080p: no two pictures are alike
FIRST_ROUNDS = 9
OPENINGS = FOLLOW_UPS = 3
Ask = Callable[[list[Message]], float]
Screen = Callable[[], ImagePart]
Talk = Callable[[Ask, list[ImagePart]], float]


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    screen = _screens(quick=chosen.quick)
    model = tiny_pair()
    with tempfile.TemporaryDirectory(prefix="bench-local-") as folder:
        first = [_first(model, Path(folder), screen) for _ in range(chosen.rounds(FIRST_ROUNDS))]
        figures = pair("first question, against the stock handler", *_columns(first), 1.05)
        stock = StockHandler(model, context=CONTEXT)
        with local_backend(model, Path(folder), context=CONTEXT) as backend:
            backend.probe(CancelToken())
            figures += _against("the stock handler", _ours(backend), _stock(stock), screen)
        stock.close()
        server = os.environ.get("LLAMA_SERVER", "")
        if server:
            with local_backend(model, Path(folder), context=CONTEXT) as backend, llama_server(server, model) as ask:
                backend.probe(CancelToken())
                mine, opening = _ours(backend), [question(screen(), "What is this?")]
                mine(opening)
                ask(opening)
                later = _follow_ups(mine, ask, opening)
            figures += pair("follow-up, against llama-server", *_columns(later), 1 / 3)
    return report(figures, chosen)


def _screens(*, quick: bool) -> Screen:
    """Gives another screenshot each time."""
    widths = iter(WIDTHS)
    return lambda: noise(next(widths) - 1600, 140) if quick else noise(next(widths), 1080)


def _first(model: GgufPair, folder: Path, screen: Screen) -> tuple[float, float]:
    """The first question after each was loaded, ours and the stock handler's."""
    opening = [question(screen(), "What is this?")]
    with local_backend(model, folder, context=CONTEXT) as backend:
        backend.probe(CancelToken())
        ours = _ours(backend)(opening)
    stock = StockHandler(model, context=CONTEXT)
    theirs = _stock(stock)
    theirs([question("Hi")])  # loads the projector, which ours did with the model
    try:
        return ours, theirs(opening)
    finally:
        stock.close()


def _against(whom: str, ours: Ask, theirs: Ask, screen: Screen) -> list[Figure]:
    theirs([question("Hi")])  # loads the projector, which ours did with the model
    later: list[tuple[float, float]] = []
    for _ in range(OPENINGS):
        opening = [question(screen(), "What is this?")]
        ours(opening)
        theirs(opening)
        later += _follow_ups(ours, theirs, opening)
    figures = pair(f"follow-up, against {whom}", *_columns(later), 1 / 30)
    three, two = [screen() for _ in range(3)], [screen() for _ in range(2)]
    figures.append(_sums("ten turns over three screenshots", _ten_turns, ours, theirs, three, 1 / 5))
    figures.append(_sums("two conversations in turn", _alternating, ours, theirs, two, 1 / 10))
    return figures


def _sums(what: str, talk: Talk, ours: Ask, theirs: Ask, screens: list[ImagePart], goal: float) -> Figure:
    return Figure(what, talk(ours, screens) * 1e3, talk(theirs, screens) * 1e3, goal=goal)


def _columns(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Milliseconds."""
    return [mine * 1e3 for mine, _ in pairs], [other * 1e3 for _, other in pairs]


def _follow_ups(ours: Ask, theirs: Ask, opening: list[Message]) -> list[tuple[float, float]]:
    """Questions about the screenshot of `opening`, which both were asked."""
    talk, found = [*opening], []
    for number in range(FOLLOW_UPS):
        talk += [reply("A window."), question(f"Why is it red, number {number}?")]
        found.append((ours(talk), theirs(talk)))
    return found


def _ten_turns(ask: Ask, screens: list[ImagePart]) -> float:
    """A new screenshot with the first, the fourth and the seventh question; the sum of all waiting."""
    talk: list[Message] = []
    waited = 0.0
    for turn in range(10):
        picture = (screens[turn // 3],) if turn % 3 == 0 and turn < 9 else ()
        talk.append(question(*picture, f"Question {turn}?"))
        waited += ask(talk)
        talk.append(reply("A window with a button."))
    return waited


def _alternating(ask: Ask, screens: list[ImagePart]) -> float:
    """Two conversations about a screenshot each; how long the questions after the first of each wait."""
    talks = [[question(screen, "What is this?")] for screen in screens]
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
        assert first, "it said nothing"
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
