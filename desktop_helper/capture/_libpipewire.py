"""The few functions and structures of libpipewire that it takes to receive pictures and sound.

Every desktop that shares its screen has this library, and most have their sound from it. What is here has stayed the
same since version 0.3.33, and the file has had the same name ever since.
"""

from __future__ import annotations

import ctypes
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from functools import cache
from typing import Any

LIBRARY = "libpipewire-0.3.so.0"
INPUT = 0  # for pw_stream_connect, as these
ANY = 0xFFFFFFFF  # whatever the session's manager finds right
AUTOCONNECT, MAP_BUFFERS, DONT_RECONNECT = 1 << 0, 1 << 2, 1 << 7
ERROR, UNCONNECTED = -1, 0  # states of a stream
CORRUPTED = 1  # flag of a chunk
EVENTS_VERSION = 2


class Chunk(Structure):
    """`spa_chunk`: which part of the memory is in use."""

    _fields_ = [("offset", c_uint32), ("size", c_uint32), ("stride", c_int32), ("flags", c_int32)]


class Data(Structure):
    """`spa_data`: some memory."""

    _fields_ = [
        ("type", c_uint32),
        ("flags", c_uint32),
        ("fd", c_int64),
        ("mapoffset", c_uint32),
        ("maxsize", c_uint32),
        ("data", c_void_p),
        ("chunk", POINTER(Chunk)),
    ]


class Meta(Structure):
    """`spa_meta`: something about a picture."""

    _fields_ = [("type", c_uint32), ("size", c_uint32), ("data", c_void_p)]


class SpaBuffer(Structure):
    """`spa_buffer`: a picture."""

    _fields_ = [
        ("n_metas", c_uint32),
        ("n_datas", c_uint32),
        ("metas", POINTER(Meta)),
        ("datas", POINTER(Data)),
    ]


class Buffer(Structure):
    """`pw_buffer`: a picture on its way."""

    _fields_ = [("buffer", POINTER(SpaBuffer)), ("user_data", c_void_p), ("size", c_uint64)]


StateChanged = CFUNCTYPE(None, c_void_p, c_int, c_int, c_char_p)
ParamChanged = CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)
OnBuffer = CFUNCTYPE(None, c_void_p, c_void_p)
Process = CFUNCTYPE(None, c_void_p)


class Events(Structure):
    """`pw_stream_events`: what is told to us, on PipeWire's thread."""

    _fields_ = [
        ("version", c_uint32),
        ("destroy", c_void_p),
        ("state_changed", StateChanged),
        ("control_info", c_void_p),
        ("io_changed", c_void_p),
        ("param_changed", ParamChanged),
        ("add_buffer", c_void_p),
        ("remove_buffer", OnBuffer),
        ("process", Process),
        ("drained", c_void_p),
        ("command", c_void_p),
        ("trigger_done", c_void_p),
    ]


class Time(Structure):
    """`pw_time`, as far as the oldest library fills it: where a stream is, by the clock that only goes forward."""

    _fields_ = [
        ("now", c_int64),
        ("rate_num", c_uint32),
        ("rate_denom", c_uint32),
        ("ticks", c_uint64),
        ("delay", c_int64),
        ("queued", c_uint64),
        ("later", c_uint64 * 4),
    ]


_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "pw_init": (None, (c_void_p, c_void_p)),
    "pw_properties_new_string": (c_void_p, (c_char_p,)),
    "pw_thread_loop_new": (c_void_p, (c_char_p, c_void_p)),
    "pw_thread_loop_get_loop": (c_void_p, (c_void_p,)),
    "pw_thread_loop_start": (c_int, (c_void_p,)),
    "pw_thread_loop_lock": (None, (c_void_p,)),
    "pw_thread_loop_unlock": (None, (c_void_p,)),
    "pw_thread_loop_stop": (None, (c_void_p,)),
    "pw_thread_loop_destroy": (None, (c_void_p,)),
    "pw_context_new": (c_void_p, (c_void_p, c_void_p, c_size_t)),
    "pw_context_connect": (c_void_p, (c_void_p, c_void_p, c_size_t)),
    "pw_context_connect_fd": (c_void_p, (c_void_p, c_int, c_void_p, c_size_t)),
    "pw_context_destroy": (None, (c_void_p,)),
    "pw_proxy_destroy": (None, (c_void_p,)),
    "pw_stream_new": (c_void_p, (c_void_p, c_char_p, c_void_p)),
    "pw_stream_add_listener": (None, (c_void_p, c_void_p, POINTER(Events), c_void_p)),
    "pw_stream_connect": (c_int, (c_void_p, c_int, c_uint32, c_int, POINTER(c_void_p), c_uint32)),
    "pw_stream_update_params": (c_int, (c_void_p, POINTER(c_void_p), c_uint32)),
    "pw_stream_dequeue_buffer": (c_void_p, (c_void_p,)),
    "pw_stream_queue_buffer": (c_int, (c_void_p, c_void_p)),
    "pw_stream_get_time": (c_int, (c_void_p, POINTER(Time))),
    "pw_stream_destroy": (None, (c_void_p,)),
}


@cache
def library() -> Any:
    """Raises OSError or AttributeError where it is missing or too old."""
    loaded = ctypes.CDLL(LIBRARY)
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    loaded.pw_init(None, None)
    return loaded


def is_there() -> bool:
    """Whether the library can be used."""
    try:
        library()
    except (OSError, AttributeError):
        return False
    return True
