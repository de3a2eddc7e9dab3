"""Writes chosen conversations in chosen formats into a file or a folder."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from desktop_helper.core import registry
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.services.atomic_file import write_whole
from desktop_helper.services.export.format import Conversation, ExportFormat, ExportOptions, MediaFolder
from desktop_helper.services.history import History
from desktop_helper.services.history_errors import no_conversation
from desktop_helper.services.storage_errors import not_written

if TYPE_CHECKING:
    from typing import Self

_PACKAGE = "desktop_helper.services.export"
_SLUG_LENGTH = 40
_PAGE = 500


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What to export.

    Args:
        ids: conversations of the history.
        formats: as `formats` knows them.
        target: a file for one document; else a folder, which is created.
        into_folder: `target` is a folder, also for one document.
        thinking: with what the model thought.
        force: write over files that are there.
    """

    ids: Sequence[int]
    formats: Sequence[ExportFormat]
    target: Path
    into_folder: bool = False
    thinking: bool = False
    force: bool = False


def formats() -> dict[str, ExportFormat]:
    """Every format under its name."""
    return {found.name: found for found in registry.discover(_PACKAGE, "FORMAT")}


def conversation(history: History, conversation_id: int) -> Conversation:
    """One conversation to export. Raises `HelperError(USAGE)` if it is not there."""
    info = history.info(conversation_id)
    messages = history.messages(conversation_id) if info else []
    if info is None or not messages:
        raise no_conversation(conversation_id)
    return Conversation(info, messages)


def export(
    history: History, job: ExportJob, cancel: CancelToken, on_progress: Callable[[Progress], None]
) -> list[Path]:
    """Write everything and return the documents, without the pictures beside them.

    Every file is whole or not there. If one cannot be written or the user stops it, those of the conversation that was
    being written go, and those of earlier ones stay. Raises `HelperError`: USAGE, STORAGE or CANCELLED.
    """
    documents: list[Path] = []
    single = [form for form in job.formats if not form.joined]
    watch = _Watch(len(job.ids), cancel, on_progress)
    if single:
        for found in _read(history, job.ids, watch):
            name = file_name(found.info.id, found.info.title)
            documents += [_write(job, form, [found], name, watch) for form in single]
    for form in (form for form in job.formats if form.joined):
        documents.append(_write(job, form, _read(history, job.ids, watch), form.name, watch))
    return documents


def as_text(form: ExportFormat, found: Conversation, *, thinking: bool) -> str:
    """The document alone, for standard output: pictures only where the format holds them itself."""
    return form.render([found], ExportOptions(thinking))


def every_conversation(history: History) -> list[int]:
    """The numbers of all of them. Raises `HelperError(USAGE)` if there are none."""
    ids: dict[int, None] = {}  # a conversation that changes meanwhile moves in the list and may be met twice
    offset = 0
    while page := history.conversations(_PAGE, offset):
        ids |= dict.fromkeys(one.id for one in page)
        offset += len(page)
    if not ids:
        raise HelperError(ErrorKind.USAGE, tr("There are no conversations yet."))
    return list(ids)


def file_name(number: int, title: str) -> str:
    """`12-What-is-this`: the number, and what of the title any file system takes."""
    letters = unicodedata.normalize("NFC", title)
    slug = "-".join(re.findall(r"\w+", letters))[:_SLUG_LENGTH].strip("-")
    return f"{number}-{slug}" if slug else str(number)


def _read(history: History, ids: Sequence[int], watch: _Watch) -> Iterator[Conversation]:
    for number, conversation_id in enumerate(ids):
        watch.on_conversation(number)
        yield conversation(history, conversation_id)


@dataclass(frozen=True, slots=True)
class _Watch:
    """Tells how far an export is, in conversations, or in the messages of a single one. Ends it when it is stopped."""

    conversations: int
    cancel: CancelToken
    on_progress: Callable[[Progress], None]

    def on_conversation(self, number: int) -> None:
        self.cancel.raise_if_cancelled()
        if self.conversations > 1:
            said = tr("Exporting {number} of {total}", number=number + 1, total=self.conversations)
            self.on_progress(Progress(said, number / self.conversations))

    def on_message(self, number: int, total: int) -> None:
        self.cancel.raise_if_cancelled()
        if self.conversations == 1:
            said = tr("Exporting message {number} of {total}", number=number + 1, total=total)
            self.on_progress(Progress(said, number / total))


def _write(job: ExportJob, form: ExportFormat, found: Iterable[Conversation], name: str, watch: _Watch) -> Path:
    document = _document(job, form, name)

    def save(path: str, data: bytes) -> None:
        watch.cancel.raise_if_cancelled()
        written.add_below(document.parent / path, data)

    with _Written(job.force) as written:
        if not document.parent.exists() and document != job.target:
            written.make_folder(document.parent)
        written.refuse(document)
        options = ExportOptions(job.thinking, MediaFolder(f"{document.stem}-files", save), watch.on_message)
        text = form.render(found, options)
        watch.cancel.raise_if_cancelled()
        written.add(document, text.encode("utf-8", "replace"))  # last: it never names what is not there
    return document


def _document(job: ExportJob, form: ExportFormat, name: str) -> Path:
    """One document goes where the user says; several go into the folder that they name."""
    one = len(job.formats) == 1 and (form.joined or len(job.ids) == 1)
    if one and not job.into_folder and not job.target.is_dir():
        return job.target
    if job.target.exists() and not job.target.is_dir():
        raise HelperError(
            ErrorKind.USAGE,
            tr("{path} is a file, and several documents need a folder.", path=job.target),
            tr("Name a folder; it is created."),
        )
    return job.target / (name + form.suffix)


class _Written:
    """Files of one document: all of them, or none."""

    def __init__(self, force: bool) -> None:
        self._force = force
        self._made: list[Path] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            for path in reversed(self._made):
                with contextlib.suppress(OSError):
                    path.rmdir() if path.is_dir() else path.unlink()

    def refuse(self, path: Path) -> None:
        """Raises `HelperError(USAGE)` if a file is there that must stay. Devices and pipes are written to."""
        if not self._force and (path.is_file() or path.is_dir()):
            raise HelperError(
                ErrorKind.USAGE,
                tr("{path} is there already, and is not written over.", path=path),
                tr("Choose another place."),
                command_fix=tr("On the command line, --force writes over it."),
            )

    def make_folder(self, folder: Path) -> None:
        """Raises `HelperError(STORAGE)`."""
        try:
            folder.mkdir()
        except FileExistsError:
            return
        except OSError as error:
            raise not_written(folder, error) from error
        self._made.append(folder)

    def add_below(self, path: Path, data: bytes) -> None:
        """The same in a folder that may not be there yet, while its own one is."""
        self.make_folder(path.parent)
        self.add(path, data)

    def add(self, path: Path, data: bytes) -> None:
        """Write a file whole. Raises `HelperError`: USAGE or STORAGE."""
        self.refuse(path)
        there = path.exists()
        try:
            write_whole(path, data)
        except OSError as error:
            raise not_written(path, error) from error
        if not there:
            self._made.append(path)
