"""How fast does a local model write? Run it with `python -m tests.bench.bench_local_speed`.

    milliseconds per token of an answer / of `Llama.generate`, and of llama-bench if `LLAMA_BENCH` names one
    the same / of llama-bench, while other programs keep half of the processors busy

With a GGUF of 100 million random numbers, all on the same threads, and loaded anew for each round: where its memory
lies makes ten percent, for as long as it is loaded. Ours is the whole way: sampled, decoded, separated from the
thinking, sent through the pipe, by the clock of who receives it. `Llama.generate` only yields tokens; its best round
counts as well as its usual one. llama-bench, of the same version of llama.cpp, runs with llama-cpp-python's own
library: what another compiler makes of it is not the question.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import llama_cpp

from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.backends.local.threads import worker_threads
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Failed, TextDelta, UsageReported
from desktop_helper.core.messages import ChatRequest, Sampling, Thinking
from tests.bench._figures import Figure, Sample, cpu, interleaved, options, report, wall
from tests.support.engine_rig import StockHandler, question
from tests.support.local_models import local_backend
from tests.support.tiny_gguf import GgufPair, TinyModel, tiny_pair

TOKENS = 128
WARM_UP = 8
ROUNDS = 11
BESIDE, ROUNDS_BESIDE = 16, 5  # tokens and rounds beside busy programs: each may take a hundred times as long
MODEL = TinyModel(embedding=768, blocks=12, feed_forward=3072, vision_blocks=1, endless=True, half=True)
SMALL = TinyModel(endless=True)


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    pair = tiny_pair(SMALL if chosen.quick else MODEL)
    measures = [lambda: _loaded_anew(pair), lambda: _generate(pair)]
    if "LLAMA_BENCH" in os.environ:
        measures.append(lambda: _llama_bench(os.environ["LLAMA_BENCH"], pair))
    chosen.warm_up(*measures)
    ours, generate, *others = interleaved(chosen.rounds(ROUNDS), *measures)
    figures = [
        Figure("a token, against Llama.generate", wall(ours), wall(generate), goal=1 / 0.95),
        Figure("the same, the best rounds", _best(ours), _best(generate), goal=1 / 0.95),
        Figure("what the answer tells of a token", cpu(ours), wall(ours)),
    ]
    for other in others:
        figures += [
            Figure("a token, against llama-bench", wall(ours), wall(other), goal=1.05),
            Figure("the same, the best rounds", _best(ours), _best(other), goal=1.05),
        ]
    if "LLAMA_BENCH" in os.environ:
        with _busy_processors():
            ours, other = interleaved(
                chosen.rounds(ROUNDS_BESIDE),
                lambda: _loaded_anew(pair, BESIDE),
                lambda: _llama_bench(os.environ["LLAMA_BENCH"], pair, BESIDE),
            )
        figures.append(Figure("a token beside busy programs, against llama-bench", wall(ours), wall(other)))
    return report(figures, chosen)


@contextmanager
def _busy_processors() -> Iterator[None]:
    """As many programs as half of the processors, each of which would like to have one for itself."""
    argv = [sys.executable, "-c", "while True: pass"]
    programs = [subprocess.Popen(argv) for _ in range(max(1, (os.cpu_count() or 1) // 2))]
    try:
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def _loaded_anew(pair: GgufPair, tokens: int = TOKENS) -> Sample:
    with tempfile.TemporaryDirectory(prefix="bench-local-") as folder, local_backend(pair, Path(folder)) as backend:
        _ours(backend, WARM_UP)
        return _ours(backend, tokens)


def _ours(backend: LocalBackend, tokens: int = TOKENS) -> Sample:
    """Milliseconds per token, as the texts arrived and as the answer reports it."""
    sampling = Sampling(thinking=Thinking.OFF, max_tokens=tokens + 1)
    stamps = []
    speed = 0.0
    for event in backend.stream(ChatRequest((question("Go"),), sampling), CancelToken()):
        assert not isinstance(event, Failed), event
        if isinstance(event, TextDelta):
            stamps.append(time.perf_counter())
        if isinstance(event, UsageReported):
            speed = event.tokens_per_s or 0.0
    return Sample((stamps[-1] - stamps[0]) * 1e3 / tokens, 1e3 / speed)


def _best(samples: list[Sample]) -> float:
    return min(sample.wall_ms for sample in samples)


def _generate(pair: GgufPair) -> Sample:
    """Nothing but tokens."""
    stock = StockHandler(pair, context=2048)
    tokens = stock.llama.tokenize(b"Go", add_bos=False)
    stock.llama.reset()
    stream = stock.llama.generate(tokens, temp=0.8, top_p=0.6, top_k=40, min_p=0.0, repeat_penalty=1.0)
    for _ in range(WARM_UP):
        next(stream)
    began = time.perf_counter()
    for _ in range(TOKENS):
        next(stream)
    each = (time.perf_counter() - began) * 1e3 / TOKENS
    stream.close()
    stock.close()
    return Sample(each, each)


def _llama_bench(program: str, pair: GgufPair, tokens: int = TOKENS) -> Sample:
    argv = [program, "-m", str(pair.gguf), "-p", "0", "-n", str(tokens), "-r", "1", "-fa", "1", "-o", "json"]
    argv += ["-t", str(worker_threads())]
    env = os.environ | {"LD_LIBRARY_PATH": str(Path(llama_cpp.__file__).parent / "lib")}
    done = subprocess.run(argv, check=True, capture_output=True, text=True, env=env)
    each = 1e3 / float(json.loads(done.stdout)[0]["avg_ts"])
    return Sample(each, each)


if __name__ == "__main__":
    raise SystemExit(main())
