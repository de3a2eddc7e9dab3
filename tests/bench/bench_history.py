"""How quick is a long history? Run it with `python -m tests.bench.bench_history`.

    a search among 100,000 messages / a LIKE scan of the same texts, and / 50 ms
    the first page of the list / that of a history with one page
    opening the history and asking for its latest conversation, as every start does / the same with an empty one

Goals: a search within 50 ms; opening and the first page at most 1.2 times as long as with a short history.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from desktop_helper.services.history import History
from tests.bench import _many_messages as many
from tests.bench._figures import Figure, Options, Sample, cpu, interleaved, options, pair, report, wall

MESSAGES = 100_000
QUICK_MESSAGES = 2_000
PAGE = 100
ROUNDS = 15
SEARCH_MS = 50.0
SEARCHES = {
    "two Chinese characters, common": many.COMMON_CHINESE,
    "two Chinese characters, rare": many.RARE_CHINESE,
    "an English word, common": many.COMMON_ENGLISH,
    "an English word, rare": many.RARE_ENGLISH,
    "the beginning of many words": "ba",
}
GOAL = 1.2


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory(prefix="bench-history-") as folder:
        long, short, empty = (_history(Path(folder) / name) for name in ("long", "short", "empty"))
        many.fill(long, QUICK_MESSAGES if chosen.quick else MESSAGES)
        many.fill(short, PAGE * many.IN_A_CONVERSATION)
        empty.latest()
        figures = [*_searches(long, chosen), *_pages(long, short, chosen)]
        for history in (long, short, empty):
            history.close()
        figures += _openings(Path(folder) / "long", Path(folder) / "empty", chosen)
    return report(figures, chosen)


def _history(folder: Path) -> History:
    return History(folder / "history.db", folder / "blobs")


def _timed(work: Callable[[], object]) -> Sample:
    wall_ms, cpu_ms = perf_counter(), process_time()
    work()
    return Sample((perf_counter() - wall_ms) * 1000, (process_time() - cpu_ms) * 1000)


def _searches(history: History, chosen: Options) -> list[Figure]:
    figures = []
    for what, words in SEARCHES.items():
        ours, scan = partial(_timed, partial(history.search, words)), partial(_timed, partial(_scan, history, words))
        chosen.warm_up(ours, scan)
        found, scanned = interleaved(chosen.rounds(ROUNDS), ours, scan)
        figures.append(Figure(f"search, {what}, against a LIKE scan", wall(found), wall(scanned)))
        figures.append(Figure("the same, CPU, against 50 ms", cpu(found), SEARCH_MS, goal=1.0))
    return figures


def _scan(history: History, words: str) -> None:
    with history._database.read() as connection:
        connection.execute("SELECT message_id FROM parts WHERE text LIKE ?", (f"%{words}%",)).fetchall()


def _pages(long: History, short: History, chosen: Options) -> list[Figure]:
    measures = [partial(_timed, partial(_page, history)) for history in (long, short)]
    chosen.warm_up(*measures)
    ours, yardstick = interleaved(chosen.rounds(10 * ROUNDS), *measures)
    what = "first page of the list, against a short history"
    return pair(what, [one.wall_ms for one in ours], [one.wall_ms for one in yardstick], goal=GOAL)


def _page(history: History) -> None:
    history.conversations(PAGE)


def _openings(long: Path, empty: Path, chosen: Options) -> list[Figure]:
    measures = [partial(_timed, partial(_open_and_close, folder)) for folder in (long, empty)]
    chosen.warm_up(*measures)
    ours, yardstick = interleaved(chosen.rounds(10 * ROUNDS), *measures)
    what = "open and latest conversation, against an empty history"
    return pair(what, [one.wall_ms for one in ours], [one.wall_ms for one in yardstick], goal=GOAL)


def _open_and_close(folder: Path) -> None:
    history = _history(folder)
    history.latest()
    history.close()


if __name__ == "__main__":
    raise SystemExit(main())
