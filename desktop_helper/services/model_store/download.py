"""Downloads a model: asks what there is, makes sure that it fits, brings the files, checks each, then says it is here.

A file has its name only once it is complete and checked; until then it is a part, which the next try goes on with.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlsplit

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.answers import refusal
from desktop_helper.services.model_store.catalogue import CatalogueEntry
from desktop_helper.services.model_store.checking import check
from desktop_helper.services.model_store.endpoint import is_modelscope
from desktop_helper.services.model_store.folder_lock import LOCK_FILE, folder_locked
from desktop_helper.services.model_store.hub import HuggingFaceHub, RemoteFile
from desktop_helper.services.model_store.modelscope import ModelScopeHub
from desktop_helper.services.model_store.names import checked_repo, inside
from desktop_helper.services.model_store.patience import Patience, patiently
from desktop_helper.services.model_store.progress import Meter, OnProgress, Phase
from desktop_helper.services.model_store.records import RECORD, InstalledModel, read_record, write_record
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.services.model_store.transfer import Transfer, finish, part_of, size_of
from desktop_helper.services.storage_errors import storage_error

if TYPE_CHECKING:
    from desktop_helper.services.egress_hub import HubConnection

T = TypeVar("T")
_SPARE_BYTES = 256 << 20  # of the disk, which nothing here may fill to the brim
_ENDING = ".gguf"


class Hub(Protocol):
    """Where files are listed."""

    def files(self, repo: str, revision: str = "") -> dict[str, RemoteFile]:
        """Files whose size and checksum are known, by name."""

    def file(self, repo: str, name: str, revision: str = "") -> RemoteFile | None:
        """One that is not listed with its checksum."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One file to bring. `projector` as `check` takes it."""

    remote: RemoteFile
    target: Path
    projector: bool | None

    @property
    def part(self) -> Path:
        return part_of(self.target, self.remote)

    @property
    def there(self) -> int:
        """Bytes that need not be brought."""
        return size_of(self.target) or min(size_of(self.part), self.remote.bytes)


