"""Garbage cycles with Qt objects in them are destroyed by the UI thread, however much other threads allocate."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref

import pytest

from desktop_helper.qt import garbage
from desktop_helper.qt.garbage import GarbageCollection, Sweeper

# Documents in cycles, collected by a thread beside the event loop: without `GarbageCollection` this ends with SIGSEGV.
CRASH = """
import gc, sys, threading
from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication
from desktop_helper.qt.event_bridge import EventBridge
from desktop_helper.core.events import Finished, TextDelta
from desktop_helper.qt.garbage import GarbageCollection
from desktop_helper.ui.markdown.document import MarkdownDocument
from desktop_helper.ui.theme import Theme

app, theme = QApplication([]), Theme()
if sys.argv[1] == "ours":
    collection = GarbageCollection()
destroyed_by = set()

class Cycle:
    def __init__(self):
        self.document = QTextDocument()
        self.markdown = MarkdownDocument(self.document, theme)
        self.itself = self
        self.markdown.append("# A\\n\\n$x^2$ and text\\n\\n```python\\nx = 1\\n```\\n")
        while self.markdown.refresh(None):
            pass

    def __del__(self):
        destroyed_by.add(threading.current_thread() is threading.main_thread())

def flood(bridge, turn):
    kept = []
    for number in range(3000):
        kept.append([number])  # makes Python want to collect
        bridge.post(turn, TextDelta(f"{number} "))
    bridge.post(turn, Finished())

for _ in range(12):
    for _ in range(40):
        Cycle()
    bridge, seen = EventBridge(), []
    bridge.events.connect(lambda _turn, events: seen.extend(events))
    thread = threading.Thread(target=flood, args=(bridge, bridge.begin()))
    thread.start()
    while not any(isinstance(event, Finished) for event in seen):
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 5)
    thread.join()
if sys.argv[1] == "ours":
    collection._sweeper.sweep()
print(sorted(destroyed_by))
"""


def run(who: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", CRASH, who], capture_output=True, text=True, timeout=100)


def test_workers_destroy_nothing_of_qt():
    done = run("ours")
    assert (done.returncode, done.stdout.strip()) == (0, "[True]"), done.stderr


def test_python_alone_would_let_them():
    """If this fails, Python has learnt where to collect, and the module can go."""
    done = run("python")
    assert done.returncode < 0 or "False" in done.stdout


@pytest.fixture
def collection(qtbot):
    made = GarbageCollection()
    yield made
    made.close()
    gc.disable()  # as the house has it for tests with Qt


class Knot:
    def __init__(self):
        self.itself = self


@pytest.fixture
def old_garbage():
    """Of the oldest generation, where only a full collection finds it."""
    old = Knot()
    gc.collect()
    return weakref.ref(old)


@pytest.fixture
def new_objects(monkeypatch):
    """How many were made since the last look."""
    counts = [0]
    monkeypatch.setattr(gc, "get_count", lambda: (counts[0], 0, 0))
    return counts


def test_everything_goes_in_the_first_pause(old_garbage, new_objects):
    sweeper = Sweeper()
    assert not sweeper.sweep()
    new_objects[0] = 1000
    assert sweeper.sweep()
    assert old_garbage() is not None
    new_objects[0] = 10
    assert sweeper.sweep()
    assert old_garbage() is None
    assert not sweeper.sweep()


def test_everything_goes_now_and_then_although_there_is_no_pause(old_garbage, new_objects):
    new_objects[0] = 1000
    sweeper = Sweeper()
    for _ in range(garbage._FULL_EVERY - 1):
        sweeper.sweep()
    assert old_garbage() is not None
    sweeper.sweep()
    assert old_garbage() is None


def test_an_idle_app_is_woken_less_and_less(qtbot, collection):
    gc.collect()
    for _ in range(10):
        collection._on_timeout()
    assert collection._timer.interval() == garbage.IDLE_MS
    kept = [[number] for number in range(2000)]
    collection._on_timeout()
    assert collection._timer.interval() == garbage.BUSY_MS
    assert kept


def test_another_thread_never_collects(collection):
    knot = Knot()
    gone = weakref.ref(knot)
    del knot
    thread = threading.Thread(target=lambda: [[number] for number in range(100_000)])
    thread.start()
    thread.join()
    assert gone() is not None


def test_what_imports_bring_is_not_walked_through(collection, monkeypatch):
    """Collecting right after them stopped the window for 50 ms and more."""
    collected: list[int] = []
    monkeypatch.setattr(garbage, "_collect", collected.append)
    for number in range(garbage._IMPORT):
        monkeypatch.setitem(sys.modules, f"new_module_{number}", sys)
    knots = [Knot() for _ in range(5000)]
    before = gc.get_freeze_count()
    collection._on_timeout()
    assert gc.get_freeze_count() > before + len(knots)
    assert collected == []


def test_what_was_put_aside_is_looked_through_in_a_long_pause(collection, monkeypatch):
    knot = Knot()
    gone = weakref.ref(knot)
    for number in range(garbage._IMPORT):
        monkeypatch.setitem(sys.modules, f"new_module_{number}", sys)
    collection._on_timeout()
    del knot
    gc.collect()
    assert gone() is not None
    for _ in range(20):
        collection._on_timeout()
    assert gone() is None


def test_an_idle_app_looks_through_everything_once(collection, monkeypatch):
    gc.collect()
    collected: list[int] = []
    monkeypatch.setattr(garbage, "_collect", collected.append)
    collection._aside = True
    for _ in range(20):
        collection._on_timeout()
    assert collected == [2]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_freed_memory_goes_back_to_the_system():
    code = (
        "import os; from desktop_helper.qt.garbage import give_back\n"
        "def mb(): return int(open('/proc/self/statm').read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 2**20\n"
        "kept, last = [], None\n"
        "for _ in range(40_000): kept.append(bytearray(1000)); last = bytearray(600)\n"
        "pin = bytearray(900)\n"  # above what will be free: the heap cannot simply shrink
        "full = mb(); del kept; before = mb(); give_back(); print(full, before, mb())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    full, before, after = map(float, done.stdout.split())
    assert before > full - 10  # or the test shows nothing
    assert after < full - 20
