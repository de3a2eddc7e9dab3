"""The Wayland protocol over a real socket, from compositors that do not keep to it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.capture import _wayland_wire
from desktop_helper.capture._wayland_outputs import Output, on_one_desktop, outputs
from desktop_helper.capture._wayland_wire import Connection, Reader
from desktop_helper.core.geometry import Rect

SIZES = st.integers(1, 8000)


@contextmanager
def compositor(folder: Path, answer: bytes, *, stays: bool = True) -> Iterator[str]:
    """Listens, sends `answer` to the first who comes, and `stays` until they hang up, or hangs up at once."""
    path = str(folder / "wayland")
    Path(path).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(answer)
                while stays and connection.recv(4096):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        yield path
        thread.join(10)


def event(target: int, code: int, body: bytes) -> bytes:
    return struct.pack("=II", target, (8 + len(body)) << 16 | code) + body


def text(value: str) -> bytes:
    raw = value.encode() + b"\0"
    return struct.pack("=I", len(raw)) + raw.ljust((len(raw) + 3) & ~3, b"\0")


def offered(name: int, interface: str, version: int) -> bytes:
    return event(2, 0, struct.pack("=I", name) + text(interface) + struct.pack("=I", version))


SYNC_DONE = event(3, 0, struct.pack("=I", 0))


@given(st.binary(max_size=400))
def test_nonsense_is_an_os_error(tmp_path_factory: pytest.TempPathFactory, answer: bytes) -> None:
    with compositor(tmp_path_factory.mktemp("w"), answer, stays=False) as path, pytest.raises(OSError):  # noqa: PT011 - any of them
        Connection(path)


@given(st.binary(max_size=60), st.lists(st.sampled_from(["unsigned", "signed", "text"]), max_size=8))
def test_an_event_that_is_too_short_is_an_os_error(body: bytes, kinds: list[str]) -> None:
    reader = Reader(body)
    with suppress(OSError):
        for kind in kinds:
            getattr(reader, kind)()


def test_what_is_offered(tmp_path: Path) -> None:
    answer = offered(7, "wl_output", 4) + offered(9, "wl_shm", 1) + offered(8, "wl_output", 4)
    answer += event(2, 1, struct.pack("=I", 7)) + SYNC_DONE  # and one of them is taken back
    with compositor(tmp_path, answer) as path, closing(Connection(path)) as connection:
        assert connection.globals("wl_output") == [8]
        assert connection.globals("wl_shm") == [9]
        assert connection.globals("wl_seat") == []


def test_a_refusal_is_told(tmp_path: Path) -> None:
    refusal = event(1, 0, struct.pack("=II", 2, 1) + text("invalid arguments"))
    with compositor(tmp_path, refusal) as path, pytest.raises(OSError, match="invalid arguments"):
        Connection(path)


def test_a_silent_compositor_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_wayland_wire, "TIMEOUT_S", 0.2)
    path = str(tmp_path / "wayland")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen()
        with pytest.raises(TimeoutError):
            Connection(path)


def test_an_output_without_a_size_is_off(tmp_path: Path) -> None:
    answer = offered(7, "wl_output", 4) + SYNC_DONE
    answer += event(5, 0, struct.pack("=I", 0)) + event(6, 0, struct.pack("=I", 0))
    with compositor(tmp_path, answer) as path, closing(Connection(path)) as connection:
        assert outputs(connection) == []


@given(st.lists(st.tuples(SIZES, SIZES, st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0])), min_size=1, max_size=4))
def test_outputs_side_by_side_never_overlap(sizes: list[tuple[int, int, float]]) -> None:
    found, left = [], -300
    for number, (width, height, scale) in enumerate(sizes):
        logical = Rect(left, 50, max(1, round(width / scale)), max(1, round(height / scale)))
        found.append(Output(number, logical=logical, mode=(width, height)))
        left = logical.right
    for true_size in (True, False):
        rects = [rect for _output, rect in on_one_desktop(found, true_size=true_size)]
        assert (rects[0].x, rects[0].y) == (0, 0)
        # Half a unit is lost to rounding at the compositor, and twice that here: in pixels, the largest scale.
        assert all(one.right <= other.x + 3 for one, other in pairwise(rects))
    if len({scale for *_size, scale in sizes}) == 1 and sizes[0][2] == 1:
        assert [(rect.width, rect.height) for rect in rects] == [(width, height) for width, height, _ in sizes]
