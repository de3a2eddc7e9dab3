"""Pages of documents that only LibreOffice reads, where it is installed."""

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
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.notes import note
from desktop_helper.core.protocols import ConvertOptions

SIDE = "desktop_helper.attachments._office_side"
TIME_LIMIT_S = 45.0  # within the converter's own


def pages(command: str, data: bytes, name: str, suffix: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """The pages of a document as of any PDF, and a note that says so. Raises `HelperError(SOURCE)`.

    Args:
        command: `core.office_program.program()`.
        data: the whole file.
        name: what the user sees.
        suffix: of its kind, e.g. `.doc`.
        options: which pages, and how large.
    """
    text = tr("{name} is in the old format of Office; LibreOffice made these pages of it.", name=name)
    text = sentences(text, _not_on_pages(suffix))
    how = note(tr("{name}, through LibreOffice", name=name), text, fact=True)
    return (how, *printed(command, data, data, name, suffix, options))


def _not_on_pages(suffix: str) -> str:
    """What such a file may hold that is never printed: nobody here can see whether it does."""
    if suffix == ".xls":
        lost = tr("Hidden sheets and comments are not on them, and ### stands where a column is too narrow.")
        return sentences(lost, tr("If it is saved as {suffix}, it is read cell by cell.", suffix=".xlsx"))
    if suffix == ".ppt":
        lost = tr("Hidden slides, notes and comments are not on them.")
        return sentences(lost, tr("If it is saved as {suffix}, all of it is read.", suffix=".pptx"))
    return sentences(
        tr("Comments are not on them."), tr("If it is saved as {suffix}, all of it is read.", suffix=".docx")
    )


def printed(
    command: str,
    data: bytes,
    file: bytes,
    name: str,
    suffix: str,
    options: ConvertOptions,
    *,
    with_text: bool = True,
) -> tuple[MediaPart, ...]:
    """The same without the note, of what was made of a `file`, with or without the text of the pages."""
    options.on_progress(Progress(tr("LibreOffice reads {name}", name=name), None))
    return pdf.made_of(as_pdf(command, data, name, suffix), file, name, options, with_text=with_text)


def texts(made: bytes, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    """What the pages of a PDF say that was made here, those that are wanted and all behind them: that takes no time."""
    return pdf.texts(made, name, replace(wanted, last=LONGEST))


def as_pdf(command: str, data: bytes, name: str, suffix: str) -> bytes:
    """A PDF of it, which is kept: the window with its pages wants the same, and a question about some of them again.

    Raises `HelperError(SOURCE)`.
    """
    import hashlib

    key = hashlib.sha256(b"\0".join((suffix.encode(), os.fsencode(command), data))).hexdigest()
    made = _printed_before.found(key)
    if not made:
        made = _made(command, data, name, suffix)
        _printed_before.keep(key, made)
    return made


def _made(command: str, data: bytes, name: str, suffix: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="desktop-helper-office-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / f"document{suffix}").write_bytes(data)
        try:
            with ChildProcess(child_argv(SIDE)) as side:
                side.send({"type": "print", "program": command, "folder": made, "name": f"document{suffix}"})
                side.receive(TIME_LIMIT_S)
                result = folder / "document.pdf"
                made_of_it = result.read_bytes() if result.is_file() else b""  # when the side ends, the folder goes
        except ChildTimeout:
            raise _too_slow(name) from None
        except ChildDied as death:
            raise _errors.damaged(name) from death
    if b"%PDF-" not in made_of_it[:1024]:
        raise _errors.damaged(name)
    return made_of_it


def _too_slow(name: str) -> HelperError:
    limit = f"{TIME_LIMIT_S:g}"
    return _errors.unreadable(
        tr("{name} could not be read by LibreOffice within {seconds} seconds.", name=name, seconds=limit),
        tr("Open it there, save it as PDF and attach that."),
    )
