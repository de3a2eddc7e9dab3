"""What a chunk costs the UI thread, early and late in a long answer: `python -m tests.bench.bench_render`.

Chunks of 4 characters go through `MessageList` (layout, painting and scrolling included); the same text goes through
`QTextBrowser.setMarkdown(everything)`. All sizes and the yardstick take turns, chunk by chunk and with the same words,
so that whatever else the machine does hits them alike. Then one whole answer, in such chunks, beside the collection of
garbage: its slowest turn of the event loop, and the memory that it takes and gives back.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QTextBrowser

from desktop_helper.qt.garbage import GarbageCollection
from desktop_helper.services.markdown import parser
from desktop_helper.ui import answer_text
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.markdown import highlight
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.theme import Theme
from tests.bench._figures import Figure, options, report

CHUNK = 4
SIZES, QUICK_SIZES = (2_000, 8_000, 32_000), (600, 1_200)  # tokens of about 4 characters
STEP = 80  # characters of a chunk before those that are measured
SECTIONS, QUICK_SECTIONS = 4, 1  # measured at each size
BURST = 50  # chunks in a row; the first few find the processor's caches full of others' things
COLD = 10
NAIVE_EVERY = 5  # bursts
GOAL_NAIVE, GOAL_GROWTH = 0.01, 1.3
GOAL_STALL_MS, GOAL_MEMORY_MB = 50.0, 40.0
SECTION = """## Section {number}: what the picture shows

