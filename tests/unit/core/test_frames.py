"""Frames survive the trip, and nothing else is taken for one."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core import frames
from desktop_helper.core.frames import Frame, FrameError, read_frame, write_frame

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
HEADERS = st.dictionaries(st.text(), JSON, max_size=5)
PAYLOADS = st.lists(st.binary(max_size=200), max_size=4)


def encoded(header: dict[str, object], *payloads: bytes) -> bytes:
    stream = io.BytesIO()
    write_frame(stream, header, *payloads)
    return stream.getvalue()


class Trickle:
    """A stream that gives one byte at a time, as a raw pipe may."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)

    def read(self, size: int, /) -> bytes:
        return self._stream.read(min(size, 1))


@given(st.lists(st.tuples(HEADERS, PAYLOADS), max_size=4))
def test_frames_arrive_as_they_were_sent(messages: list[tuple[dict[str, object], list[bytes]]]) -> None:
    stream = io.BytesIO(b"".join(encoded(header, *payloads) for header, payloads in messages))
    for header, payloads in messages:
        assert read_frame(stream) == Frame(header, tuple(payloads))
    assert read_frame(stream) is None


@given(HEADERS, PAYLOADS)
def test_frames_arrive_through_a_stream_of_single_bytes(header: dict[str, object], payloads: list[bytes]) -> None:
    assert read_frame(Trickle(encoded(header, *payloads))) == Frame(header, tuple(payloads))


@given(HEADERS, PAYLOADS, st.data())
def test_a_frame_that_is_cut_anywhere_is_an_error(
    header: dict[str, object], payloads: list[bytes], data: st.DataObject
) -> None:
    whole = encoded(header, *payloads)
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(whole[:cut]))


@given(st.binary(min_size=1, max_size=300))
def test_garbage_is_an_error(data: bytes) -> None:
    with pytest.raises(FrameError):
        read_frame(io.BytesIO(data))


@given(st.binary(max_size=60))
def test_garbage_after_the_magic_is_an_error_or_a_frame(data: bytes) -> None:
    try:
        frame = read_frame(io.BytesIO(frames.MAGIC + data))
    except FrameError:
        return
    assert isinstance(frame, Frame)


@pytest.mark.parametrize(
    ("header_length", "payload_lengths"),
    [
        (frames.MAX_HEADER + 1, []),
        (2, [frames.MAX_PAYLOAD_BYTES + 1]),
        (2, [2**63, 2**63]),
        (2, [0] * (frames.MAX_PAYLOADS + 1)),
    ],
)
def test_lengths_over_the_limits_are_refused_before_anything_is_read(
    header_length: int, payload_lengths: list[int]
) -> None:
    count = len(payload_lengths)
    prefix = struct.pack(f">4sII{count}Q", frames.MAGIC, header_length, count, *payload_lengths)
    with pytest.raises(FrameError, match="limit"):
        read_frame(io.BytesIO(prefix + b"{}"))


def test_a_frame_over_the_limit_is_not_written() -> None:
    stream = io.BytesIO()
    with pytest.raises(FrameError, match="limit"):
        write_frame(stream, {}, *([b""] * (frames.MAX_PAYLOADS + 1)))
    assert stream.getvalue() == b""


@pytest.mark.parametrize("header", [b"[]", b"nul", b"1", b"[" * 100_000])
def test_a_header_that_is_no_object_is_an_error(header: bytes) -> None:
    with pytest.raises(FrameError, match="header"):
        read_frame(io.BytesIO(struct.pack(">4sII", frames.MAGIC, len(header), 0) + header))


def test_type_of_a_frame() -> None:
    assert Frame({"type": "text"}).type == "text"
    assert Frame({}).type == ""
    assert Frame({"type": 3}).type == ""
