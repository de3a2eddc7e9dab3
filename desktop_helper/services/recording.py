"""Records the screen in a process of its own, into a file that survives the end of either process."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from desktop_helper.core import i18n
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout
from desktop_helper.core.child_side import error_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.geometry import Rect
from desktop_helper.core.i18n import tr
from desktop_helper.core.recording import Ending, Recorded, RecordingProgress, RecordingSpec
from desktop_helper.services.storage_errors import not_written

SUFFIX = ".mp4"
SMALLEST = 16  # pixels on each side
SILENCE_S = 30.0  # it reports twice a second
FINISH_S = 20.0  # to write the end of a file
_BEGINNING = 4096  # bytes of a file in which its header begins, if it has got one: that comes with the first pictures


class Recording:
    """One recording. `next_event` is called on one thread, where it blocks; everything else on any.

    Args:
        argv: the command of the recorder process (`desktop_helper.capture._recorder`).
        log_dir: where that process's standard error goes.
        spec: what to record; `spec.partial` must exist, see `partial_file`.

    Attributes:
        is_waiting: for the first picture, about which the desktop may be asking the user just now.
        is_held: it does not look at the screen, see `hold`.
    """

    def __init__(self, argv: Sequence[str], log_dir: Path, spec: RecordingSpec) -> None:
        self._spec = spec
        self._result: Recorded | None = None
        self.is_waiting = self.is_held = False
        try:
            self._child = ChildProcess(argv, log_file=log_dir / "recorder.log")
        except ChildDied as death:
            spec.partial.unlink(missing_ok=True)
            raise HelperError(ErrorKind.WORKER, _recorder_stopped(death.reason), tr("Try again.")) from death
        self._child.send({"type": "record", "language": i18n.language(), **spec.to_header()})

    def next_event(self) -> RecordingProgress | Recorded:
        """What happens next; at the end, and then always, what became of it.

        Raises `HelperError`: CAPTURE or STORAGE if nothing could be recorded, WORKER if the process died or hangs. In
        both cases what can be played is kept, as `fix` says.
        """
        while self._result is None:
            try:
                frame = self._child.receive(SILENCE_S)
            except ChildTimeout:
                self._child.kill()
                raise self._salvaged(tr("it does not answer")) from None
            except ChildDied as death:
                raise self._salvaged(death.reason) from death
            if (error := error_of(frame)) is not None:
                self._drop_empty()
                raise error
            self.is_waiting = frame.type == "waiting"
            self.is_held = frame.type == "held" or self.is_held
            if frame.type == "progress":
                return _progress(frame)
            if frame.type == "done":
                self._result = _result(frame)
        return self._result

    def pause(self) -> None:
        """Record nothing until `resume`; the video goes on without a gap."""
        self._child.send({"type": "pause"})

    def resume(self) -> None:
        """Go on after `pause`."""
        self._child.send({"type": "resume"})

    def hold(self, held: bool) -> None:
        """While it is `held`, the video goes on with what was seen before: a window of ours covers the screen.

        It does from when `is_held` says so.
        """
        self.is_held = False
        self._child.send({"type": "hold" if held else "look"})

    def stop(self) -> None:
        """End it; `next_event` tells when the file is complete."""
        self._child.send({"type": "stop"})

    def discard(self) -> None:
        """End it and delete the file."""
        self._child.send({"type": "discard"})

    def close(self) -> None:
        """End the process; a recording that still runs is brought to its end first. May be called twice."""
        self._child.close(FINISH_S)

    def _salvaged(self, reason: str) -> HelperError:
        """The process is gone: give what it has written its name."""
        message = _recorder_stopped(reason)
        if not self._drop_empty():
            file = self._spec.partial
            with contextlib.suppress(OSError):
                file = file.replace(self._spec.file)
            return HelperError(
                ErrorKind.WORKER, message, tr("What was recorded until then is in {file}.", file=file), retry=True
            )
        return HelperError(ErrorKind.WORKER, message, tr("Nothing was recorded; try again."), retry=True)

    def _drop_empty(self) -> bool:
        """Delete what holds no picture. Returns whether there is nothing now."""
        try:
            with self._spec.partial.open("rb") as file:
                if b"moov" in file.read(_BEGINNING):
                    return False
            self._spec.partial.unlink()
        except OSError:
            pass  # it is not there, or cannot be read
        return True


def checked_file(file: Path) -> Path:
    """`file` as a whole path. Raises `HelperError(USAGE)` if it has another suffix than what is written."""
    if file.suffix.lower() != SUFFIX:
        raise HelperError(
            ErrorKind.USAGE, tr("record writes MP4 files."), tr("Let the file's name end in {suffix}.", suffix=SUFFIX)
        )
    return file.expanduser().absolute()


def checked_area(area: Rect) -> Rect:
    """`area`. Raises `HelperError(USAGE)` if it is too small for a video."""
    if min(area.width, area.height) < SMALLEST:
        raise HelperError(
            ErrorKind.USAGE,
            tr("{width} × {height} pixels are too small for a video.", width=area.width, height=area.height),
            tr("Record {smallest} × {smallest} pixels or more.", smallest=SMALLEST),
        )
    return area


def partial_file(file: Path) -> Path:
    """An empty file beside `file` to record into, with a name that nobody has. Raises `HelperError(STORAGE)`.

    People may see it, and play it if ever they find one that a power cut has left.
    """
    number = 1
    while True:
        name = f"{file.stem}.recording{'' if number == 1 else f'-{number}'}{SUFFIX}"
        partial = file.with_name(name)
        try:
            if file.is_dir():
                raise IsADirectoryError(21, tr("it is a folder"))
            partial.touch(exist_ok=False)
        except FileExistsError:
            number += 1
            continue
        except OSError as error:
            raise not_written(file, error) from error
        return partial


def _recorder_stopped(reason: str) -> str:
    return tr("The recording ended, since the program that records stopped: {reason}.", reason=reason)


def _progress(frame: Frame) -> RecordingProgress:
    return RecordingProgress(**{name: value for name, value in frame.header.items() if name != "type"})


def _result(frame: Frame) -> Recorded:
    values = {name: value for name, value in frame.header.items() if name != "type"}
    file = values.pop("file")
    return Recorded(**values | {"ending": Ending(values["ending"]), "file": None if file is None else Path(file)})
