"""Reads a prompt: only what the memory does not hold yet, with progress, and able to stop between any two batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop_helper.backends.local.engine.entries import (
    Entry,
    Media,
    count_pictures,
    count_tokens,
    text_runs,
)
from desktop_helper.backends.local.engine.generation import Emit
from desktop_helper.backends.local.engine.memory import Memory
from desktop_helper.backends.local.engine.model import DecodeError
from desktop_helper.backends.local.engine.vision import NotPicture, NotRead, Vision
from desktop_helper.backends.local.needs import BATCH
from desktop_helper.backends.local.stop_flag import StopFlag
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr

# Looking at a picture, against reading its tokens: 41 % of the work of a first question to a 9B GLM-4V.
_LOOKING = 0.7


class Reading:
    """Brings `memory` to the end of a prompt.

    Args:
        memory: takes it in.
        vision: looks at pictures.
        stop: ends it.
        picture: gives the bytes of a picture by its SHA-256.
    """

    def __init__(self, memory: Memory, vision: Vision | None, stop: StopFlag, picture: Callable[[str], bytes]) -> None:
        self._memory = memory
        self._vision = vision
        self._stop = stop
        self._picture = picture
        self._work = self._done = 0.0
        self._message = ""
        self._emit: Emit = lambda _: None

    def read(self, entries: Sequence[Entry], emit: Emit) -> int:
        """Read all of `entries`. Returns how many tokens of them were known. Raises `Stopped` or `HelperError`."""
        kept = self._memory.resume(entries)
        rest = entries[kept:]
        self._emit = emit
        self._work = sum(self._cost(entry) for entry in rest)
        begun = next((entry.part > 0 for entry in rest if isinstance(entry, Media)), False)  # what is known ends in it
        known, total = count_pictures(entries[:kept]) - begun, count_pictures(rest) + begun
        number = int(begun)
        for run in text_runs(rest):
            if isinstance(run, Media):
                number += run.part == 0
                self._message = tr("Reading picture {number} of {total}", number=number, total=total)
                self._read_media(run, known + number)
            else:
                self._message = tr("Reading the question")
                self._read_text(run)
        return count_tokens(entries[:kept])

    def _cost(self, entry: Entry) -> float:
        if not isinstance(entry, Media):
            return 1.0
        looked_at = self._vision is not None and self._vision.is_known(entry)
        return entry.tokens * (1.0 if looked_at else 1.0 + _LOOKING)

    def _read_text(self, tokens: list[int]) -> None:
        for begin in range(0, len(tokens), BATCH):
            self._stop.check()
            batch = tokens[begin : begin + BATCH]
            if self._work > BATCH:
                self._tell(0)
            try:
                self._memory.read_text(batch)
            except DecodeError as error:
                message = tr("llama.cpp could not read the question.")
                raise HelperError(
                    ErrorKind.MODEL, message, tr("Start a new chat, or ask a shorter question.")
                ) from error
            self._done += len(batch)

    def _read_media(self, media: Media, number: int) -> None:
        vision = self._vision
        if vision is None:
            raise ValueError("media without a projector")
        self._stop.check()
        self._tell(0)
        try:
            if not vision.is_known(media):
                vision.encode(media, self._picture(media.picture))
                self._tell(media.tokens * _LOOKING)
            self._memory.read_media(media, self._on_batch(media))
        except NotPicture as error:
            raise unreadable(number) from error
        except NotRead as error:
            self._stop.check()
            message = tr("llama.cpp could not read picture {number}.", number=number)
            raise HelperError(ErrorKind.MODEL, message, tr("Try a smaller picture.")) from error

    def _on_batch(self, media: Media) -> Callable[[], bool]:
        left = media.tokens

        def on_batch() -> bool:
            nonlocal left
            self._tell(min(BATCH, left))
            left -= min(BATCH, left)
            return not self._stop.is_set

        return on_batch

    def _tell(self, done: float) -> None:
        self._done += done
        self._emit(Progress(self._message, min(1.0, self._done / self._work) if self._work else None))


def unreadable(number: int) -> HelperError:
    """The picture with this number in the conversation is none that llama.cpp can decode."""
    message = tr("Picture {number} cannot be read.", number=number)
    return HelperError(ErrorKind.SOURCE, message, tr("Take it out and try again."))
