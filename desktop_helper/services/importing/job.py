"""Brings files into the history."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.services.history import History
from desktop_helper.services.history_records import ImportedConversation
from desktop_helper.services.importing import own_json
from desktop_helper.services.importing.ancestor import SIGNATURE, AncestorFile
from desktop_helper.services.importing.media import Convert, MediaReader


@dataclass(slots=True)
class ImportReport:
    """What became of a file, so far while it is read.

    Args:
        imported: conversations that are new in the history.
        known: those that were there already, perhaps longer by now.
        damaged: conversations and messages that could not be used.
        lost: pictures and files in the others that could not be read; a line stands in their place.
    """

    imported: int = 0
    known: int = 0
    damaged: int = 0
    lost: int = 0


def import_file(
    history: History,
    path: Path,
    convert: Convert,
    cancel: CancelToken,
    on_progress: Callable[[Progress], None],
    report: ImportReport | None = None,
) -> ImportReport:
    """Add what `path` holds and the history does not. Doing it twice adds nothing.

    Each conversation is added whole or not at all; those that were added before an error stay.
    Raises `HelperError`: SOURCE if the file cannot be read, STORAGE if the history cannot be written, CANCELLED.

    Args:
        history: where to.
        path: an exported conversation (`services.export.json`), or a `vlm_helper.db`.
        convert: reads a picture in the converter process.
        cancel: stops it between two pictures.
        on_progress: told how far it is.
        report: what is returned; it counts what came in before an error, too.
    """
    media = MediaReader(convert)
    report = ImportReport() if report is None else report
    ancestor = AncestorFile(path, media, cancel) if _is_database(path) else None
    with closing(ancestor.conversations() if ancestor else _single(path, media)) as found:
        for number, record in enumerate(found, 1):
            cancel.raise_if_cancelled()
            total = ancestor.total if ancestor else 1
            on_progress(Progress(tr("Importing {number} of {total}", number=number, total=total), number / total))
            if history.add_conversation(record) is None:
                report.known += 1
            else:
                report.imported += 1
            report.lost = media.lost
    report.damaged = ancestor.damaged if ancestor else 0
    report.lost = media.lost
    return report


def _single(path: Path, media: MediaReader) -> Generator[ImportedConversation]:
    yield own_json.read(path, media)


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(SIGNATURE)) == SIGNATURE
    except OSError as error:
        raise own_json.unreadable(path, error.strerror or type(error).__name__) from None
