"""Reads the pictures of questions for the search in the history, a few at a time, while nothing else is to be done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame
from desktop_helper.core.text_layout import layout
from desktop_helper.ocr import models

if TYPE_CHECKING:
    from desktop_helper.services.history import History
    from desktop_helper.services.text_reader import TextReader

AT_ONCE = 8  # pictures; the rest of a long history comes bit by bit
MOST_AT_ONCE = 64  # of one question: the pages of a document, or the frames of a video
MOST_WORDS = 20_000  # characters that are kept of one picture

_BLANK = Frame(bytes(64 * 64 * 4), Rect(0, 0, 64, 64))

_log = logging.getLogger(__name__)


def read_some(history: History, open_reader: Callable[[], TextReader], cancel: CancelToken) -> int:
    """Read pictures that nobody has read: all of the newest question, and a few in any case. Returns how many it were.

    The process that reads them is started if there is one, and ended. One that cannot be read is not tried again.
    Raises `HelperError`: STORAGE, CANCELLED, or WORKER if no picture at all can be read; then all of them wait.
    """
    found = history.unread_pictures(MOST_AT_ONCE) if models.availability().ok else []
    if not found:
        return 0
    newest = found[0][1]
    unread = [sha256 for number, (sha256, message) in enumerate(found) if message == newest or number < AT_ONCE]
    reader = open_reader()
    try:
        for sha256 in unread:
            cancel.raise_if_cancelled()
            history.add_words(sha256, _words(history.blob(sha256), reader, cancel))
    finally:
        reader.close()
    return len(unread)


def _words(data: bytes | None, reader: TextReader, cancel: CancelToken) -> str:
    if data is None:  # gone from the folder
        return ""
    try:
        return layout(reader.read(data, "", cancel))[:MOST_WORDS]
    except HelperError as error:
        if error.kind is ErrorKind.CANCELLED:
            raise
        if error.kind is ErrorKind.WORKER:
            reader.read_pixels(_BLANK, "", cancel)  # raises if it is not for this picture that it stopped
        _log.info("a picture of the history cannot be read: %s", error.kind)
        return ""
