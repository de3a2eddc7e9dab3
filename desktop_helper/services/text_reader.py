"""Reads text in pictures without a model, in a child process: its networks take memory only while they are used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktop_helper.core import i18n, text_lines
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import ChildDied, ChildTimeout
from desktop_helper.core.child_exit import OUT_OF_MEMORY
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import Frame as Picture
from desktop_helper.core.text_lines import TextLine
from desktop_helper.ocr import models
from desktop_helper.services.kept_child import KeptChild, UnreadableError, await_done, no_trust

TIME_LIMIT_S = 180.0  # who waits sees how far it is, and can stop it
PATIENT_TIME_LIMIT_S = 600.0  # of which it may get next to nothing beside other programs
MEMORY_LIMIT = 4 * 1024**3  # address space, of which the networks and the engine's threads take 1.5 GB
KEEP_WARM_S = 30.0


def _ignore(progress: Progress) -> None:
    """For callers that show no progress."""


class TextReader:
    """Reads one picture at a time; may be used from any thread, where each call blocks.

    Args:
        argv: the command of the process (`desktop_helper.ocr.worker`).
        log_dir: where that process's standard error goes.
        time_limit_s: for one picture.
        memory_limit: address space of the process, in bytes.
        keep_warm_s: how long the process waits for another picture.
        log_name: of the file there; two processes at a time need two.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log_dir: Path,
        *,
        time_limit_s: float = TIME_LIMIT_S,
        memory_limit: int = MEMORY_LIMIT,
        keep_warm_s: float = KEEP_WARM_S,
        log_name: str = "text-reader",
    ) -> None:
        self._time_limit_s = time_limit_s
        self._child = KeptChild(
            argv,
            log_dir / f"{log_name}.log",
            memory_limit=memory_limit,
            keep_warm_s=keep_warm_s,
            prepare=lambda child: child.send({"type": "warm"}),
        )

    def warm(self) -> None:
        """Have the networks loaded now, since a picture will come. Does not wait, never fails."""
        if models.availability().ok:
            self._child.warm()

    def read(
        self,
        data: bytes,
        name: str,
        cancel: CancelToken | None = None,
        on_progress: Callable[[Progress], None] = _ignore,
    ) -> tuple[TextLine, ...]:
        """The lines of text in a PNG or JPEG file, in no order that means anything; `core.text_layout` makes one.

        Raises:
            HelperError: SOURCE, `data` is no picture; WORKER, it cannot be read here; or CANCELLED.
        """
        return self._read({"name": name}, data, cancel or CancelToken(), on_progress)

    def read_pixels(
        self,
        picture: Picture,
        name: str,
        cancel: CancelToken | None = None,
        on_progress: Callable[[Progress], None] = _ignore,
    ) -> tuple[TextLine, ...]:
        """The same for a piece of the screen. Boxes begin at its own corner."""
        header = {"name": name, "width": picture.width, "height": picture.height}
        return self._read(header, bytes(picture.data), cancel or CancelToken(), on_progress)

    def close(self) -> None:
        """End the process, and what it reads. May be called twice."""
        self._child.close()

    def _read(
        self, header: dict[str, Any], data: bytes, cancel: CancelToken, on_progress: Callable[[Progress], None]
    ) -> tuple[TextLine, ...]:
        state = models.availability()
        if not state.ok:
            raise HelperError(ErrorKind.WORKER, state.reason, state.fix)
        name = str(header["name"])
        try:
            with self._child.at_work(cancel) as child:
                child.send({"type": "read", "language": i18n.language(), **header}, data)
                done = await_done(child, self._time_limit_s, on_progress)
                with no_trust():
                    return text_lines.from_plain(done.header["lines"])
        except ChildDied as death:
            raise _death_notice(name, death) from death
        except ChildTimeout:
            raise HelperError(
                ErrorKind.WORKER,
                tr(
                    "The text in {name} could not be read within {seconds} seconds.",
                    name=name,
                    seconds=f"{self._time_limit_s:g}",
                ),
                tr("Choose a smaller part of it."),
            ) from None
        except UnreadableError as error:
            raise _broken(name, tr("it sent something unreadable")) from error


def _death_notice(name: str, death: ChildDied) -> HelperError:
    if death.exit_code == OUT_OF_MEMORY:
        return HelperError(
            ErrorKind.WORKER,
            tr("To read the text in {name} takes more memory than it may.", name=name),
            tr("Choose a smaller part of it."),
        )
    return _broken(name, death.reason)


def _broken(name: str, reason: str) -> HelperError:
    return HelperError(
        ErrorKind.WORKER,
        tr(
            "The text in {name} cannot be read, since the program that reads it stopped: {reason}.",
            name=name,
            reason=reason,
        ),
        tr("Try again, or choose another part of it."),
    )