class Download:
    """One download; `run` may be called again after it was stopped.

    Args:
        entry: what.
        endpoint: from where.
        connection: made by `Egress.hub` for that endpoint; the caller closes it.
        folder: of this model.
        cancel: stops it within a second; what arrived is kept.
        on_progress: called on the thread of `run`, a few times a second.
        patience: with faults that may pass.
    """

    def __init__(
        self,
        entry: CatalogueEntry,
        endpoint: str,
        connection: HubConnection,
        folder: Path,
        cancel: CancelToken,
        on_progress: OnProgress,
        patience: Patience,
    ) -> None:
        self._entry, self._endpoint, self._connection = entry, endpoint, connection
        self._folder, self._cancel, self._patience = folder, cancel, patience
        self._meter = Meter(on_progress)
        self._host = urlsplit(endpoint).hostname or ""

    def run(self) -> InstalledModel:
        """Bring, check, record. Raises `HelperError`; a file is complete then, or it is not there."""
        checked_repo(self._entry.repo)
        for file in self._entry.all_files:
            self._target(file.name)  # a bad name is refused before anything is asked or made
        try:
            with self._folder_held():
                pieces = self._pieces()
                self._bring_all(pieces)
                self._record(pieces)
        except OSError as error:
            raise storage_error(self._folder, error) from error
        model = read_record(self._folder)
        if model is None:
            raise storage_error(self._folder / RECORD, OSError())
        return model

    @contextlib.contextmanager
    def _folder_held(self) -> Iterator[None]:
        """The folder, made if need be, for us alone; gone again if nothing came into it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        forget = self._cancel.on_cancel(self._connection.hang_up)
        try:
            with folder_locked(self._folder):
                try:
                    yield
                finally:
                    if {path.name for path in self._folder.iterdir()} <= {LOCK_FILE}:
                        shutil.rmtree(self._folder, ignore_errors=True)
        finally:
            forget()

    def _pieces(self) -> list[_Piece]:
        self._meter.begin(Phase.ASKING)
        hub: Hub = (ModelScopeHub if is_modelscope(self._endpoint) else HuggingFaceHub)(
            self._endpoint, self._connection
        )
        listed = self._patiently(lambda: hub.files(self._entry.repo, self._entry.revision))
        pieces = []
        for number, file in enumerate(self._entry.files):
            found = self._find(hub, listed, file.name)
            pieces += [
                _Piece(remote, self._target(remote.name), False if number == at == 0 else None)
                for at, remote in enumerate(found)
            ]
        if self._entry.mmproj:
            (remote,) = self._find(hub, listed, self._entry.mmproj.name)[:1]
            pieces.append(_Piece(remote, self._target(remote.name), True))
        if len({str(piece.target).casefold() for piece in pieces}) < len(pieces):
            raise refusal(self._host, 404)
        return pieces

    def _find(self, hub: Hub, listed: dict[str, RemoteFile], name: str) -> list[RemoteFile]:
        """The file of that name, or the numbered ones that it has since been split into."""
        if name in listed:
            return [listed[name]]
        split = re.compile(re.escape(name.removesuffix(_ENDING)) + r"-(\d{5})-of-(\d{5})" + re.escape(_ENDING))
        for total in sorted({found[2] for other in listed if (found := split.fullmatch(other))}):
            stem = name.removesuffix(_ENDING)
            numbered = [f"{stem}-{number:05}-of-{total}{_ENDING}" for number in range(1, int(total) + 1)]
            if numbered and all(other in listed for other in numbered):
                return [listed[other] for other in numbered]
        one = self._patiently(lambda: hub.file(self._entry.repo, name, self._entry.revision))
        if one is not None:
            return [one]
        raise HelperError(
            ErrorKind.MODEL,
            tr("{host} has no checksum for {name}, so it cannot be checked.", host=self._host, name=name),
            tr("Choose another model server, or download it in your browser and add the files."),
        )

    def _patiently(self, ask: Callable[[], T]) -> T:
        return patiently(ask, self._patience, self._cancel, self._meter.wait)

    def _bring_all(self, pieces: list[_Piece]) -> None:
        for piece in pieces:
            self._keep_if_right(piece)
        total = sum(piece.remote.bytes for piece in pieces)
        missing = total - sum(piece.there for piece in pieces)
        free = shutil.disk_usage(self._folder).free
        if missing and free < missing + _SPARE_BYTES:
            raise HelperError(
                ErrorKind.STORAGE,
                tr(
                    "The disk has room for {free}, but {needed} are needed.",
                    free=size_text(max(0, free - _SPARE_BYTES)),
                    needed=size_text(missing),
                ),
                tr("Free some space, or set another “folder” under [models] in the settings file."),
            )
        self._meter.begin(Phase.DOWNLOADING)
        for piece in pieces:
            if not piece.target.exists():
                others = sum(other.there for other in pieces if other is not piece)
                self._bring(piece, others, total)

    def _bring(self, piece: _Piece, others: int, total: int) -> None:
        piece.target.parent.mkdir(parents=True, exist_ok=True)
        name = piece.target.name
        Transfer(
            self._connection.http,
            piece.remote,
            piece.part,
            self._cancel,
            lambda done: self._meter.tell(Phase.DOWNLOADING, name, others + done, total),
            self._meter.wait,
        ).run(self._patience)
        try:
            self._check(piece, piece.part)
        except HelperError as error:
            if error.kind is ErrorKind.MODEL:
                piece.part.unlink(missing_ok=True)
            raise
        finish(piece.part, piece.target)

    def _keep_if_right(self, piece: _Piece) -> None:
        """A file of an earlier try stays if it is still the one that the hub has."""
        if not piece.target.exists():
            return
        try:
            self._check(piece, piece.target)
        except HelperError as error:
            if error.kind is not ErrorKind.MODEL:
                raise
            piece.target.unlink()

    def _check(self, piece: _Piece, path: Path) -> None:
        def tell(done: int) -> None:
            self._meter.tell(Phase.CHECKING, piece.target.name, done, piece.remote.bytes)

        self._meter.begin(Phase.CHECKING)
        check(path, piece.remote, piece.projector, self._cancel, tell)

    def _record(self, pieces: list[_Piece]) -> None:
        names = [(piece.target.relative_to(self._folder).as_posix(), piece.projector) for piece in pieces]
        write_record(
            self._folder,
            self._entry.title,
            [name for name, projector in names if not projector],
            next((name for name, projector in names if projector), None),
            source=self._entry.repo,
        )

    def _target(self, name: str) -> Path:
        path = inside(self._folder, name)
        if not name.lower().endswith(_ENDING):
            raise HelperError(
                ErrorKind.MODEL,
                tr("{name} is not a GGUF model file.", name=path.name),
                tr("Choose a file that ends in .gguf and is one."),
            )
        return path