The **third** quarter did best with `4.8 M`, see [the table](https://a.example/{number}); Europe fell by *38 %* while
the other regions held. 第三季度最好，第四季度的下降来自欧洲：订单减少了 38 %。

- first point with some text that is long enough to wrap in a narrow window, as most of them are
- second point, $5 and $10
  - nested with `code`

1. one
2. two

| Region | Q3 | Q4 | Change |
|---|--:|--:|---|
| Europe | 1.9 M | 1.2 M | −38 % |
| Asia | 1.7 M | 1.7 M | 0 % |

```python
def load(key: str, number: int = {number}) -> bytes:
    \"\"\"Read one record.\"\"\"
    with open(f"/data/{{key}}", "rb") as file:
        return file.read()
```

The mean is $\\bar x_{{{number}}} = \\frac{{1}}{{n}}\\sum_i x_i$, so

$$
\\sigma_{{{number}}}^2 = \\frac{{1}}{{n}} \\sum_{{i=1}}^n (x_i - \\bar x)^2
$$

> A quotation that says something about section {number}.

"""


def text_of(tokens: int) -> str:
    """Mixed Markdown of that length."""
    parts, length, number = [], 0, 0
    while length < tokens * CHUNK:
        number += 1
        parts.append(SECTION.format(number=number))
        length += len(parts[-1])
    return "".join(parts)[: tokens * CHUNK]


def memory_mb() -> float:
    """What this process has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Window:
    """A conversation with one answer."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self.messages = MessageList()
        self.messages.resize(460, 700)
        self.messages.show()
        self._view: AnswerView | None = None
        app.processEvents()

    def append(self, text: str) -> float:
        """Seconds of CPU until it is painted."""
        begin = time.thread_time()
        if self._view is None:
            self._view = self.messages.add_answer("bench")
        self._view.append_text(text)
        self._app.processEvents()
        return time.thread_time() - begin

    def finish(self) -> float:
        """The answer is over; seconds of CPU of the slowest turn until everything is written."""
        assert self._view is not None
        begin, turns = time.thread_time(), [0.0]
        self._view.finish()
        while turns[-1] == 0 or not self._view._text._writer.complete:
            self._app.processEvents()
            turns.append(time.thread_time() - begin)
            begin = time.thread_time()
        return max(turns)

    def clear(self) -> None:
        """The user begins another conversation."""
        self.messages.clear()
        self._view = None
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self._app.processEvents()

    def close(self) -> None:
        """And the window goes too."""
        self.clear()
        self.messages.close()
        self.messages.deleteLater()


class NaiveWindow:
    """A browser in which everything is set again."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._view = QTextBrowser()
        self._view.resize(460, 700)
        self._view.show()

    def show(self, text: str) -> float:
        """Seconds of CPU until it is painted."""
        begin = time.thread_time()
        self._view.setMarkdown(text)
        self._view.verticalScrollBar().setValue(self._view.verticalScrollBar().maximum())
        self._app.processEvents()
        return time.thread_time() - begin

    def close(self) -> None:
        """Take it away."""
        self._view.close()
        self._view.deleteLater()


def cut(text: str, size: int) -> Iterable[str]:
    """`text` in pieces."""
    return (text[at : at + size] for at in range(0, len(text), size))


def chunks_in_turn(
    app: QApplication, sizes: Sequence[int], sections: int
) -> tuple[dict[int, list[float]], dict[int, list[float]]]:
    """Seconds of CPU for each chunk at each size, and for setting everything."""
    last_words = "".join(SECTION.format(number=number) for number in range(1, sections + 1))
    windows, naive = {size: Window(app) for size in sizes}, NaiveWindow(app)
    begins = {size: text_of(size) + "\n\n" for size in sizes}
    for size, window in windows.items():
        for piece in cut(begins[size], STEP):
            window.append(piece)
    ours: dict[int, list[float]] = {size: [] for size in sizes}
    theirs: dict[int, list[float]] = {size: [] for size in sizes}
    pieces = list(cut(last_words, CHUNK))
    for begin in range(0, len(pieces), BURST):
        for size, window in windows.items():
            ours[size] += [window.append(piece) for piece in pieces[begin : begin + BURST]][COLD:]
        if begin % (BURST * NAIVE_EVERY) == 0:
            for size in sizes:
                theirs[size].append(naive.show(begins[size] + last_words[: begin * CHUNK]))
    for window in windows.values():
        window.close()
    naive.close()
    return ours, theirs


def whole_answer(app: QApplication, tokens: int) -> tuple[float, float, float]:
    """One answer in chunks: seconds of CPU of its slowest turn, MB that it takes, and MB that stay when it is gone."""
    window = Window(app)
    slowest = grown = left = 0.0
    for size in (STEP, CHUNK):  # the first fills what is kept for the next ones: packages, fonts, shapes of formulas
        collection = GarbageCollection()
        gc.collect()
        before, slowest = memory_mb(), 0.0
        for piece in cut(text_of(tokens), size):
            slowest = max(slowest, window.append(piece))
        slowest = max(slowest, window.finish())
        grown = memory_mb() - before
        window.clear()
        collection.collect_all()
        left = memory_mb() - before
        collection.close()
    window.close()
    return slowest, grown, left


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    sizes, sections = (QUICK_SIZES, QUICK_SECTIONS) if chosen.quick else (SIZES, SECTIONS)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    Theme.current("light")
    parser.warm_up()
    highlight.warm_up()
    slowest, grown, left = whole_answer(app, sizes[-1])
    answer_text.CHEAP_S = float("inf")  # draw every chunk, as the yardstick does
    ours, theirs = chunks_in_turn(app, sizes, sections)
    medians = {size: statistics.median(costs) * 1e3 for size, costs in ours.items()}
    figures = []
    for size in sizes:
        naive = statistics.median(theirs[size]) * 1e3
        goal = GOAL_NAIVE if size == sizes[-1] else None
        figures.append(Figure(f"a chunk at {size} tokens, CPU, against setMarkdown", medians[size], naive, goal=goal))
        slow = statistics.quantiles(ours[size], n=100)[98] * 1e3
        figures.append(Figure("the slowest of 100 such chunks, CPU, against setMarkdown", slow, naive))
    growth = f"a chunk at {sizes[-1]} tokens, CPU, against {sizes[0]}"
    figures += [
        Figure(growth, medians[sizes[-1]], medians[sizes[0]], goal=GOAL_GROWTH),
        Figure("slowest turn of the loop in a whole answer, CPU", slowest * 1e3, GOAL_STALL_MS, goal=1.0),
        Figure("memory that it takes, against 40 MB", grown, GOAL_MEMORY_MB, "MB", goal=1.0),
        Figure("memory that stays when it is gone, against 40 MB", left, GOAL_MEMORY_MB, "MB", goal=0.1),
    ]
    return report(figures, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
