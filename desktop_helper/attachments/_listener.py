"""The process that writes down what is said: the model's memory is gone with it, and what breaks in it is not the app.

Frames from the parent (`services.transcriber`): `listen`, with a path, or the file itself as payload. Frames back:
`progress`, and at the end `done` with what was said, or `error`.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from desktop_helper.attachments import _sound
from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.clip_span import Span, span_of
from desktop_helper.core.clips import clock
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import set_language, tr
from desktop_helper.core.processors import processor_count
from desktop_helper.core.speech import Spoken, to_plain

_TICKS = 100  # of whisper.cpp's clock in a second


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame of the parent."""
    header = frame.header
    set_language(header["language"])
    name, span = str(header["name"]), span_of(*header["span"])
    with ExitStack() as open_file:
        file: BinaryIO = (
            BytesIO(frame.payloads[0]) if frame.payloads else open_file.enter_context(Path(header["path"]).open("rb"))
        )
        spoken = _listen(file, span, name, (str(header["model"]), str(header["spoken"])), channel)
    channel.send({"type": "done", "spoken": to_plain(spoken)})


def _listen(file: BinaryIO, span: Span, name: str, chosen: tuple[str, str], channel: Channel) -> list[Spoken]:
    from av.error import FFmpegError

    spoken: list[Spoken] = []
    try:
        length = _sound.duration_of(file, span)
        file.seek(0)
        for begin, samples in _sound.pieces(file, span):

            def heard(segment: Any, begin: float = begin) -> None:
                one = Spoken(begin + segment.t0 / _TICKS, begin + segment.t1 / _TICKS, str(segment.text).strip())
                if one.text:
                    spoken.append(one)
                _tell(channel, name, one.end - span.start, length)

            _tell(channel, name, begin - span.start, length)
            _whisper(*chosen).transcribe(samples, new_segment_callback=heard)
    except FFmpegError:
        raise HelperError(ErrorKind.SOURCE, tr("The sound of {name} cannot be read.", name=name)) from None
    return spoken


def _tell(channel: Channel, name: str, done: float, length: float | None) -> None:
    message = tr("Listening to {name}, {at}", name=name, at=clock(max(0.0, done)))
    channel.send({"type": "progress", "message": message, "fraction": min(1.0, done / length) if length else None})


@cache
def _whisper(path: str, language: str) -> Any:
    """The model, loaded. The parent has looked at the file. Raises `HelperError(CONFIG)`."""
    from pywhispercpp.model import Model

    try:
        # Its log goes where all of standard error goes: into our log file. The library must print nothing on standard
        # output, which is the pipe to the parent.
        made = Model(
            path, language=language, n_threads=processor_count(), print_progress=False, print_realtime=False,
            print_timestamps=False,
        )  # fmt: skip
    except Exception as error:  # the library names no exceptions
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{path} is not a whisper.cpp model that can be loaded.", path=path),
            tr("Choose another file in Settings, Recordings, or none."),
        ) from error
    return made


if __name__ == "__main__":
    serve(handle)
