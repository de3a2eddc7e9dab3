"""What a chunk costs the UI thread, early and late in a long answer: `python -m tests.bench.bench_render`.

Chunks of 4 characters go through `MessageList` (layout, painting and scrolling included); the same text goes through
`QTextBrowser.setMarkdown(everything)` in the same run. Compare the ratios: milliseconds differ between machines.
"""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Sequence

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QTextBrowser

from desktop_helper.services.markdown import parser
from desktop_helper.ui import answer_text
from desktop_helper.ui.markdown import highlight
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.theme import Theme
from tests.bench._figures import Figure, options, report

CHUNK = 4
SIZES, QUICK_SIZES = (2_000, 8_000, 32_000), (600, 1_200)  # tokens of about 4 characters
STEP = 80  # characters of a chunk between the measurements
GOAL_GROWTH = 2.5  # it must not grow with the answer; layout and scrolling of a long page cost a little more
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
    """The largest this process has been."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def stream(app: QApplication, sizes: Sequence[int]) -> tuple[dict[int, list[float]], list[float], float]:
    """Seconds of CPU per chunk before each size, and per step between them; memory grown in MB."""
    messages = MessageList()
    messages.resize(460, 700)
    messages.show()
    view = messages.add_answer("bench")
    app.processEvents()
    source, before, position = text_of(sizes[-1]), memory_mb(), 0
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    steps: list[float] = []
    while position < len(source):
        size = next(size for size in sizes if position < size * CHUNK)
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


def naive(app: QApplication, sizes: Sequence[int]) -> dict[int, float]:
    """Seconds of CPU for one chunk if everything is set again."""
    view = QTextBrowser()
    view.resize(460, 700)
    view.show()
    found = {}
    for size in sizes:
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


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    sizes = QUICK_SIZES if chosen.quick else SIZES
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    Theme.current("light")
    answer_text.CHEAP_S = float("inf")  # draw every chunk, as `naive` does
    parser.warm_up()
    highlight.warm_up()
    costs, steps, grown = stream(app, sizes)
    everything = naive(app, sizes)
    medians = {size: statistics.median(cost) * 1e3 for size, cost in costs.items()}
    figures = [
        Figure(f"a chunk after {size} tokens, CPU, against setMarkdown", medians[size], everything[size] * 1e3)
        for size in sizes
    ]
    growth = f"a chunk after {sizes[-1]} tokens, CPU, against {sizes[0]}"
    figures.append(Figure(growth, medians[sizes[-1]], medians[sizes[0]], goal=GOAL_GROWTH))
    for size in sizes:
        print(f"after {size} tokens 99 of 100 chunks take {statistics.quantiles(costs[size], n=100)[98] * 1e3:.1f} ms")
    slowest = max(*steps, *(max(cost) for cost in costs.values()))
    print(f"slowest turn of the event loop: {slowest * 1000:.0f} ms of CPU; memory grown by {grown:.0f} MB")
    return report(figures, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
