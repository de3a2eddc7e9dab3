"""Pictures out of PipeWire (https://docs.pipewire.org/group__pw__stream.html)."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable, Sequence
from ctypes import c_int32, c_uint32, c_void_p
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from desktop_helper.capture import _libpipewire as lib
from desktop_helper.capture import _spa_pods as pods
from desktop_helper.capture._wayland_outputs import upright
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]

GAP_S = 5.0  # without a picture, while a stream gets another size; longer, and it is not coming back
Result = TypeVar("Result")


class Destroyed(Protocol):
    """What ends with its remote."""

    def destroy(self) -> None:
        """Let it go; with the remote locked."""
        ...


Kept = TypeVar("Kept", bound=Destroyed)


class Remote:
    """The part of PipeWire that a portal has opened for us, or the user's own. Streams of it come and go with it.

    Args:
        file: the descriptor that leads to what a portal has opened; it is closed with this.

    Attributes:
        changed: set when there is something new: a picture, or the end of a stream.
    """

    def __init__(self, file: int | None = None) -> None:
        self._library = library = lib.library()
        self.changed = threading.Event()
        self._kept: list[Destroyed] = []
        self._loop = library.pw_thread_loop_new(b"cast", None)
        self._context = self._loop and library.pw_context_new(library.pw_thread_loop_get_loop(self._loop), None, 0)
        if not self._context or library.pw_thread_loop_start(self._loop) < 0:
            self._free()
            if file is not None:
                os.close(file)
            raise failed(tr("PipeWire, which hands over its pictures, cannot be used here."))
        with self:
            if file is None:
                self._core = library.pw_context_connect(self._context, None, 0)
            else:
                self._core = library.pw_context_connect_fd(self._context, file, None, 0)
        if not self._core:
            self.close()
            raise failed(tr("PipeWire, which hands over its pictures, cannot be reached."))

    def __enter__(self) -> None:
        """Nothing of PipeWire happens meanwhile."""
        self._library.pw_thread_loop_lock(self._loop)

    def __exit__(self, *_: object) -> None:
        self._library.pw_thread_loop_unlock(self._loop)

    def stream(self, node: int, max_fps: Fraction) -> Stream:
        """Begin to receive what the portal called `node`. Raises `HelperError(CAPTURE)`."""
        return self.keep(lambda library, core: Stream(self, library, core, node, max_fps))

    def keep(self, make: Callable[[Any, int], Kept]) -> Kept:
        """What `make` makes of the library and the connection; it lives until this is closed."""
        with self:
            made = make(self._library, self._core)
        self._kept.append(made)
        return made

    def close(self) -> None:
        """End it, and all streams."""
        with self:
            for one in self._kept:
                one.destroy()
        self._library.pw_thread_loop_stop(self._loop)
        self._free()

    def _free(self) -> None:
        if self._context:
            self._library.pw_context_destroy(self._context)  # and with it the connection
        if self._loop:
            self._library.pw_thread_loop_destroy(self._loop)


class Stream:
    """The pictures of one screen or window, which come when something has changed.

    The last one stays PipeWire's until the next one comes: only what somebody looks at is copied, when they look.

    Attributes:
        count: pictures so far.
    """

    def __init__(self, remote: Remote, library: Any, core: int, node: int, max_fps: Fraction) -> None:
        self._remote, self._library = remote, library
        self._format: pods.VideoFormat | None = None
        self._held: tuple[int, pods.VideoFormat] | None = None
        self.count = 0
        self._fault = ""
        self._lost_at: float | None = None
        wanted = library.pw_properties_new_string(b"media.type=Video media.category=Capture media.role=Screen")
        self._stream = library.pw_stream_new(core, b"desktop-helper", wanted)
        if not self._stream:
            raise failed(tr("PipeWire does not hand over its pictures."))
        self._events = lib.Events(
            version=lib.EVENTS_VERSION,
            state_changed=lib.StateChanged(self._on_state),
            param_changed=lib.ParamChanged(self._on_param),
            remove_buffer=lib.OnBuffer(self._on_removed),
            process=lib.Process(self._on_pictures),
        )
        self._hook = (c_void_p * 8)()  # a spa_hook, with room to spare
        library.pw_stream_add_listener(self._stream, self._hook, self._events, None)
        flags = lib.AUTOCONNECT | lib.MAP_BUFFERS | lib.DONT_RECONNECT  # or it might show something else one day
        offers = [pods.video(max_fps), pods.video(None)]
        result = with_params(offers, lambda *all: library.pw_stream_connect(self._stream, lib.INPUT, node, flags, *all))
        if result < 0:
            self.destroy()
            raise failed(tr("PipeWire does not hand over its pictures."))

    @property
    def fault(self) -> str:
        """Why no more will come, in PipeWire's words; empty while that is not so."""
        if not self._fault and self._lost_at is not None and time.monotonic() - self._lost_at > GAP_S:
            return tr("it was disconnected")
        return self._fault

    def look(self, see: Callable[[Pixels], Result]) -> Result | None:
        """What `see` makes of the last picture: rows, columns, 4 bytes, blue first. None while there is none.

        The picture is gone when `see` has returned.
        """
        with self._remote:
            pixels = self._pixels()
            return None if pixels is None else see(pixels)

    def destroy(self) -> None:
        """Let it go; with the remote locked. May be called twice."""
        if self._stream:
            self._held = None
            self._library.pw_stream_destroy(self._stream)
            self._stream = None

    def _pixels(self) -> Pixels | None:
        import numpy as np

        if self._held is None:
            return None
        number, form = self._held
        buffer = lib.Buffer.from_address(number).buffer[0]
        data = buffer.datas[0]
        chunk = data.chunk[0]
        start = (c_uint32 * 0).from_address(data.data + chunk.offset % data.maxsize)
        memory = (ctypes.c_uint8 * (chunk.stride * form.height)).from_address(ctypes.addressof(start))
        rows = np.frombuffer(memory, np.uint8).reshape(form.height, chunk.stride)[:, : form.width * 4]
        pixels = rows.reshape(form.height, form.width, 4)
        if form.form in pods.RED_FIRST:
            pixels = pixels[:, :, [2, 1, 0, 3]]
        left, top, width, height = _crop(buffer, form)
        return upright(pixels[top : top + height, left : left + width], _transform(buffer))

    # --- on PipeWire's thread, which holds the lock of the remote ---

    def _on_state(self, _data: int, _old: int, new: int, error: bytes | None) -> None:
        if new in (lib.ERROR, lib.UNCONNECTED) and not self._fault:
            self._fault = (error or b"").decode(errors="replace").strip().rstrip(".") or tr("it was disconnected")
            self._remote.changed.set()

    def _on_param(self, _data: int, kind: int, pod: int | None) -> None:
        if kind != pods.FORMAT or not pod:
            return
        size = c_uint32.from_address(pod).value
        self._format = pods.agreed(ctypes.string_at(pod, 8 + size))
        answers = [pods.buffers(), pods.meta(pods.CROP), pods.meta(pods.TRANSFORM)]
        with_params(answers, lambda *all: self._library.pw_stream_update_params(self._stream, *all))

    def _on_removed(self, _data: int, buffer: int) -> None:
        if self._held is not None and self._held[0] == buffer:
            self._held = None
            self._lost_at = time.monotonic()

    def _on_pictures(self, _data: int) -> None:
        while buffer := self._library.pw_stream_dequeue_buffer(self._stream):
            if self._format is None or not _has_picture(lib.Buffer.from_address(buffer).buffer[0], self._format):
                self._library.pw_stream_queue_buffer(self._stream, buffer)
                continue
            if self._held is not None:
                self._library.pw_stream_queue_buffer(self._stream, self._held[0])
            self._held, self._lost_at = (buffer, self._format), None
            self.count += 1
            self._remote.changed.set()


