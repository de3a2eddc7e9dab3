"""What a chunk costs the UI thread, early and late in a long answer: `python -m tests.bench.bench_render`.

Chunks of 4 characters go through `MessageList` (layout, painting and scrolling included); the same text goes through
`QTextBrowser.setMarkdown(everything)` in the same run. Compare the ratios: milliseconds differ between machines.
"""

from __future__ import annotations

import os
import resource
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QTextBrowser

from desktop_helper.ui import answer_text
from desktop_helper.ui.markdown import highlight, parser
from desktop_helper.ui.message_view import MessageList
from desktop_helper.ui.theme import Theme

CHUNK = 4
SIZES = (2_000, 8_000, 32_000)  # tokens of about 4 characters
STEP = 80  # characters of a chunk between the measurements
WINDOW = 500  # chunks measured before each size is reached
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
    """The largest this process has been."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def stream(app: QApplication) -> tuple[dict[int, list[float]], list[float], float]:
    """Seconds of CPU per chunk before each size, and per step between them; memory grown in MB."""
    messages = MessageList()
    messages.resize(460, 700)
    messages.show()
    view = messages.add_answer("bench")
    app.processEvents()
    source, before, position = text_of(SIZES[-1]), memory_mb(), 0
    costs: dict[int, list[float]] = {size: [] for size in SIZES}
    steps: list[float] = []
    while position < len(source):
        size = next(size for size in SIZES if position < size * CHUNK)
        measured = position >= (size - WINDOW) * CHUNK
        length = CHUNK if measured else STEP
        begin = time.thread_time()
        view.append_text(source[position : position + length])
        app.processEvents()
        (costs[size] if measured else steps).append(time.thread_time() - begin)
        position += length
    begin = time.thread_time()
    view.finish()
    app.processEvents()
    print(f"finishing: {(time.thread_time() - begin) * 1000:.1f} ms")
    grown = memory_mb() - before
    messages.close()
    messages.deleteLater()
    return costs, steps, grown


def naive(app: QApplication) -> dict[int, float]:
    """Seconds of CPU for one chunk if everything is set again."""
    view = QTextBrowser()
    view.resize(460, 700)
    view.show()
    found = {}
    for size in SIZES:
        source, samples = text_of(size), []
        for cut in range(5):
            begin = time.thread_time()
            view.setMarkdown(source[: len(source) - cut * CHUNK])
            view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
            app.processEvents()
            samples.append(time.thread_time() - begin)
        found[size] = statistics.median(samples)
    view.close()
    return found


def main() -> None:
    """Measure and print."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    Theme.current("light")
    answer_text.CHEAP_S = float("inf")  # draw every chunk, as `naive` does
    parser.warm_up()
    highlight.warm_up()
    costs, steps, grown = stream(app)
    everything = naive(app)
    base = statistics.median(costs[SIZES[0]])
    print(f"{'tokens':>8} {'median ms':>10} {'p99 ms':>8} {'to 2k':>7} {'naive ms':>9} {'naive / ours':>13}")
    for size in SIZES:
        median, p99 = statistics.median(costs[size]), statistics.quantiles(costs[size], n=100)[98]
        print(
            f"{size:>8} {median * 1e3:>10.3f} {p99 * 1e3:>8.2f} {median / base:>7.2f}"
            f" {everything[size] * 1e3:>9.1f} {everything[size] / median:>13.0f}"
        )
    slowest = max(*steps, *(max(cost) for cost in costs.values()))
    print(f"slowest turn of the event loop: {slowest * 1000:.0f} ms of CPU; memory grown by {grown:.0f} MB")


if __name__ == "__main__":
    main()
