"""Opening a conversation of 2,000 messages, and scrolling up through it: `python -m tests.bench.bench_long`.

The real chat without a display. Opened is when the end can be read. The yardsticks: the same with ten messages, the
200 ms after which a window feels slow, and for scrolling the first screens of the same way up.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import Role, TextPart
from desktop_helper.services import history_rows
from desktop_helper.services.history import History
from desktop_helper.services.markdown import parser
from desktop_helper.ui.markdown import highlight
from tests.bench._figures import Figure, Sample, cpu, interleaved, options, report
from tests.bench.bench_render import text_of
from tests.support.chat_desk import ChatDesk

LONG, SHORT, QUICK_LONG = 2_000, 10, 120
ROUNDS = 15
FELT_MS = 200.0
GOAL_OPEN, GOAL_GROWTH = 1.5, 3.0
SCREENS = 12  # measured at the begin and at the end of the way up
FAR = 400  # screens; what is made by then is several hundred messages


def fill(history: History, messages: int) -> int:
    """Questions, and answers of about 150 tokens with everything that Markdown has."""
    conversation = history.new_conversation()
    text = text_of(3_000)
    with history._database.write() as connection:
        for number in range(messages):
            role = Role.ASSISTANT if number % 2 else Role.USER
            new = history_rows.NewMessage(conversation, None, role, FinishReason.STOP.value, model="GLM")
            row = history_rows.insert_message(connection, new)
            begin = number * 97 % 10_000
            said = text[begin : begin + 600] if number % 2 else f"Question {number}: what does the picture show?"
            history_rows.insert_parts(connection, row, (TextPart(said),))
    return conversation


def opening(app: QApplication, desk: ChatDesk, conversation: int) -> Sample:
    """Until the last message is painted."""
    messages = desk.window.messages
    desk.chat._conversation.new()
    app.processEvents()
    begin, used = time.perf_counter(), time.process_time()
    desk.chat._conversation.load(conversation)
    while not messages.messages():
        app.processEvents()
    app.processEvents()
    sample = Sample((time.perf_counter() - begin) * 1e3, (time.process_time() - used) * 1e3)
    settle(app, desk)
    return sample


def settle(app: QApplication, desk: ChatDesk) -> list[float]:
    """Until nothing more is made. Returns how long each turn of the event loop took, in milliseconds of CPU."""
    page, turns = desk.chat._conversation.transcript, []
    while page._timer.isActive() or page._reading is not None:
        begin = time.thread_time()
        app.processEvents()
        turns.append((time.thread_time() - begin) * 1e3)
    return turns


def scrolling(app: QApplication, desk: ChatDesk, conversation: int) -> tuple[list[float], list[float]]:
    """Milliseconds of CPU for each screen from the end to the first message; and for each turn of the event loop."""
    opening(app, desk, conversation)
    messages = desk.window.messages
    bar = messages.verticalScrollBar()
    screens: list[float] = []
    turns: list[float] = []
    while bar.value() > 0 and len(screens) < FAR:
        begin = time.thread_time()
        bar.setValue(bar.value() - messages.viewport().height())
        app.processEvents()
        turns += settle(app, desk)
        screens.append((time.thread_time() - begin) * 1e3)
    return screens, turns


def measure(app: QApplication, desk: ChatDesk, long_one: int, rounds: int, size: int) -> list[Figure]:
    """All figures."""
    short = fill(desk.services.history, SHORT)
    opens: tuple[Callable[[], Sample], ...] = (lambda: opening(app, desk, long_one), lambda: opening(app, desk, short))
    for one in opens:
        one()
    ours, yardstick = interleaved(rounds, *opens)
    screens, turns = scrolling(app, desk, long_one)
    few = min(SCREENS, max(1, len(screens) // 3))
    early, late = statistics.median(screens[:few]), statistics.median(screens[-few:])
    shown = len(desk.window.messages.messages())
    print(
        f"{len(screens)} screens up, {shown} messages made; longest turn of the event loop {max(turns):.0f} ms of CPU"
    )
    return [
        Figure(f"open {size} messages, CPU, against {SHORT}", cpu(ours), cpu(yardstick), goal=GOAL_OPEN),
        Figure(f"open {size} messages, CPU, against what is felt", cpu(ours), FELT_MS, goal=1.0),
        Figure("the same, shortest times", min(sample.wall_ms for sample in ours), FELT_MS),
        Figure("scroll up a screen, CPU, last ones against first", late, early, goal=GOAL_GROWTH),
    ]


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    parser.warm_up()
    highlight.warm_up()
    size = QUICK_LONG if chosen.quick else LONG
    with tempfile.TemporaryDirectory(prefix="bench-long-") as home:
        desk = ChatDesk(Path(home))
        desk.window.resize(460, 724)
        desk.window.show()
        app.processEvents()
        figures = measure(app, desk, fill(desk.services.history, size), chosen.rounds(ROUNDS), size)
        desk.close()
    return report(figures, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
