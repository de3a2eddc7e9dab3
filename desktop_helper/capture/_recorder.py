"""The recorder process: encodes one recording, so that neither work nor a crash of codecs is the window's.

Frames from the parent (`services.recording`): `record` with a `RecordingSpec`, then `pause`, `resume`, `hold` (a window
of ours is to cover the screen: show what was there before), `look`, `stop` and `discard`. Frames back: `progress`
twice a second, or `waiting` until the first picture is there, for which a desktop may ask the user; `held` when it does
not look any more; at the end `done`, or `error` if nothing could be recorded. When the parent is gone, the recording is
ended properly.
"""

from __future__ import annotations

import errno
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from desktop_helper.capture._control import Control
from desktop_helper.capture._film import Film
from desktop_helper.capture._grabber import Grabber, Shot
from desktop_helper.capture._lens import Lens
from desktop_helper.capture._pointer import open_pointer
from desktop_helper.capture._sound import Sound
from desktop_helper.core import registry
from desktop_helper.core.capture_choice import best_source
from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import sentences, set_language, tr
from desktop_helper.core.protocols import Capturer
from desktop_helper.core.recording import Ending, Recorded, RecordingProgress, RecordingSpec

REPORT_S = 0.5
_LOOK_S = 0.1  # while there is no picture, for the report not to wait for one
FINISH_S = 20.0  # after which an orphan gives up
_ASKED_S = 1.0  # after which the desktop is likely to be asking the user
_PATIENCE_S = 2.0  # with a desktop that has not given the first picture when the recording is over


