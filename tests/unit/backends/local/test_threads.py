"""As many threads as there are cores that we may use."""

from __future__ import annotations

import pytest

from desktop_helper.backends.local import threads
from desktop_helper.core.processors import usable_processors


def topology(folder, *siblings):
    for number, listed in enumerate(siblings):
        place = folder / f"cpu{number}" / "topology"
        place.mkdir(parents=True)
        (place / "thread_siblings_list").write_text(f"{listed}\n")
    return folder


@pytest.mark.parametrize(
    ("siblings", "usable", "cores"),
    [
        (("0,2", "1,3", "0,2", "1,3"), {0, 1, 2, 3}, 2),
        (("0,2", "1,3", "0,2", "1,3"), {0, 2}, 1),
        (("0", "1"), {0, 1}, 2),
        ((), {0, 1}, 2),
        ((), set(range(16)), 8),
        ((), {0}, 1),
    ],
)
def test_cores(tmp_path, monkeypatch, siblings, usable, cores):
    monkeypatch.setattr(threads, "usable_processors", lambda: usable)
    assert threads._physical_cores(topology(tmp_path, *siblings)) == cores


def test_this_machine():
    assert 1 <= threads.worker_threads() <= len(usable_processors())


def test_no_more_than_a_container_may_keep_busy(monkeypatch):
    monkeypatch.setattr(threads, "_physical_cores", lambda _topology: 8)
    monkeypatch.setattr(threads, "processor_count", lambda: 3)
    assert threads.worker_threads() == 3
