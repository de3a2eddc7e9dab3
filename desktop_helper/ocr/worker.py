"""The process that reads text in pictures: the networks' memory is gone with it, and what breaks in it is not the app.

Frames from the parent (`services.text_reader`): `warm`, to have the networks loaded, and `read` with a picture as
payload: a file, or with `width` and `height`, raw pixels. Frames back: `progress`, and at the end `done` with the
lines, or `error`. One that is started with `--patient` takes only what others leave of the processors.
"""

from __future__ import annotations

import os
import sys
from functools import cache

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import set_language, tr
from desktop_helper.core.text_lines import to_plain
from desktop_helper.ocr import PATIENT, images
from desktop_helper.ocr.reader import Reader
from desktop_helper.ocr.session import processors

_LOWEST = 19  # of POSIX
_THIS_PROCESS, _IDLE_CLASS = -1, 0x40  # of Windows


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame of the parent."""
    if frame.type == "warm":
        _reader()
        return
    header, data = frame.header, frame.payloads[0]
    set_language(header["language"])
    if "width" in header:
        picture = images.raw(data, header["width"], header["height"])
    else:
        picture = images.decoded(data, str(header["name"]))

    def report(fraction: float, line: int, count: int) -> None:
        message = tr("Reading line {line} of {count}", line=line, count=count) if count else tr("Looking for text")
        channel.send({"type": "progress", "message": message, "fraction": fraction})

    channel.send({"type": "done", "lines": to_plain(_reader().read(picture, report))})


@cache
def _reader() -> Reader:
    return Reader(1 if _is_patient() else processors())


def _is_patient() -> bool:
    return PATIENT in sys.argv[1:]


def _step_back() -> None:
    """Let every other process go first."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetPriorityClass(ctypes.c_void_p(_THIS_PROCESS), _IDLE_CLASS)
    else:
        os.nice(_LOWEST)


if __name__ == "__main__":
    if _is_patient():
        _step_back()
    serve(handle)
