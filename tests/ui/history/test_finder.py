"""A search waits for a pause, runs alone, and its result is dropped when the words have changed."""

from __future__ import annotations

import threading

import pytest

from desktop_helper.qt.background import Background
from desktop_helper.ui.history.finder import Finder


@pytest.fixture
def rig(qtbot):
    class Rig:
        def __init__(self):
            self.asked: list[tuple[str, threading.Thread]] = []
            self.found: list[tuple[str, list[str]]] = []
            self.failed: list[tuple[str, object]] = []
            self.gate = threading.Event()
            self.gate.set()
            self.background = Background()
            self.finder = Finder(self.search, self.background)
            self.finder.found.connect(lambda text, hits: self.found.append((text, hits)))
            self.finder.failed.connect(lambda text, error: self.failed.append((text, error)))

        def search(self, text, _limit):
            self.asked.append((text, threading.current_thread()))
            assert self.gate.wait(10)
            if text == "broken":
                raise RuntimeError
            return [text]

    made = Rig()
    yield made
    made.gate.set()
    made.finder.close()
    made.background.close()


def test_only_the_last_of_words_typed_fast_is_looked_for(qtbot, rig):
    for text in ("e", "ex", "exp", "expo", "export"):
        rig.finder.look_for(text)
    qtbot.waitUntil(lambda: bool(rig.found))
    assert [text for text, _ in rig.asked] == ["export"]
    assert rig.asked[0][1] is not threading.main_thread()


def test_a_result_for_other_words_is_dropped(qtbot, rig):
    rig.gate.clear()
    rig.finder.look_for("old")
    qtbot.waitUntil(lambda: len(rig.asked) == 1)
    rig.finder.look_for("new")
    qtbot.wait(300)
    assert len(rig.asked) == 1  # one at a time
    rig.gate.set()
    qtbot.waitUntil(lambda: bool(rig.found))
    qtbot.wait(50)
    assert rig.found == [("new", ["new"])]


def test_nothing_comes_after_the_words_were_deleted(qtbot, rig):
    rig.gate.clear()
    rig.finder.look_for("old")
    qtbot.waitUntil(lambda: len(rig.asked) == 1)
    rig.finder.look_for("  ")
    rig.gate.set()
    qtbot.wait(300)
    assert rig.found == []
    assert len(rig.asked) == 1


def test_the_same_words_again_are_looked_for_again(qtbot, rig):
    rig.finder.look_for("a")
    qtbot.waitUntil(lambda: len(rig.found) == 1)
    rig.finder.look_for("")
    rig.finder.look_for("a")
    qtbot.waitUntil(lambda: len(rig.found) == 2)


@pytest.mark.allow_warnings
def test_a_search_that_fails_is_told_and_the_next_one_runs(qtbot, rig):
    rig.finder.look_for("broken")
    qtbot.waitUntil(lambda: bool(rig.failed))
    rig.finder.look_for("fine")
    qtbot.waitUntil(lambda: bool(rig.found))
    assert rig.found == [("fine", ["fine"])]
