"""A document that has a reader of ours and that LibreOffice can print, and how one of an old format becomes such."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from desktop_helper.attachments import _libreoffice
from desktop_helper.attachments._document import Document

LEAST_S = 5.0  # that remain for its pages: if that is too little, it goes without them

Tell = Callable[[Document], None]


class Old:
    """A file of an old format, of which LibreOffice makes one of today, once.

    Args:
        command: `core.office_program.program()`.
        file: all of it.
        name: what the user sees.
        suffix: of its kind, e.g. `.xls`.
    """

    def __init__(self, command: str, file: bytes, name: str, suffix: str) -> None:
        self.suffix = suffix
        self._command, self._file, self._name = command, file, name
        self._made = b""
        self._took_s = 0.0

    def converted(self) -> bytes:
        """The new file. Raises `HelperError(SOURCE)`."""
        if not self._made:
            begun = time.monotonic()
            self._made = _libreoffice.modern(self._command, self._file, self._name, self.suffix)
            self._took_s = time.monotonic() - begun
        return self._made

    @property
    def left_s(self) -> float:
        """What LibreOffice may take for its pages: both are within the limit of one."""
        return max(LEAST_S, _libreoffice.TIME_LIMIT_S - self._took_s)


@dataclass(frozen=True, slots=True)
class Source:
    """What a document is read and printed from.

    Args:
        file: the whole file, as it is.
        name: what the user sees.
        suffix: of its kind, whatever its name says; of an old file, that of the new one.
        tell: has a `Document` told what its own reader finds.
        old: if it is of an old format.
    """

    file: bytes
    name: str
    suffix: str
    tell: Tell
    old: Old | None = None

    @property
    def printed(self) -> tuple[bytes, str]:
        """What LibreOffice makes pages of, and its suffix: an old file loses nothing on the way there."""
        return self.file, self.suffix if self.old is None else self.old.suffix

    @property
    def modern(self) -> bytes:
        """The file in a format of today. Raises `HelperError(SOURCE)`."""
        return self.file if self.old is None else self.old.converted()

    @property
    def limit_s(self) -> float:
        """What LibreOffice may take for its pages."""
        return _libreoffice.TIME_LIMIT_S if self.old is None else self.old.left_s
