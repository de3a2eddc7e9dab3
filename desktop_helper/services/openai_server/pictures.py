"""Pictures of strangers, decoded in the converter process, which they may crash or fill without harm."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.openai_server.content import ReadPicture
from desktop_helper.services.openai_server.refusal import of_error

Convert = Callable[[bytes, str, ConvertOptions, CancelToken], tuple[MediaPart, ...]]

KEPT = 64


class Pictures:
    """Reads pictures, and remembers the last ones: a client sends all of a conversation's with every question.

    Args:
        convert: `services.converter.Converter.convert_bytes`.
        max_tokens: pictures above this are made smaller.
        kept: how many are remembered.
    """

    def __init__(self, convert: Convert, max_tokens: int, kept: int = KEPT) -> None:
        self._convert = convert
        self._options = ConvertOptions(max_tokens)
        self._kept = kept
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[MediaPart, ...]] = OrderedDict()

    def reader(self, cancel: CancelToken) -> ReadPicture:
        """What `request.translate` takes, for one request."""
        count = 0

        def read(data: bytes, param: str) -> tuple[MediaPart, ...]:
            nonlocal count
            count += 1
            return self._read(data, tr("Picture {number}", number=count), param, cancel)

        return read

    def _read(self, data: bytes, name: str, param: str, cancel: CancelToken) -> tuple[MediaPart, ...]:
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            known = self._known.get(digest)
            if known is not None:
                self._known.move_to_end(digest)
                return known
        try:
            parts = self._convert(data, name, self._options, cancel)
        except HelperError as error:
            if error.kind is ErrorKind.CANCELLED:
                raise
            refusal = of_error(error)
            refusal.param = param
            raise refusal from error
        with self._lock:
            self._known[digest] = parts
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return parts