def failed(reason: str) -> HelperError:
    """What the user is told when PipeWire does not do its part."""
    return HelperError(
        ErrorKind.CAPTURE, reason, tr("Try again; if it stays so, log out and in again, which starts PipeWire anew.")
    )


def with_params(params: Sequence[bytes], call: Callable[[Any, int], int]) -> int:
    """`call` with `params` as C takes them."""
    kept = [ctypes.create_string_buffer(param, len(param)) for param in params]
    array = (c_void_p * len(kept))(*(ctypes.addressof(one) for one in kept))
    return call(array, len(kept))


def _has_picture(buffer: lib.SpaBuffer, form: pods.VideoFormat) -> bool:
    """Whether there is one, and all of it: a pointer that moves comes without."""
    if not buffer.n_datas:
        return False
    data = buffer.datas[0]
    if data.type not in (pods.MEMORY, pods.MEMORY_FILE) or not data.data or not data.chunk or not data.maxsize:
        return False
    chunk = data.chunk[0]
    if not chunk.size or chunk.flags & lib.CORRUPTED or chunk.stride < form.width * 4:
        return False
    return bool(chunk.offset % data.maxsize + chunk.stride * form.height <= data.maxsize)


def _crop(buffer: lib.SpaBuffer, form: pods.VideoFormat) -> tuple[int, int, int, int]:
    """Left, top, width and height of what counts: a window's pictures may have room for a larger one."""
    for meta in buffer.metas[: buffer.n_metas]:
        if meta.type == pods.CROP and meta.data:
            left, top, width, height = (c_int32 * 4).from_address(meta.data)
            if 0 <= left < left + width <= form.width and 0 <= top < top + height <= form.height:
                return left, top, width, height
    return 0, 0, form.width, form.height


def _transform(buffer: lib.SpaBuffer) -> int:
    """How the screen is turned, as in `upright`."""
    for meta in buffer.metas[: buffer.n_metas]:
        if meta.type == pods.TRANSFORM and meta.data:
            return c_uint32.from_address(meta.data).value % 8
    return 0
