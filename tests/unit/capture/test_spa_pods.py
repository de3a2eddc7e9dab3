"""PipeWire's values: written as its headers say, read whatever comes."""

from __future__ import annotations

import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.capture import _spa_pods as pods
from desktop_helper.capture._spa_pods import VideoFormat


def decided(form: int, width: int, height: int, *, wrapped: bool) -> bytes:
    """A format as PipeWire sends it when both sides agree."""
    values = [
        (1, 3, struct.pack("=I", 2)),
        (2, 3, struct.pack("=I", 1)),
        (0x20001, 3, struct.pack("=I", form)),
        (0x20003, 10, struct.pack("=II", width, height)),
        (0x20004, 11, struct.pack("=II", 0, 1)),
    ]
    body = struct.pack("=II", 0x40003, 4)
    if wrapped:
        values = [(key, 19, struct.pack("=IIII", 0, 0, len(value), kind) + value) for key, kind, value in values]
    for key, kind, value in values:
        body += struct.pack("=IIII", key, 0, len(value), kind) + value.ljust((len(value) + 7) // 8 * 8, b"\0")
    return struct.pack("=II", len(body), 15) + body


@given(st.sampled_from([7, 8, 11, 12]), st.integers(1, 32767), st.integers(1, 32767), st.booleans())
def test_what_was_agreed_on_is_read(form: int, width: int, height: int, wrapped: bool) -> None:
    assert pods.agreed(decided(form, width, height, wrapped=wrapped)) == VideoFormat(form, width, height)


@pytest.mark.parametrize(("form", "width", "height"), [(9, 10, 10), (8, 0, 10), (8, 10, 40000)])
def test_what_nobody_asked_for_is_not(form: int, width: int, height: int) -> None:
    assert pods.agreed(decided(form, width, height, wrapped=False)) is None


@given(st.binary(max_size=200))
def test_anything_may_come(pod: bytes) -> None:
    pods.agreed(pod)


@given(st.integers(0, 200), st.integers(0, 255))
def test_anything_may_be_broken_in_it(at: int, value: int) -> None:
    pod = bytearray(decided(8, 640, 480, wrapped=True))
    pod[at % len(pod)] = value
    pods.agreed(bytes(pod))
    pods.agreed(bytes(pod[: at % len(pod)]))


@pytest.mark.parametrize("fps", [None, Fraction(30), Fraction(1, 2), Fraction(2997, 100)])
def test_what_is_offered_is_whole(fps: Fraction | None) -> None:
    for pod in (pods.video(fps), pods.audio(48_000), pods.buffers(), pods.meta(pods.CROP), pods.meta(pods.TRANSFORM)):
        size, kind = struct.unpack_from("=II", pod)
        assert (kind, len(pod)) == (15, 8 + size)
        assert len(pod) % 8 == 0
    offered = dict(pods._properties(pods.video(fps)))
    assert struct.unpack("=5I", offered[0x20001][1][:20]) == (8, 8, 12, 7, 11), "the first is the one liked best"
    assert (0x20005 in offered) is (fps is not None)
    assert 0x20002 not in offered, "no modifier: ordinary memory"
