"""Pictures and files out of an imported file: nobody knows who made it, so another process looks at each picture."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Moment, Part, TextPart

Convert = Callable[[bytes, str], tuple[MediaPart, ...]]

MAX_BYTES = 64 * 1024 * 1024  # of one picture or video
_DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+(?:;[\w.+=-]+)*;base64,", re.ASCII)
_VIDEOS = (("video/mp4", 4, b"ftyp"), ("video/webm", 0, b"\x1a\x45\xdf\xa3"))


class MediaReader:
    """Makes parts of bytes. What cannot be read becomes a line of text and is counted.

    Args:
        convert: reads a picture in the converter process and returns its parts.
    """

    def __init__(self, convert: Convert) -> None:
        self._convert = convert
        self._read: dict[bytes, ImagePart] = {}
        self.lost = 0

    def picture(self, data: bytes | None, name: str, moment: Moment | None = None) -> Part:
        """The picture as a model gets it. Raises `HelperError(CANCELLED)` only."""
        found = self._image(data, name) if data else None
        return self.missing(name) if found is None else replace(found, name=name, moment=moment)

    def video(self, data: bytes | None, name: str) -> Part:
        """A video, which is kept as a file: only what it is, not what it shows, goes to a model."""
        mime = next((mime for mime, at, mark in _VIDEOS if data and data[at : at + len(mark)] == mark), None)
        if data is None or mime is None:
            return self.missing(name)
        return FilePart(data, mime, name, tr("[a video, which is not read here]"))

    def missing(self, name: str) -> TextPart:
        """What stands in the place of something that cannot be read."""
        self.lost += 1
        return TextPart(tr("[{name} could not be read when it was imported]", name=name))

    def _image(self, data: bytes, name: str) -> ImagePart | None:
        from hashlib import sha256

        key = sha256(data).digest()
        if key not in self._read:
            try:
                parts = self._convert(data, name)
            except HelperError as error:
                if error.kind is ErrorKind.CANCELLED:
                    raise
                return None
            found = next((part for part in parts if isinstance(part, ImagePart)), None)
            if found is None:
                return None
            self._read[key] = found
        return self._read[key]

    def forget(self) -> None:
        """A conversation is over: its pictures need no more room."""
        self._read.clear()


def from_base64(text: object) -> bytes | None:
    """The bytes; None if it is none or too large."""
    if not isinstance(text, str) or len(text) > MAX_BYTES * 4 // 3 + 4:
        return None
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def from_data_url(text: object) -> bytes | None:
    """The bytes of a `data:` address; None if it is none or too large. No other address is ever opened."""
    if not isinstance(text, str):
        return None
    start = _DATA_URL.match(text)
    return from_base64(text[start.end() :].strip()) if start else None
