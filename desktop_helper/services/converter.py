"""Turns files into message parts in a child process, which hostile ones may crash, fill or keep busy without harm."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from desktop_helper.core import i18n, speech
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout
from desktop_helper.core.child_exit import OUT_OF_MEMORY
from desktop_helper.core.documents import LONGEST, PageReading, PageText, Reference, references
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.names import printable
from desktop_helper.core.office_program import may_print
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.kept_child import KeptChild, UnreadableError, await_done, no_trust
from desktop_helper.services.kept_pair import KeptPair
from desktop_helper.services.part_frames import OnComing, PartFrames
from desktop_helper.services.printed_folder import PrintedFolder
from desktop_helper.services.transcriber import Transcriber

TIME_LIMIT_S = 60.0
MEMORY_LIMIT = 2 * 1024**3  # address space, of which Python and its libraries take 0.3 GB before any work
KEEP_WARM_S = 30.0
KEEP_SECOND_S = 2.0  # it is there while much is read at once, and costs memory

T = TypeVar("T")


def _ignore(progress: Progress) -> None:
    """For callers that show no progress."""


OnDocument = Callable[[Reference, Path | bytes, str], None]


def _forget(_reference: Reference, _at: Path | bytes, _password: str) -> None:
    """For callers who need no more of a document."""


class Converter:
    """Reads one file at a time, or a second one beside a slow one; may be used from any thread, where each call blocks.

    `on_document` is told where a document is of which more may be wanted, and its password. In `printed` is what
    LibreOffice made of the last ones.

    Args:
        argv: the command of the converter process (`desktop_helper.attachments._worker`).
        log_dir: where that process's standard error goes.
        time_limit_s: for one file.
        memory_limit: address space of each process, in bytes.
        keep_warm_s: how long the process waits for another file; one that reads beside it waits `KEEP_SECOND_S`.
        transcriber: writes down what is said in a video, or a sound; without one, it is told that nobody listened.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log_dir: Path,
        *,
        time_limit_s: float = TIME_LIMIT_S,
        memory_limit: int = MEMORY_LIMIT,
        keep_warm_s: float = KEEP_WARM_S,
        transcriber: Transcriber | None = None,
    ) -> None:
        self._time_limit_s = time_limit_s
        self.on_document: OnDocument = _forget
        self.printed = PrintedFolder()
        self._transcriber = transcriber

        def kept(log_name: str, warm_s: float) -> KeptChild:
            log_file, prepare = log_dir / log_name, _warmed
            return KeptChild(argv, log_file, memory_limit=memory_limit, keep_warm_s=warm_s, prepare=prepare)

        second = kept("converter-second.log", min(keep_warm_s, KEEP_SECOND_S))
        self._children = KeptPair(kept("converter.log", keep_warm_s), second)

    def warm(self, names: Sequence[str] = ()) -> None:
        """Start the process now, so that it is ready when the first file comes, which may be called one of `names`.

        Does not wait, never fails.
        """
        self._children.warm({"type": "warm", "names": list(names)})

    def convert_file(
        self,
        path: Path,
        options: ConvertOptions | None = None,
        cancel: CancelToken | None = None,
        on_progress: Callable[[Progress], None] = _ignore,
        name: str = "",
        on_coming: OnComing | None = None,
    ) -> tuple[MediaPart, ...]:
        """The parts that `path` becomes. Raises `HelperError`: SOURCE, or CANCELLED. It may be called something else.

        Only `on_progress` is told how far the work is, and `on_coming` shown what there is already: those in `options`
        are what a handler calls, in the process.
        """
        # The child may stand in another folder one day; and `~` is the shell's business.
        request = {"path": str(path.absolute()), "name": printable(name or path.name or str(path))}
        options, cancel = options or ConvertOptions(), cancel or CancelToken()
        parts = self._convert(request, (), options, cancel, on_progress, on_coming)
        self._remember(parts, path.absolute(), options)
        return self._heard(parts, path.absolute(), options, cancel, on_progress)

    def convert_bytes(
        self,
        data: bytes,
        name: str,
        options: ConvertOptions | None = None,
        cancel: CancelToken | None = None,
        on_progress: Callable[[Progress], None] = _ignore,
        on_coming: OnComing | None = None,
    ) -> tuple[MediaPart, ...]:
        """The same for a file's bytes, e.g. from the clipboard. `name` is what the user sees."""
        request, options, cancel = {"name": printable(name)}, options or ConvertOptions(), cancel or CancelToken()
        parts = self._convert(request, (data,), options, cancel, on_progress, on_coming)
        self._remember(parts, data, options)
        return self._heard(parts, data, options, cancel, on_progress)

    def _heard(
        self,
        parts: tuple[MediaPart, ...],
        source: Path | bytes,
        options: ConvertOptions,
        cancel: CancelToken,
        on_progress: Callable[[Progress], None],
    ) -> tuple[MediaPart, ...]:
        if self._transcriber is None or not speech.is_unheard(parts):
            return parts
        return self._transcriber.with_transcript(parts, source, options.cut.span, cancel, on_progress)

    def _remember(self, parts: tuple[MediaPart, ...], at: Path | bytes, options: ConvertOptions) -> None:
        for reference in references(parts):
            self.on_document(reference, at, options.password)

    def page_texts(
        self,
        source: Path | bytes,
        name: str,
        wanted: PageReading,
        cancel: CancelToken | None = None,
    ) -> tuple[int, tuple[PageText, ...]]:
        """How many pages a document has, and what those that are wanted say. Raises `HelperError` like the others."""
        header: dict[str, Any] = {"type": "texts", "name": name, "language": i18n.language()}
        header |= {"first": wanted.first, "last": wanted.last, "password": wanted.password, "unit": str(wanted.unit)}
        payloads = (source,) if isinstance(source, bytes) else ()
        if not isinstance(source, bytes):
            header["path"] = str(source.absolute())
        return self._asked(header, payloads, cancel or CancelToken(), _ignore, _texts)

    def close(self) -> None:
        """End the processes, and conversions that still run in them. May be called twice."""
        self._children.close()
        self.printed.close()

    def _convert(
        self,
        request: dict[str, Any],
        payloads: tuple[bytes, ...],
        options: ConvertOptions,
        cancel: CancelToken,
        on_progress: Callable[[Progress], None],
        on_coming: OnComing | None,
    ) -> tuple[MediaPart, ...]:
        header = request | {
            "type": "convert",
            "shown": on_coming is not None,
            "language": i18n.language(),
            "max_image_tokens": options.max_image_tokens,
            "max_video_tokens": options.max_video_tokens,
            "span": (options.cut.span.start, options.cut.span.end),
            "most_frames": options.cut.most_frames,
            "most_tokens": options.cut.most_tokens,
            "evenly": options.cut.evenly,
            "in_full": options.wish.in_full,
            "area": options.wish.area,
            "enlarged": options.wish.enlarged,
            "pages": options.pages,
            "password": options.password,
            "paper": options.paper,
            "hears": self._transcriber is not None and self._transcriber.listens,
            "members": options.members,
            "as_pictures": options.as_pictures,
            "video": None if options.video is None else asdict(options.video) | {"fields": {}},
        }
        frames = PartFrames(on_coming)
        return self._asked(header, payloads, cancel, on_progress, frames.all, frames.take)

    def _asked(
        self,
        header: dict[str, Any],
        payloads: tuple[bytes, ...],
        cancel: CancelToken,
        on_progress: Callable[[Progress], None],
        understand: Callable[[Frame], T],
        take: Callable[[Frame], None] | None = None,
    ) -> T:
        name = header["name"]
        try:
            with self._children.at_work(cancel) as child:
                child.send(header | {"printed": self.printed.path() if may_print(name) else ""}, *payloads)
                done = await_done(child, self._time_limit_s, on_progress, take)
                with no_trust():
                    return understand(done)
        except ChildDied as death:
            raise _death_notice(name, death) from death
        except ChildTimeout:
            raise _too_slow(name, self._time_limit_s) from None
        except UnreadableError as error:
            raise _broke_reader(name, tr("it sent something unreadable")) from error


def _warmed(child: ChildProcess) -> None:
    child.send({"type": "warm", "names": []})


def _texts(frame: Frame) -> tuple[int, tuple[PageText, ...]]:
    (told,) = frame.payloads
    pages = tuple(
        PageText(str(text), bool(scanned), str(name), str(heading)) for text, scanned, name, heading in json.loads(told)
    )
    return min(int(frame.header["count"]), LONGEST), pages


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
