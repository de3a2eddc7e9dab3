"""What does our client cost? Run it with `python -m tests.bench.bench_client`.

    a question until its first token / the bare `openai` client, plus 5 ms
    tokens a second of a server that sends 2,000 / the bare client; 0.9 at least

Ours is the backend as the app makes it: retries, silence, markers, the ledger. The server is a process of its own, and
connections are open already. Only for the record: a server that sends all at once, and a history that saves each token.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from openai import OpenAI

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Failed, StreamEvent, TextDelta
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from desktop_helper.services.answer_session import answer
from desktop_helper.services.history import History
from tests.bench._figures import Figure, Options, options, pair, report
from tests.support.app import ROOT
from tests.support.wire import wire_backend

ROUNDS, TOKENS, RATE = 15, 4000, 2000
FLOOD_TOKENS = 20_000
ADDED_MS = 5.0
SHARE = 0.9
ASKED = Message(Role.USER, (TextPart("What is this?"),))

Times = tuple[float, float]  # seconds from the question to the first token, and from that to the last
Ask = Callable[[], Times]


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    tokens, flood_tokens = (TOKENS // 10, FLOOD_TOKENS // 10) if chosen.quick else (TOKENS, FLOOD_TOKENS)
    with _server() as address, tempfile.TemporaryDirectory(prefix="bench-client-") as folder:
        steady = _measured(chosen, f"{address}/{RATE}/{tokens}", Path(folder), max(1, chosen.rounds(ROUNDS) // 5))
        quick = _measured(chosen, f"{address}/{RATE}/8", Path(folder), chosen.rounds(ROUNDS) * 4)
        flood = _measured(chosen, f"{address}/0/{flood_tokens}", Path(folder), max(1, chosen.rounds(ROUNDS) // 5))
    figures: list[Figure] = []
    for place, who, goal in ((1, "backend", 1.0), (2, "with history", None)):
        figures += _first_token(who, [row[place] for row in quick], [row[0] for row in quick], goal)
        figures.append(_pace(who, [row[place] for row in steady], [row[0] for row in steady]))
        figures.append(_flood(who, [row[place] for row in flood], [row[0] for row in flood]))
    return report(figures, chosen)


def _measured(chosen: Options, url: str, folder: Path, rounds: int) -> list[tuple[Times, Times, Times]]:
    """The bare client, the backend, and the backend with a history, in turn; the connections are open before."""
    backend, history = wire_backend(url, folder), History(folder / "history.db", folder / "blobs")
    request = ChatRequest((ASKED,))

    def saved() -> Iterator[StreamEvent]:
        conversation = history.new_conversation()
        question = history.add_message(conversation, ASKED)
        return answer(backend, request, history, conversation, CancelToken(), model_title="GLM", parent_id=question)

    with OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        asks: tuple[Ask, ...] = (
            lambda: _bare(client),
            lambda: _ours(lambda: backend.stream(request, CancelToken())),
            lambda: _ours(saved),
        )
        for ask in asks:
            ask()
        rows = [tuple(ask() for ask in asks) for _ in range(rounds)]
    backend.close()
    history.close()
    return [(row[0], row[1], row[2]) for row in rows]


def _bare(client: OpenAI) -> Times:
    began, first = time.perf_counter(), 0.0
    for chunk in client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "What is this?"}], stream=True
    ):
        if not first and chunk.choices and chunk.choices[0].delta.content:
            first = time.perf_counter()
    return first - began, time.perf_counter() - first


def _ours(ask: Callable[[], Iterator[StreamEvent]]) -> Times:
    events = ask()  # what is made before the question is sent is no part of the client
    began, first = time.perf_counter(), 0.0
    for event in events:
        assert not isinstance(event, Failed), event.error
        if not first and isinstance(event, TextDelta):
            first = time.perf_counter()
    return first - began, time.perf_counter() - first


def _first_token(who: str, ours: list[Times], bare: list[Times], goal: float | None) -> list[Figure]:
    what = f"first token, {who}, against the bare client + 5 ms"
    return pair(what, [first * 1e3 for first, _ in ours], [first * 1e3 + ADDED_MS for first, _ in bare], goal)


def _pace(who: str, ours: list[Times], bare: list[Times]) -> Figure:
    """Of times, so more is worse: 0.9 of the tokens a second are 1/0.9 of the time."""
    first, _ = pair(
        f"an answer of {RATE} tokens a second, {who}",
        [rest * 1e3 for _, rest in ours],
        [rest * 1e3 for _, rest in bare],
        1 / SHARE,
    )
    return first


def _flood(who: str, ours: list[Times], bare: list[Times]) -> Figure:
    what = f"an answer that is sent at once, {who}"
    return Figure(what, min(rest for _, rest in ours) * 1e3, min(rest for _, rest in bare) * 1e3)


@contextmanager
def _server() -> Iterator[str]:
    argv = [sys.executable, str(Path(__file__).with_name("_paced_server.py"))]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


if __name__ == "__main__":
    raise SystemExit(main())
