"""Turns files into message parts in a child process, which hostile ones may crash, fill or keep busy without harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desktop_helper.core import clips, i18n
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout
from desktop_helper.core.child_exit import OUT_OF_MEMORY
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_parts import size_of
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions

TIME_LIMIT_S = 60.0
MEMORY_LIMIT = 2 * 1024**3  # address space, of which Python and its libraries take 0.3 GB before any work
KEEP_WARM_S = 30.0


def _ignore(progress: Progress) -> None:
    """For callers that show no progress."""


class Converter:
    """Reads one file at a time; may be used from any thread, where each call blocks.

    Args:
        argv: the command of the converter process (`desktop_helper.attachments._worker`).
        log_dir: where that process's standard error goes.
        time_limit_s: for one file.
        memory_limit: address space of the process, in bytes.
        keep_warm_s: how long the process waits for another file.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log_dir: Path,
        *,
        time_limit_s: float = TIME_LIMIT_S,
        memory_limit: int = MEMORY_LIMIT,
        keep_warm_s: float = KEEP_WARM_S,
    ) -> None:
        self._argv = tuple(argv)
        self._log_file = log_dir / "converter.log"
        self._time_limit_s = time_limit_s
        self._memory_limit = memory_limit
        self._keep_warm_s = keep_warm_s
        self._busy = threading.Lock()  # held during a conversion; guards the two below
        self._child: ChildProcess | None = None
        self._idle: threading.Timer | None = None
        self._closing = CancelToken()

    def warm(self) -> None:
        """Start the process now, so that it is ready when the first file comes. Does not wait, never fails."""
        if self._busy.acquire(blocking=False):
            try:
                if not self._closing.cancelled:
                    self._forget_idle()
                    self._ready_child().send({"type": "warm"})
                    self._retire_later()
            except ChildDied:
                pass  # the conversion will try again and say so
            finally:
                self._busy.release()

    def convert_file(
        self,
        path: Path,
        options: ConvertOptions | None = None,
        cancel: CancelToken | None = None,
        on_progress: Callable[[Progress], None] = _ignore,
    ) -> tuple[MediaPart, ...]:
        """The parts that `path` becomes. Raises `HelperError`: SOURCE, or CANCELLED.

        Only `on_progress` is told how far the work is: the one in `options` is what a handler calls, in the process.
        """
        # The child may stand in another folder one day; and `~` is the shell's business.
        request = {"path": str(path.absolute()), "name": path.name or str(path)}
        return self._convert(request, (), options or ConvertOptions(), cancel or CancelToken(), on_progress)

    def convert_bytes(
        self,
        data: bytes,
        name: str,
        options: ConvertOptions | None = None,
        cancel: CancelToken | None = None,
        on_progress: Callable[[Progress], None] = _ignore,
    ) -> tuple[MediaPart, ...]:
        """The same for a file's bytes, e.g. from the clipboard. `name` is what the user sees."""
        request = {"name": name}
        return self._convert(request, (data,), options or ConvertOptions(), cancel or CancelToken(), on_progress)

    def close(self) -> None:
        """End the process, and a conversion that still runs in it. May be called twice."""
        self._closing.cancel()
        with self._busy:
            idle = self._forget_idle()
            self._end_child()
        if idle is not None and idle is not threading.current_thread():
            idle.join()

    def _convert(
        self,
        request: dict[str, Any],
        payloads: tuple[bytes, ...],
        options: ConvertOptions,
        cancel: CancelToken,
        on_progress: Callable[[Progress], None],
    ) -> tuple[MediaPart, ...]:
        header = request | {
            "type": "convert",
            "language": i18n.language(),
            "max_image_tokens": options.max_image_tokens,
            "max_video_tokens": options.max_video_tokens,
            "span": (options.cut.span.start, options.cut.span.end),
            "most_frames": options.cut.most_frames,
            "most_tokens": options.cut.most_tokens,
            "evenly": options.cut.evenly,
            "in_full": options.wish.in_full,
            "area": options.wish.area,
            "pages": options.pages,
            "password": options.password,
            "paper": options.paper,
        }
        while not self._busy.acquire(timeout=0.05):
            cancel.raise_if_cancelled()
        forgets = []
        try:
            self._forget_idle()
            self._closing.raise_if_cancelled()
            child = self._ready_child()
            forgets = [token.on_cancel(child.kill) for token in (cancel, self._closing)]
            child.send(header, *payloads)
            return self._await_parts(child, request["name"], on_progress)
        except ChildDied as death:
            self._end_child()
            cancel.raise_if_cancelled()
            self._closing.raise_if_cancelled()
            raise _death_notice(request["name"], death) from death
        except HelperError:
            raise  # the child said so, or was ended; either way no frame of this file is left
        except BaseException:  # from `on_progress`, or Ctrl+C: the child still works on the file
            self._end_child()
            raise
        finally:
            for forget in forgets:
                forget()
            self._retire_later()
            self._busy.release()

    def _await_parts(
        self, child: ChildProcess, name: str, on_progress: Callable[[Progress], None]
    ) -> tuple[MediaPart, ...]:
        deadline = time.monotonic() + self._time_limit_s
        while True:
            left = deadline - time.monotonic()
            try:
                if left <= 0:
                    raise ChildTimeout  # also for one that reports progress without end
                frame = child.receive(left)
            except ChildTimeout:
                self._end_child()
                raise _too_slow(name, self._time_limit_s) from None
            if frame.type == "progress":
                on_progress(self._progress(frame, name))
            elif (error := error_of(frame)) is not None:
                raise error
            elif frame.type == "done":
                return self._parts(frame, name)

    def _parts(self, frame: Frame, name: str) -> tuple[MediaPart, ...]:
        with self._no_trust(name):
            descriptions = frame.header["parts"]
            return tuple(_part(*pair) for pair in zip(descriptions, frame.payloads, strict=True))

    def _progress(self, frame: Frame, name: str) -> Progress:
        with self._no_trust(name):
            fraction = frame.header["fraction"]
            return Progress(str(frame.header["message"]), None if fraction is None else min(1.0, max(0.0, fraction)))

    @contextmanager
    def _no_trust(self, name: str) -> Iterator[None]:
        """A child that a file has taken over may send anything."""
        try:
            yield
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            self._end_child()
            raise _broke_reader(name, tr("it sent something unreadable")) from error

    def _ready_child(self) -> ChildProcess:
        if self._child is not None and not self._child.alive:
            self._end_child()
        if self._child is None:
            self._child = ChildProcess(self._argv, log_file=self._log_file, memory_limit=self._memory_limit)
        return self._child

    def _end_child(self) -> None:
        """It keeps nothing that is worth an orderly end."""
        if self._child is not None:
            self._child.kill()
            self._child.close()
            self._child = None

    def _retire_later(self) -> None:
        if self._child is not None and not self._closing.cancelled:
            self._idle = threading.Timer(self._keep_warm_s, self._retire)
            self._idle.name = "converter-idle"
            self._idle.daemon = True
            self._idle.start()

    def _retire(self) -> None:
        if self._busy.acquire(blocking=False):
            try:
                if self._idle is threading.current_thread():  # else another file came meanwhile
                    self._end_child()
            finally:
                self._busy.release()

    def _forget_idle(self) -> threading.Timer | None:
        idle, self._idle = self._idle, None
        if idle is not None:
            idle.cancel()
        return idle


