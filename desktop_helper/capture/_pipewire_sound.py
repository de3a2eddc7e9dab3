"""Sound out of PipeWire."""

from __future__ import annotations

import ctypes
import time
from ctypes import c_void_p
from typing import Any

from desktop_helper.capture import _libpipewire as lib
from desktop_helper.capture import _spa_pods as pods
from desktop_helper.capture._pipewire import Remote, failed, with_params
from desktop_helper.capture._sound_mix import CHANNELS, RATE
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Hear

_BYTES = 4 * CHANNELS  # of each moment
_MOST_DELAY_S = 0.5  # between the air and here; what tells more does not know
_PIECES = "1024/48000"  # at most about so long is each; 0.02 s
_WORDS = f"media.type=Audio media.category=Capture node.latency={_PIECES}"


class SoundStream:
    """What the default microphone hears, or what is to be heard.

    Args:
        hear: gets each piece, on PipeWire's thread.
        played: what the default loudspeakers play, not what a microphone hears.

    Raises `HelperError(CAPTURE)`.
    """

    def __init__(self, hear: Hear, *, played: bool) -> None:
        self._hear = hear
        self._fault = ""
        self._closed = False
        self._remote = Remote()
        try:
            self._stream = self._remote.keep(lambda library, core: _Stream(library, core, self, played=played))
        except BaseException:
            self._remote.close()
            raise

    @property
    def fault(self) -> str:
        """Why no more will come, in PipeWire's words; empty while that is not so."""
        return self._fault

    def close(self) -> None:
        """Nothing is heard any more when this returns."""
        self._closed = True
        self._remote.close()

    # --- on PipeWire's thread ---

    def heard(self, end: float, samples: bytes) -> None:
        """What lasted until `end`, by the clock of `time.monotonic`."""
        self._hear(end, samples)

    def failed(self, reason: str) -> None:
        """The first reason is the one that is told; our own end is none."""
        if not self._closed:
            self._fault = self._fault or reason


class _Stream:
    """Made and destroyed with the remote locked; everything else is on PipeWire's thread."""

    def __init__(self, library: Any, core: int, owner: SoundStream, *, played: bool) -> None:
        self._library, self._owner = library, owner
        self._time = lib.Time()
        words = _WORDS + (" stream.capture.sink=true" if played else "")
        self._stream = library.pw_stream_new(core, b"desktop-helper", library.pw_properties_new_string(words.encode()))
        self._events = lib.Events(
            version=lib.EVENTS_VERSION,
            state_changed=lib.StateChanged(self._on_state),
            process=lib.Process(self._on_sound),
        )
        self._hook = (c_void_p * 8)()  # a spa_hook, with room to spare
        library.pw_stream_add_listener(self._stream, self._hook, self._events, None)
        flags = lib.AUTOCONNECT | lib.MAP_BUFFERS
        if not played:
            flags |= lib.DONT_RECONNECT  # a microphone that is gone might be stood in for by the loudspeakers
        result = with_params(
            [pods.audio(RATE)], lambda *all: library.pw_stream_connect(self._stream, lib.INPUT, lib.ANY, flags, *all)
        )
        if result < 0:
            self.destroy()
            raise failed(tr("PipeWire does not hand over the sound."))

    def destroy(self) -> None:
        """Let it go. May be called twice."""
        if self._stream:
            self._library.pw_stream_destroy(self._stream)
            self._stream = None

    def _on_state(self, _data: int, _old: int, new: int, error: bytes | None) -> None:
        if new in (lib.ERROR, lib.UNCONNECTED):
            reason = (error or b"").decode(errors="replace").strip().rstrip(".")
            self._owner.failed(reason or tr("it was disconnected"))

    def _on_sound(self, _data: int) -> None:
        pieces = bytearray()
        while buffer := self._library.pw_stream_dequeue_buffer(self._stream):
            pieces += _samples(lib.Buffer.from_address(buffer).buffer[0])
            self._library.pw_stream_queue_buffer(self._stream, buffer)
        if pieces:
            self._owner.heard(self._until(), bytes(pieces))

    def _until(self) -> float:
        """When the last of what has come was to be heard."""
        now, known = time.monotonic(), self._time
        if self._library.pw_stream_get_time(self._stream, known) < 0 or not known.rate_denom:
            return now
        at: float = known.now / 1e9
        if not now - _MOST_DELAY_S < at <= now:
            at = now
        delay: float = known.delay * known.rate_num / known.rate_denom
        return at - delay if 0 < delay < _MOST_DELAY_S else at


def _samples(buffer: lib.SpaBuffer) -> bytes:
    data = buffer.datas[0] if buffer.n_datas else None
    if data is None or not data.data or not data.chunk:
        return b""
    chunk = data.chunk[0]
    size = chunk.size // _BYTES * _BYTES
    if chunk.flags & lib.CORRUPTED or chunk.offset + size > data.maxsize:
        return b""
    return ctypes.string_at(data.data + chunk.offset, size)
