"""How long does a local model go on after Stop, and what does it keep? Run `python -m tests.bench.bench_local_stop`.

cancel to the end of the answer, 30 tries that hit the phase, for each / 300 ms, or 1 s while it looks at a picture
memory of the worker after 300 turns with pictures / after the first 60
"""

from __future__ import annotations

import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Failed, Finished, Progress, StreamEvent, TextDelta, ThinkingDelta
from desktop_helper.core.messages import ChatRequest, Message, Sampling
from tests.bench._figures import Figure, Options, options, report
from tests.support.engine_rig import question, reply
from tests.support.local_models import local_backend, noise, worker_process
from tests.support.tiny_gguf import GgufPair, TinyModel, tiny_pair

TRIES = 30
MOST_ATTEMPTS = 4  # for each try: some come when the phase is over
CONTEXT = 16_384
TURNS = 300
SETTLED = 60  # turns after which the caches are full and the largest pictures were seen
# Large enough that each phase lasts a while, with heads that are cheap for a CPU.
MODEL = TinyModel(embedding=512, blocks=6, feed_forward=1024, vision_blocks=12, endless=True, half=True)
Reached = Callable[[StreamEvent], bool]


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    pair = tiny_pair(TinyModel(endless=True) if chosen.quick else MODEL)
    with tempfile.TemporaryDirectory(prefix="bench-local-") as folder:
        figures = [figure for phase in PHASES for figure in _phase(phase, pair, Path(folder), chosen)]
        figures.append(_memory(Path(folder), chosen))
    return report(figures, chosen)


def _loading(event: StreamEvent) -> bool:
    return isinstance(event, Progress) and "Loading" in event.message


def _looking(event: StreamEvent) -> bool:
    return isinstance(event, Progress) and "picture" in event.message


def _reading(event: StreamEvent) -> bool:
    return isinstance(event, Progress) and "question" in event.message


def _writing(event: StreamEvent) -> bool:
    return isinstance(event, TextDelta | ThinkingDelta)


PHASES: tuple[tuple[str, Reached, float], ...] = (
    ("loading", _loading, 1.0),
    ("looking at a picture", _looking, 1.0),
    ("reading text", _reading, 0.3),
    ("writing", _writing, 0.3),
)


def _phase(phase: tuple[str, Reached, float], pair: GgufPair, folder: Path, chosen: Options) -> list[Figure]:
    name, reached, limit = phase
    chance, wanted = random.Random(1), chosen.rounds(TRIES)
    taken: list[float] = []
    with ExitStack() as stack:
        backend = stack.enter_context(local_backend(pair, folder, context=CONTEXT))
        for attempt in range(MOST_ATTEMPTS * wanted):
            if len(taken) == wanted:
                break
            if name == "loading":
                stack.close()
                backend = stack.enter_context(local_backend(pair, folder, context=CONTEXT))
            else:
                backend.probe(CancelToken())
            delay = 0.0 if chosen.quick else chance.uniform(0, 0.1)
            seconds = _stop_in(backend, _talk(name, attempt), reached, delay)
            if seconds is not None:
                taken.append(seconds)
        _still_answers(backend)
    assert len(taken) == wanted, f"{name} is over too soon to be stopped in it"
    return [
        Figure(f"stop while {name}, median", statistics.median(taken) * 1e3, limit * 1e3, goal=1.0),
        Figure(f"stop while {name}, worst", max(taken) * 1e3, limit * 1e3, goal=1.0),
    ]


def _talk(phase: str, attempt: int) -> list[Message]:
    if phase == "looking at a picture":
        return [question(noise(1288 + 28 * attempt, 728), "What?")]
    if phase == "reading text":
        return [question(f"{attempt} " + "many words of a long text " * 500)]
    return [question("Go")]


def _stop_in(backend: LocalBackend, talk: list[Message], reached: Reached, delay: float) -> float | None:
    """Stop a little after the phase has begun. Returns the seconds until the answer has ended; None if it was over."""
    cancel = CancelToken()
    stopped_at = 0.0
    in_phase = hit = False

    def stop() -> None:
        nonlocal stopped_at, hit
        hit, stopped_at = in_phase, time.perf_counter()
        cancel.cancel()

    timer: threading.Timer | None = None
    for event in backend.stream(ChatRequest(tuple(talk), Sampling()), cancel):
        assert not isinstance(event, Failed), event
        in_phase = reached(event)
        if timer is None and in_phase:
            timer = threading.Timer(delay, stop)
            timer.start()
    ended = time.perf_counter()
    assert timer is not None
    timer.join()
    return max(0.0, ended - stopped_at) if hit else None


def _still_answers(backend: LocalBackend) -> None:
    request = ChatRequest((question("Go"),), Sampling(max_tokens=3))
    assert isinstance(list(backend.stream(request, CancelToken()))[-1], Finished)


def _memory(folder: Path, chosen: Options) -> Figure:
    """Conversations of five turns, a new picture in each turn; megabytes of the worker."""
    turns, settled = (4, 2) if chosen.quick else (TURNS, SETTLED)
    sizes, workers = [], set()
    with local_backend(tiny_pair(TinyModel(endless=True)), folder) as backend:
        talk: list[Message] = []
        for turn in range(turns):
            if turn % 5 == 0:
                talk = []
            # The largest comes first: buffers grow with the largest picture that was seen.
            size = (700 - 37 * turn % 280, 700 - 53 * turn % 280)
            talk.append(question(noise(*size), f"Question {turn}?"))
            request = ChatRequest(tuple(talk), Sampling(max_tokens=20))
            assert isinstance(list(backend.stream(request, CancelToken()))[-1], Finished)
            talk.append(reply("A window."))
            worker = worker_process()
            workers.add(worker.pid)
            sizes.append(worker.memory_info().rss / 1e6)
    assert len(workers) == 1, "a worker that began anew forgot what it had grown by"
    what = f"memory after {turns} turns with pictures, against {settled}"
    return Figure(what, sizes[-1], sizes[settled - 1], unit="MB", goal=1.05)


if __name__ == "__main__":
    raise SystemExit(main())
