"""Two files at a time: what waits behind a slow one, and what it costs when there is none."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import FilePart
from desktop_helper.services.converter import Converter
from desktop_helper.services.kept_child import KeptChild
from desktop_helper.services.kept_pair import PATIENCE_S, KeptPair

MISBEHAVING = child_argv("tests.support.converter_child")
WAIT_S = 20.0


class Slow:
    """A file that is read until it is told to stop."""

    def __init__(self, converter: Converter, name: str = "slow.pdf") -> None:
        self.cancel = CancelToken()
        self.error: HelperError | None = None
        begun = threading.Event()

        def read() -> None:
            try:
                converter.convert_bytes(b"hang", name, cancel=self.cancel, on_progress=lambda _: begun.set())
            except HelperError as error:
                self.error = error

        self.thread = threading.Thread(target=read)
        self.thread.start()
        assert begun.wait(WAIT_S)

    def stop(self) -> None:
        self.cancel.cancel()
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive()


class Asked(CancelToken):
    """Tells when somebody who waits looks at it."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = threading.Event()

    def raise_if_cancelled(self) -> None:
        self.looked.set()
        super().raise_if_cancelled()


class Waiting:
    """A file behind two others."""

    def __init__(self, converter: Converter) -> None:
        self.cancel = Asked()
        self.error: HelperError | None = None

        def read() -> None:
            try:
                converter.convert_bytes(b"pid", "third.png", cancel=self.cancel)
            except HelperError as error:
                self.error = error

        self.thread = threading.Thread(target=read)
        self.thread.start()
        assert self.cancel.looked.wait(WAIT_S)


@pytest.fixture
def converter(tmp_path: Path) -> Iterator[Converter]:
    made = Converter(MISBEHAVING, tmp_path)
    yield made
    made.close()
    assert processes() == []


def pair_in(folder: Path, patience_s: float) -> KeptPair:
    def kept(name: str) -> KeptChild:
        return KeptChild(MISBEHAVING, folder / name, memory_limit=2 * 1024**3, keep_warm_s=5)

    return KeptPair(kept("first.log"), kept("second.log"), patience_s=patience_s)


def processes() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if _reads_files(child)]


def _reads_files(child: psutil.Process) -> bool:
    try:
        return "tests.support.converter_child" in child.cmdline()
    except psutil.NoSuchProcess:  # ended, and perhaps not waited for yet
        return False


def pid_of(converter: Converter) -> int:
    (part,) = converter.convert_bytes(b"pid", "small.png")
    assert isinstance(part, FilePart)
    return int(part.text)


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_small_file_does_not_wait_for_a_slow_one(converter: Converter) -> None:
    slow = Slow(converter)
    (first,) = processes()
    assert pid_of(converter) != first.pid
    assert slow.thread.is_alive(), "it is still being read"
    assert first.is_running()
    until(lambda: processes() == [first])  # the second one ends soon, the first one goes on
    slow.stop()
    assert slow.error is not None
    assert slow.error.kind is ErrorKind.CANCELLED
    assert pid_of(converter)


def test_a_second_process_that_dies_is_followed_by_another_one(converter: Converter) -> None:
    slow = Slow(converter)
    (first,) = processes()
    second = pid_of(converter)
    with pytest.raises(HelperError, match="needs more memory"):
        converter.convert_bytes(b"memory", "large.pdf")
    assert pid_of(converter) not in (first.pid, second)
    assert slow.thread.is_alive(), "the other one has nothing to do with it"
    slow.stop()


def test_what_is_done_at_once_needs_one_process(tmp_path: Path) -> None:
    pair = pair_in(tmp_path, patience_s=WAIT_S)
    pids: list[int] = []

    def work() -> None:
        with pair.at_work(CancelToken()) as child:
            pids.append(child.pid)

    try:
        threads = [threading.Thread(target=work) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_S)
        assert (len(pids), len(set(pids))) == (12, 1)
    finally:
        pair.close()


def test_a_third_file_waits_and_both_keep_their_limits(tmp_path: Path) -> None:
    short = Converter(MISBEHAVING, tmp_path, time_limit_s=30)
    try:
        slow = Slow(short), Slow(short)
        assert len(processes()) == 2
        third = Waiting(short)
        time.sleep(2 * PATIENCE_S)
        assert len(processes()) == 2, "there is never a third one"
        third.cancel.cancel()
        third.thread.join(WAIT_S)
        assert third.error is not None
        assert third.error.kind is ErrorKind.CANCELLED
        assert all(one.thread.is_alive() for one in slow)
        slow[0].stop()
        with pytest.raises(HelperError, match="needs more memory"):
            short.convert_bytes(b"memory", "large.pdf")
        assert slow[1].thread.is_alive(), "the other one has nothing to do with it"
        slow[1].stop()
    finally:
        short.close()


def test_close_ends_both_and_whoever_waits(converter: Converter) -> None:
    both = Slow(converter), Slow(converter)
    everyone = (*both, Waiting(converter))
    converter.close()
    for one in everyone:
        one.thread.join(WAIT_S)
        assert not one.thread.is_alive()
    assert [one.error.kind for one in everyone if one.error is not None] == [ErrorKind.CANCELLED] * 3


def test_they_take_their_turns_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    pair = pair_in(tmp_path, patience_s=0)
    served: list[int] = []

    def take(number: int, cancel: CancelToken) -> None:
        with pair.at_work(cancel):
            served.append(number)

    try:
        with pair.at_work(CancelToken()):  # all the time, so that one of both is left
            threads = []
            with pair.at_work(CancelToken()):
                for number in range(5):
                    cancel = Asked()
                    threads.append(threading.Thread(target=take, args=(number, cancel)))
                    threads[-1].start()
                    assert cancel.looked.wait(WAIT_S)
            for thread in threads:
                thread.join(WAIT_S)
        assert served == list(range(5))
    finally:
        pair.close()
