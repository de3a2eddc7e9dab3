"""Reads the pictures of questions for the search in the history, a few at a time, while nothing else is to be done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.text_layout import layout
from desktop_helper.ocr import models

if TYPE_CHECKING:
    from desktop_helper.services.history import History
    from desktop_helper.services.text_reader import TextReader

AT_ONCE = 8  # pictures; the rest of a long history comes bit by bit
MOST_WORDS = 20_000  # characters that are kept of one picture

_log = logging.getLogger(__name__)


def read_some(history: History, open_reader: Callable[[], TextReader], cancel: CancelToken) -> int:
    """Read up to `AT_ONCE` pictures that nobody has read, the newest first. Returns how many it were.

    The process that reads them is started if there is one, and ended. One that cannot be read is not tried again.
    Raises `HelperError`: STORAGE, or CANCELLED.
    """
    unread = history.unread_pictures(AT_ONCE) if models.availability().ok else []
    if not unread:
        return 0
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
        _log.info("a picture of the history cannot be read: %s", error.kind)
        return ""