class Recorder:
    """One recording: a thread takes pictures, the one that calls `run` encodes them.

    Args:
        spec: what is wanted.
        control: through which others pause and end it.
        channel: where progress and result go.
    """

    def __init__(self, spec: RecordingSpec, control: Control, channel: Channel) -> None:
        self._spec = spec
        self._control = control
        self._channel = channel
        self._grabber = Grabber(spec, control, lambda: _lens(spec), lambda: channel.send({"type": "held"}))
        self._sound = Sound(spec, control)
        self._began = 0.0
        self._reported = 0.0
        self._broken = False

    def run(self) -> None:
        """Record until it is over. Raises `HelperError` if there is no recording in the end."""
        self._grabber.start()
        try:
            self._sound.open()  # it is listening before the first second is over
            first = self._first()
            if first is None:
                return
            film = self._film()
            self._began = time.time()
            self._control.begin()
            self._encode(film)
            if not film.pictures and not self._broken:
                film.add(first.pixels, 0.0)  # stopped before the first one was due
            self._finish(film)
        except OSError as error:
            raise _not_written(self._spec.file, error) from error
        finally:
            self._control.stop(Ending.STOPPED)
            self._sound.close()
            self._grabber.join()

    def _film(self) -> Film:
        spec, sound = self._spec, self._sound.is_there
        return Film(spec.partial, *self._grabber.size, spec.fps, spec.max_bytes, sound=sound)

    def _first(self) -> Shot | None:
        """The first picture; None, and everything done, if the recording was discarded before it came."""
        over = 0.0
        while True:
            try:
                first = self._grabber.shots.get(timeout=_ASKED_S)
                break
            except queue.Empty:
                self._channel.send({"type": "waiting"})
            over = over or (time.monotonic() if self._control.ending is not None else 0.0)
            if over and time.monotonic() - over > _PATIENCE_S:
                first = None
                break
        if first is not None:
            return first
        _delete(self._spec.partial)
        if self._control.ending is not Ending.DISCARDED:
            raise self._control.problem or _too_early()
        self._channel.send({"type": "done", **_described(self._result(0.0, discarded=True))})
        return None

    def _encode(self, film: Film) -> None:
        """Everything that the grabber sends; after an error of the disk, for nothing."""
        while True:
            try:
                shot = self._grabber.shots.get(timeout=_LOOK_S)
            except queue.Empty:
                self._tell(film)
                self._report(film)
                continue
            if shot is None:
                return
            if not self._broken and not film.full:
                self._write(film, partial(film.add, shot.pixels, shot.seconds))
            self._tell(film)
            self._report(film)

    def _tell(self, film: Film) -> None:
        """The film what has been heard by now."""
        if self._sound.is_there and not self._broken and not film.full:
            self._write(film, lambda: film.hear(self._sound.due()))

    def _write(self, film: Film, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            self._broken = True
            self._control.stop(Ending.DISK, _not_written(self._spec.file, error))
        if film.full:
            self._control.stop(Ending.SIZE)

    def _report(self, film: Film) -> None:
        now = time.monotonic()
        if now - self._reported < REPORT_S:
            return
        self._reported = now
        self._check_disk()
        grabber, control = self._grabber, self._control
        progress = RecordingProgress(
            control.seconds(),
            film.bytes,
            grabber.delivered,
            grabber.dropped,
            paused=control.paused,
            microphone=self._sound.microphone,
        )
        self._channel.send({"type": "progress", **asdict(progress)})

    def _check_disk(self) -> None:
        try:
            free = shutil.disk_usage(self._spec.partial.parent).free
        except OSError:
            return  # writing will tell
        if free < self._spec.keep_free:
            self._control.stop(Ending.DISK, _no_room(self._spec.file))

    def _finish(self, film: Film) -> None:
        seconds = self._control.seconds()
        if not self._broken:
            try:
                if self._sound.is_there:
                    film.hear(self._sound.rest(seconds))
                film.close(seconds)
            except OSError as error:
                self._broken = True
                self._control.stop(Ending.DISK, _not_written(self._spec.file, error))
        if self._broken:
            film.abandon()
            if not self._spec.partial.stat().st_size:
                _delete(self._spec.partial)
                raise self._nothing()
        discarded = self._control.ending is Ending.DISCARDED
        if film.full and not film.pictures and not discarded:
            _delete(self._spec.partial)
            raise _too_small()
        if discarded:
            _delete(self._spec.partial)
        else:
            _keep(self._spec.partial, self._spec.file)
        self._channel.send({"type": "done", **_described(self._result(seconds, discarded=discarded))})

    def _nothing(self) -> HelperError:
        """The disk took nothing at all."""
        why = self._control.problem.message if self._control.problem is not None else ""
        return HelperError(
            ErrorKind.STORAGE,
            sentences(tr("Nothing was recorded."), why),
            tr("Free some space, or choose another place."),
        )

    def _result(self, seconds: float, *, discarded: bool) -> Recorded:
        problem = self._control.problem
        width, height = self._grabber.size
        return Recorded(
            ending=self._control.ending or Ending.STOPPED,
            file=None if discarded else self._spec.file,
            began=self._began,
            seconds=seconds,
            bytes=0 if discarded else self._spec.file.stat().st_size,
            delivered=self._grabber.delivered,
            dropped=self._grabber.dropped,
            width=width,
            height=height,
            message=problem.message if problem else "",
            fix=problem.fix if problem else "",
            sound=self._sound.is_there,
            sound_problem=self._sound.problem,
        )


def _lens(spec: RecordingSpec) -> Lens:
    return Lens(_capturer(spec), spec.area, open_pointer() if spec.pointer else None)


def _capturer(spec: RecordingSpec) -> Capturer:
    """As `Services.record` chooses it."""
    return best_source(registry.discover("desktop_helper.capture", "SOURCE"), recording=True).capturer_for(spec)


def _too_early() -> HelperError:
    return HelperError(
        ErrorKind.CAPTURE,
        tr("Nothing was recorded, since the recording was ended before the desktop gave a picture."),
        tr("Record again, and answer first if the desktop asks what to share."),
    )


def _too_small() -> HelperError:
    return HelperError(
        ErrorKind.USAGE,
        tr("Nothing was recorded, since not even the first picture fits into so small a file."),
        tr("Allow a larger file, or record a smaller region."),
    )


def _described(result: Recorded) -> dict[str, object]:
    return asdict(result) | {"file": None if result.file is None else str(result.file)}


def _keep(partial: Path, file: Path) -> None:
    """Give it its name, when all of it is on the disk."""
    descriptor = os.open(partial, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    partial.replace(file)


def _delete(partial: Path) -> None:
    partial.unlink(missing_ok=True)


def _no_room(file: Path) -> HelperError:
    return HelperError(
        ErrorKind.STORAGE,
        tr("The recording ended before the disk was full."),
        tr("What was recorded until then is in {file}; free some space before you record again.", file=file),
    )


def _not_written(file: Path, error: OSError) -> HelperError:
    why = tr("the disk is full") if error.errno == errno.ENOSPC else error.strerror or "?"
    return HelperError(
        ErrorKind.STORAGE,
        tr("The recording ended, since {file} cannot be written: {why}.", file=file, why=why),
        tr("What was recorded until then is kept; free some space, or choose another place."),
    )


_control = Control()
_idle = threading.Event()
_idle.set()


def handle(frame: Frame, channel: Channel) -> None:
    """Record what the parent asks for; each process does so once."""
    set_language(frame.header["language"])
    try:
        Recorder(RecordingSpec.from_header(frame.header), _control, channel).run()
    finally:
        _idle.set()


def urgent(frame: Frame) -> bool:
    """Take what the user wants of a running recording at once."""
    deeds: dict[str, Callable[[], None]] = {
        "pause": _control.pause,
        "resume": _control.resume,
        "hold": lambda: setattr(_control, "held", True),
        "look": lambda: setattr(_control, "held", False),
        "stop": lambda: _control.stop(Ending.STOPPED),
        "discard": lambda: _control.stop(Ending.DISCARDED),
    }
    if frame.type == "record":
        _idle.clear()  # before it is handled: a parent that dies meanwhile shall find its file brought to an end
    deed = deeds.get(frame.type)
    if deed is not None:
        deed()
    return deed is not None


def finish() -> None:
    """The parent is gone, or wants nothing more: bring the file to its end."""
    _control.stop(Ending.ORPHANED)
    _idle.wait(FINISH_S)


if __name__ == "__main__":
    serve(handle, urgent, finish)
