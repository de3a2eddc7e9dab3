"""Threads make room for other programs, and come back when those are done."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from desktop_helper.backends.local.engine import crew
from desktop_helper.backends.local.engine.crew import Crew, Spent, spent


class Machine:
    """Clocks of a machine with `processors`, of which other programs keep `busy` from us."""

    def __init__(self, processors: int) -> None:
        self.processors, self.busy, self.looks = processors, 0.0, 0
        self._now, self._idle = 0.0, 0.0

    def run(self, seconds: float) -> None:
        self._now += seconds
        self._idle += seconds * (self.processors - self.busy)

    def clock(self) -> float:
        return self._now

    def clocks(self) -> Spent:
        self.looks += 1
        return Spent(self._now, self._idle / 3, self._idle * 2 / 3)


@pytest.fixture
def used() -> list[int]:
    return []


def made(machine: Machine, most: int, used: list[int], monkeypatch: pytest.MonkeyPatch) -> Crew:
    monkeypatch.setattr(crew, "time", type("Time", (), {"monotonic": staticmethod(machine.clock)}))
    return Crew(most, used.append, machine.clocks)


@pytest.mark.parametrize(
    ("processors", "most", "busy", "threads"),
    [(2, 2, 0.67, 1), (2, 2, 1.0, 1), (2, 2, 2.0, 1), (8, 4, 3.0, 4), (8, 4, 5.0, 3), (8, 8, 0.9, 7)],
)
def test_as_many_as_others_leave(monkeypatch, used, processors, most, busy, threads):
    machine = Machine(processors)
    crew = made(machine, most, used, monkeypatch)
    crew.begin(same_each_time=False)
    machine.run(1)
    crew.fit()
    assert used == []
    machine.busy = busy
    machine.run(1)
    crew.fit()
    assert used == ([threads] if threads != most else [])
    machine.busy = 0.2  # what always runs
    machine.run(1)
    crew.fit()
    assert used == ([threads, most] if threads != most else [])


def test_the_clocks_are_read_now_and_then_only(monkeypatch, used):
    machine = Machine(2)
    crew = made(machine, 2, used, monkeypatch)
    crew.begin(same_each_time=False)
    for _ in range(100):
        machine.run(0.01)
        crew.fit()
    assert 3 <= machine.looks <= 5


def test_what_shall_be_the_same_each_time_keeps_them_all(monkeypatch, used):
    machine = Machine(2)
    crew = made(machine, 2, used, monkeypatch)
    machine.busy = 1
    crew.begin(same_each_time=False)
    machine.run(1)
    crew.fit()
    crew.begin(same_each_time=True)
    machine.run(1)
    crew.fit()
    assert used == [1, 2]


def test_what_was_busy_before_the_answer_does_not_count(monkeypatch, used):
    machine = Machine(2)
    crew = made(machine, 2, used, monkeypatch)
    machine.busy = 2
    machine.run(100)
    machine.busy = 0
    crew.begin(same_each_time=False)
    machine.run(1)
    crew.fit()
    assert used == []


def test_one_thread_needs_no_looking(monkeypatch, used):
    machine = Machine(2)
    crew = made(machine, 1, used, monkeypatch)
    crew.begin(same_each_time=False)
    machine.run(1)
    crew.fit()
    assert machine.looks == 0


def test_the_clocks_of_this_machine_go_forward():
    first = spent()
    total = sum(range(10**6))
    second = spent()
    assert total
    assert first is not None
    assert second is not None
    assert second.clock > first.clock
    assert second.idle >= first.idle
    assert second.own > first.own


class Processor:
    """As psutil describes one."""

    def __init__(self, idle: float) -> None:
        self.idle, self.iowait = idle, 0.5


@pytest.mark.parametrize(
    ("usable", "idle", "found"),
    [
        ({0, 1}, [10, 20], 31),
        ({1}, [10, 20], 20.5),
        ({0, 2}, [10, 20], 31),  # number 1 is switched off
        ({0, 4}, [10, 20, 40], None),  # nobody knows which is which
    ],
)
def test_only_processors_that_we_may_use_count(monkeypatch, usable, idle, found):
    monkeypatch.setattr(crew, "usable_processors", lambda: usable)
    monkeypatch.setattr(psutil, "cpu_times", lambda percpu: list(map(Processor, idle)))
    seen = spent()
    assert (seen and seen.idle) == found


@pytest.mark.parametrize("answer", [PermissionError("no"), RuntimeError("no"), []])
def test_where_the_system_tells_nothing_all_threads_stay(monkeypatch, used, answer):
    def cpu_times(percpu):
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(psutil, "cpu_times", cpu_times)
    monkeypatch.setattr(crew, "_LOOK_EVERY_S", 0.0)
    made = Crew(4, used.append)
    made.begin(same_each_time=False)
    made.fit()
    assert used == []


def test_clocks_that_stop_bring_all_threads_back(monkeypatch, used):
    machine = Machine(2)
    broken = False
    monkeypatch.setattr(crew, "time", type("Time", (), {"monotonic": staticmethod(machine.clock)}))
    made = Crew(2, used.append, lambda: None if broken else machine.clocks())
    made.begin(same_each_time=False)
    machine.busy = 1
    machine.run(1)
    made.fit()
    broken = True
    machine.run(1)
    made.fit()
    made.fit()
    assert used == [1, 2]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is nothing to make room on")
def test_it_makes_room_beside_real_programs(used):
    most = os.cpu_count() or 2
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(most)]
    try:
        crew = Crew(most, used.append)
        crew.begin(same_each_time=False)
        deadline = time.monotonic() + 30
        while not used and time.monotonic() < deadline:
            crew.fit()
    finally:
        for program in busy:
            program.kill()
            program.wait()
    assert used[-1] < most