def _part(description: dict[str, Any], data: bytes) -> MediaPart:
    name, mime = str(description["name"]), str(description["mime"])
    if description["part"] == "image":
        if mime not in ("image/png", "image/jpeg"):
            raise ValueError(mime)
        width, height, tokens = (int(description[key]) for key in ("width", "height", "tokens"))
        moment = clips.moment_of(description.get("moment"))
        full_size = size_of(description.get("full_size"))
        return ImagePart(data, mime, width, height, name, tokens, moment, full_size)
    return FilePart(data, mime, name, str(description["text"]))


def _death_notice(name: str, death: ChildDied) -> HelperError:
    if death.exit_code == OUT_OF_MEMORY:
        return HelperError(
            ErrorKind.SOURCE,
            tr("{name} needs more memory to be read than a file may take.", name=name),
            tr("Attach a smaller one, or a picture of the part that matters."),
        )
    return _broke_reader(name, death.reason)


def _broke_reader(name: str, reason: str) -> HelperError:
    return HelperError(
        ErrorKind.SOURCE,
        tr("{name} cannot be read, since the program that reads files stopped: {reason}.", name=name, reason=reason),
        tr("The file may be damaged or made to do harm."),
    )


def _too_slow(name: str, limit_s: float) -> HelperError:
    return HelperError(
        ErrorKind.SOURCE,
        tr("{name} could not be read within {seconds} seconds.", name=name, seconds=f"{limit_s:g}"),
        tr("Attach a smaller one, or a picture of the part that matters."),
    )
