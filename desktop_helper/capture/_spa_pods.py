"""PipeWire's values ("pods"), as far as a stream of pictures or sound is agreed on with them.

https://docs.pipewire.org/page_spa_pod.html; the numbers are those of SPA's headers, which do not change. A pod is its
size, its type and its body, filled up to eight bytes, in the machine's own byte order.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

_ID, _INT, _RECTANGLE, _FRACTION, _ARRAY, _OBJECT, _CHOICE = 3, 4, 10, 11, 13, 15, 19
_RANGE, _ENUM, _FLAGS = 1, 3, 4  # kinds of choices
_FORMAT_OBJECT, _BUFFERS_OBJECT, _META_OBJECT = 0x40003, 0x40004, 0x40005
ENUM_FORMAT, FORMAT, BUFFERS, META = 3, 4, 5, 6  # parameters of a stream
_MEDIA_TYPE, _MEDIA_SUBTYPE, _VIDEO_FORMAT, _VIDEO_SIZE, _FRAMERATE, _MAX_FRAMERATE = (
    1,
    2,
    0x20001,
    0x20003,
    0x20004,
    0x20005,
)
_AUDIO_FORMAT, _AUDIO_RATE, _AUDIO_CHANNELS, _AUDIO_POSITION = 0x10001, 0x10003, 0x10004, 0x10005
_AUDIO, _VIDEO, _RAW = 1, 2, 1
_FLOATS = 0x11B if sys.byteorder == "little" else 0x11C  # of four bytes, the channels of each moment side by side
_LEFT, _RIGHT = 3, 4
# Four bytes a pixel. In memory: red, green, blue, any; and blue first.
RED_FIRST, BLUE_FIRST = (7, 11), (8, 12)
MEMORY, MEMORY_FILE = 1, 2  # where a picture may lie
CROP, TRANSFORM = 2, 8  # what may come with one
_META_BYTES = {CROP: 16, TRANSFORM: 4}
_LARGEST = 32767
_FASTEST = Fraction(1000)
_BUFFER_COUNT = (6, 2, 16)


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """What was agreed on."""

    form: int
    width: int
    height: int


def video(max_fps: Fraction | None) -> bytes:
    """Any size, in ordinary memory: no modifier is named, so nobody hands over the memory of a graphics card.

    Args:
        max_fps: how many pictures a second are wanted at most; None leaves the word out, for those who do not know it.
    """
    properties = [
        (_MEDIA_TYPE, _id(_VIDEO)),
        (_MEDIA_SUBTYPE, _id(_RAW)),
        (_VIDEO_FORMAT, _choice(_ENUM, _ID, *(struct.pack("=I", form) for form in (8, 8, 12, 7, 11)))),
        (_VIDEO_SIZE, _choice(_RANGE, _RECTANGLE, *(struct.pack("=II", *size) for size in _SIZES))),
        (_FRAMERATE, _choice(_RANGE, _FRACTION, *map(_fraction, (Fraction(0), Fraction(0), _FASTEST)))),
    ]
    if max_fps is not None:
        slowest = min(Fraction(1), max_fps)
        properties.append((_MAX_FRAMERATE, _choice(_RANGE, _FRACTION, *map(_fraction, (max_fps, slowest, max_fps)))))
    return _object(_FORMAT_OBJECT, ENUM_FORMAT, properties)


_SIZES = ((1920, 1080), (1, 1), (_LARGEST, _LARGEST))


def audio(rate: int) -> bytes:
    """Left and right, as floats; PipeWire makes that of whatever the source has."""
    array = struct.pack("=IIII", 4, _ID, _LEFT, _RIGHT)
    properties = [
        (_MEDIA_TYPE, _id(_AUDIO)),
        (_MEDIA_SUBTYPE, _id(_RAW)),
        (_AUDIO_FORMAT, _id(_FLOATS)),
        (_AUDIO_RATE, _pod(_INT, struct.pack("=I", rate))),
        (_AUDIO_CHANNELS, _pod(_INT, struct.pack("=I", 2))),
        (_AUDIO_POSITION, _pod(_ARRAY, array)),
    ]
    return _object(_FORMAT_OBJECT, ENUM_FORMAT, properties)


def buffers() -> bytes:
    """A few of them, in memory that can be read."""
    kinds = struct.pack("=I", 1 << MEMORY | 1 << MEMORY_FILE)
    count = _choice(_RANGE, _INT, *(struct.pack("=I", number) for number in _BUFFER_COUNT))
    return _object(_BUFFERS_OBJECT, BUFFERS, [(1, count), (6, _choice(_FLAGS, _INT, kinds))])


def meta(kind: int) -> bytes:
    """Let `kind` come with each picture."""
    size = _pod(_INT, struct.pack("=I", _META_BYTES[kind]))
    return _object(_META_OBJECT, META, [(1, _id(kind)), (2, size)])


def agreed(pod: bytes) -> VideoFormat | None:
    """Read what `FORMAT` says; None if it is no video that `video` has asked for."""
    try:
        values = dict(_properties(pod))
        form = _number(values[_VIDEO_FORMAT], _ID)
        width, height = struct.unpack_from("=II", values[_VIDEO_SIZE][1])
    except (KeyError, ValueError, struct.error):
        return None
    if form not in (*RED_FIRST, *BLUE_FIRST) or not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        return None
    return VideoFormat(form, width, height)


def _properties(pod: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Key, type and body of each property of an object."""
    size, kind = struct.unpack_from("=II", pod)
    if kind != _OBJECT:
        raise ValueError(kind)
    at, end = 16, min(8 + size, len(pod))
    while at + 16 <= end:
        key, _flags, length, kind = struct.unpack_from("=IIII", pod, at)
        body = pod[at + 16 : at + 16 + length]
        if kind == _CHOICE and len(body) >= 16:  # one that has been decided still stands in its wrapping
            kind, body = struct.unpack_from("=I", body, 12)[0], body[16:]
        yield key, (kind, body)
        at += 16 + _padded(length)


def _number(value: tuple[int, bytes], kind: int) -> int:
    if value[0] != kind:
        raise ValueError(value[0])
    return int(struct.unpack_from("=I", value[1])[0])


def _padded(size: int) -> int:
    return (size + 7) // 8 * 8


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("=II", len(body), kind) + body.ljust(_padded(len(body)), b"\0")


def _id(value: int) -> bytes:
    return _pod(_ID, struct.pack("=I", value))


def _fraction(value: Fraction) -> bytes:
    return struct.pack("=II", value.numerator, value.denominator)


def _choice(kind: int, of: int, *values: bytes) -> bytes:
    """The value that is liked best comes first."""
    return _pod(_CHOICE, struct.pack("=IIII", kind, 0, len(values[0]), of) + b"".join(values))


def _object(kind: int, number: int, properties: list[tuple[int, bytes]]) -> bytes:
    body = struct.pack("=II", kind, number)
    for key, pod in properties:
        body += struct.pack("=II", key, 0) + pod
    return _pod(_OBJECT, body)
