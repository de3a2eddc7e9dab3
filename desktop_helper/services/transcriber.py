"""Writes down what is said in videos and sounds, in a child process: whisper.cpp, and a file that cannot be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktop_helper.core import i18n, speech
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import ChildDied, ChildTimeout
from desktop_helper.core.clip_span import Span
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.services import whisper_file
from desktop_helper.services.heard import Heard, key_of
from desktop_helper.services.kept_child import KeptChild, UnreadableError, await_done, no_trust
from desktop_helper.services.screen_settings import SpeechSettings

WORKER = "desktop_helper.attachments._listener"  # the process
TIME_LIMIT_S = 6 * 3600.0  # hours of sound take hours; who waits sees how far it is, and can stop it
MEMORY_LIMIT = 12 * 1024**3  # address space: the largest models take 4 GB
KEEP_WARM_S = 60.0


class Transcriber:
    """Listens to one file at a time; may be used from any thread, where each call blocks.

    Args:
        argv: the command of the process (`desktop_helper.attachments._listener`).
        log_dir: where that process's standard error goes.
        settings: which model hears, and which language it expects.
        time_limit_s: for one file.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log_dir: Path,
        settings: Callable[[], SpeechSettings],
        *,
        time_limit_s: float = TIME_LIMIT_S,
    ) -> None:
        self._settings = settings
        self._time_limit_s = time_limit_s
        self._heard = Heard()
        self._child = KeptChild(argv, log_dir / "transcriber.log", memory_limit=MEMORY_LIMIT, keep_warm_s=KEEP_WARM_S)

    @property
    def listens(self) -> bool:
        """Whether the user has chosen a model that hears. One that cannot be used is told when there is sound."""
        return bool(self._settings().model)

    def with_transcript(
        self,
        parts: tuple[MediaPart, ...],
        source: Path | bytes,
        span: Span,
        cancel: CancelToken,
        on_progress: Callable[[Progress], None],
    ) -> tuple[MediaPart, ...]:
        """The parts of `source` with what is said between the ends of `span` in its place.

        Raises `HelperError`: CANCELLED, or, if there is nothing but sound, CONFIG for a model that cannot be used,
        SOURCE or WORKER. Pictures are not lost for that: the reason stands in the place of the words.
        """
        name = next(part.name for part in parts if part.mime == speech.UNHEARD_MIME)
        try:
            return speech.heard(parts, self._listen(name, source, span, cancel, on_progress))
        except HelperError as error:
            if error.kind is ErrorKind.CANCELLED or len(parts) == 1:
                raise
            return speech.not_heard(parts, error.message)

    def forget(self) -> None:
        """Keep nothing of what was heard."""
        self._heard.forget()

    def close(self) -> None:
        """End the process, and what it listens to. May be called twice."""
        self._child.close()

    def _listen(
        self,
        name: str,
        source: Path | bytes,
        span: Span,
        cancel: CancelToken,
        on_progress: Callable[[Progress], None],
    ) -> tuple[speech.Spoken, ...]:
        chosen = self._settings()
        state = whisper_file.availability(chosen.model)
        if not state.ok:
            raise HelperError(ErrorKind.CONFIG, state.reason, state.fix)
        key = key_of(source, chosen.model, chosen.language)
        spoken = self._heard.find(key, span)
        if spoken is None:
            spoken = self._asked(name, source, span, chosen, cancel, on_progress)
            if key is not None:
                self._heard.keep(key, span, spoken)
        return spoken

    def _asked(
        self,
        name: str,
        source: Path | bytes,
        span: Span,
        chosen: SpeechSettings,
        cancel: CancelToken,
        on_progress: Callable[[Progress], None],
    ) -> tuple[speech.Spoken, ...]:
        header: dict[str, Any] = {
            "type": "listen",
            "name": name,
            "language": i18n.language(),
            "model": str(Path(chosen.model).expanduser()),
            "spoken": chosen.language,
            "span": (span.start, span.end),
        }
        payloads = (source,) if isinstance(source, bytes) else ()
        if not isinstance(source, bytes):
            header["path"] = str(source)
        try:
            with self._child.at_work(cancel) as child:
                child.send(header, *payloads)
                done = await_done(child, self._time_limit_s, on_progress)
                with no_trust():
                    return speech.from_plain(done.header["spoken"])
        except ChildDied as death:
            raise _broken(name, death.reason) from death
        except ChildTimeout:
            raise _broken(name, tr("it took too long")) from None
        except UnreadableError as error:
            raise _broken(name, tr("it sent something unreadable")) from error


def _broken(name: str, reason: str) -> HelperError:
    return HelperError(
        ErrorKind.WORKER,
        tr(
            "What is said in {name} cannot be written down, since the program that listens stopped: {reason}.",
            name=name,
            reason=reason,
        ),
        tr("Choose a smaller model in Settings, Recordings, or none."),
    )
