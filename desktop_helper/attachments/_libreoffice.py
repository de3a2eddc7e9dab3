"""What LibreOffice makes of documents, where it is installed: pages, and files of today of those in old formats."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from desktop_helper.attachments import _errors, _printed_before, pdf
from desktop_helper.core.child import ChildDied, ChildProcess, ChildTimeout, child_argv
from desktop_helper.core.documents import LONGEST, PageReading, PageText
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import ConvertOptions

SIDE = "desktop_helper.attachments._office_side"
TIME_LIMIT_S = 45.0  # of all that it makes of one file: within the converter's own
_ZIP = b"PK\x03\x04"


def printed(
    command: str,
    data: bytes,
    file: bytes,
    name: str,
    suffix: str,
    options: ConvertOptions,
    *,
    with_text: bool,
    limit_s: float,
) -> tuple[MediaPart, ...]:
    """The pages of a document as of any PDF. Raises `HelperError(SOURCE)`.

    Args:
        command: `core.office_program.program()`.
        data: what is printed.
        file: what that was made of: the whole file.
        name: what the user sees.
        suffix: of the kind of `data`, e.g. `.doc`.
        options: which pages, and how large.
        with_text: of the pages.
        limit_s: what LibreOffice may take.
    """
    options.on_progress(Progress(reads(name), None))
    made = as_pdf(command, data, name, suffix, limit_s)
    return pdf.made_of(made, file, name, options, with_text=with_text)


def reads(name: str) -> str:
    """What is said while it works."""
    return tr("LibreOffice reads {name}", name=name)


def texts(made: bytes, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    """What the pages of a PDF say that was made here, those that are wanted and all behind them: that takes no time."""
    return pdf.texts(made, name, replace(wanted, last=LONGEST))


def as_pdf(command: str, data: bytes, name: str, suffix: str, limit_s: float) -> bytes:
    """A PDF of it. Raises `HelperError(SOURCE)`."""
    return _kept(command, data, name, (suffix, ".pdf"), limit_s)


def modern(command: str, data: bytes, name: str, suffix: str) -> bytes:
    """The same document in the format that took the place of its own, e.g. `.docx`. Raises `HelperError(SOURCE)`."""
    return _kept(command, data, name, (suffix, f"{suffix}x"), TIME_LIMIT_S)


def _kept(command: str, data: bytes, name: str, suffixes: tuple[str, str], limit_s: float) -> bytes:
    """What is made is kept: the window with its pages wants the same, and a question about some of them again."""
    import hashlib

    key = hashlib.sha256(b"\0".join((*map(str.encode, suffixes), os.fsencode(command), data))).hexdigest()
    made = _printed_before.found(key)
    if not made:
        made = _made(command, data, name, suffixes, limit_s)
        _printed_before.keep(key, made)
    return made


def _made(command: str, data: bytes, name: str, suffixes: tuple[str, str], limit_s: float) -> bytes:
    before, after = suffixes
    with tempfile.TemporaryDirectory(prefix="desktop-helper-office-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / f"document{before}").write_bytes(data)
        wanted = {"type": "convert", "program": command, "folder": made, "to": after[1:]}
        try:
            with ChildProcess(child_argv(SIDE)) as side:
                side.send(wanted | {"name": f"document{before}"})
                side.receive(limit_s)
                result = folder / f"document{after}"
                made_of_it = result.read_bytes() if result.is_file() else b""  # when the side ends, the folder goes
        except ChildTimeout:
            raise _too_slow(name) from None
        except ChildDied as death:
            raise _errors.damaged(name) from death
    if not (b"%PDF-" in made_of_it[:1024] if after == ".pdf" else made_of_it.startswith(_ZIP)):
        raise _errors.damaged(name)
    return made_of_it


def _too_slow(name: str) -> HelperError:
    limit = f"{TIME_LIMIT_S:g}"
    return _errors.unreadable(
        tr("{name} could not be read by LibreOffice within {seconds} seconds.", name=name, seconds=limit),
        tr("Open it there, save it as PDF and attach that."),
    )
