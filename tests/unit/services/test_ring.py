"""The app's side of the last seconds: answers find who asked, and an end is an end."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.ring import RingSpec
from desktop_helper.services.ring import Ring
from tests.support import ring_child

ARGV = [sys.executable, "-m", "tests.support.ring_child"]


class Followed:
    """A ring that is followed on a thread."""

    def __init__(self, folder: Path, how: int) -> None:
        self.seen: queue.Queue[int] = queue.Queue()
        self.problem: HelperError | None = None
        self.ring = Ring(ARGV, folder, RingSpec((Rect(0, 0, how, 1),)), self.seen.put)
        self._thread = threading.Thread(target=self._follow)
        self._thread.start()

    def _follow(self) -> None:
        try:
            self.ring.follow()
        except HelperError as error:
            self.problem = error

    def join(self) -> None:
        self._thread.join(10)
        assert not self._thread.is_alive()


@contextmanager
def followed(folder: Path, how: int) -> Iterator[Followed]:
    made = Followed(folder, how)
    try:
        yield made
    finally:
        made.ring.stop()
        made.join()


def test_what_is_seen_is_told_and_what_is_taken_comes(tmp_path: Path) -> None:
    with followed(tmp_path, ring_child.ANSWERS) as made:
        assert made.seen.get(timeout=20) == 1
        made.ring.cover(1, (Rect(1, 2, 3, 4),))
        assert made.seen.get(timeout=20) == 2
        first, second = made.ring.take(0, None), made.ring.take(0, (Rect(1, 2, 3, 4),))
        assert second.result(20) == b"[[1, 2, 3, 4]]"
        assert first.result(20) == b"None"
    assert made.problem is None


def test_who_waits_learns_that_it_is_over(tmp_path: Path) -> None:
    with followed(tmp_path, ring_child.SILENT) as made:
        made.seen.get(timeout=20)
        waiting = made.ring.take(0, ())
        began = time.monotonic()
        made.ring.stop()
        with pytest.raises(HelperError) as caught:
            waiting.result(20)
        assert caught.value.kind is ErrorKind.CAPTURE
        with pytest.raises(HelperError):
            made.ring.take(0, ()).result(20)
        made.join()
        assert time.monotonic() - began < 5
    assert made.problem is None, "it was asked to end"


@pytest.mark.parametrize(
    ("how", "kind"), [(ring_child.DIES, ErrorKind.WORKER), (ring_child.REFUSES, ErrorKind.CAPTURE)]
)
def test_an_end_that_nobody_asked_for_is_told(tmp_path: Path, how: int, kind: ErrorKind) -> None:
    with followed(tmp_path, how) as made:
        made.join()
        assert made.problem is not None
        assert made.problem.kind is kind
        with pytest.raises(HelperError):
            made.ring.take(0, ()).result(20)


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(HelperError) as caught:
        Ring([str(tmp_path / "nothing")], tmp_path, RingSpec((Rect(0, 0, 9, 9),)), lambda _: None)
    assert caught.value.kind is ErrorKind.WORKER
