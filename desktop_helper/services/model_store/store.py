"""The models folder: list, add, download, remove, and make one the model that answers."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.files import first_part
from desktop_helper.core.i18n import tr
from desktop_helper.services.model_store.catalogue import Catalogue, CatalogueEntry
from desktop_helper.services.model_store.download import Download
from desktop_helper.services.model_store.endpoint import checked
from desktop_helper.services.model_store.folder_lock import LOCK_FILE, folder_locked
from desktop_helper.services.model_store.machine import Machine, recommended
from desktop_helper.services.model_store.names import id_from, inside, is_id, visible
from desktop_helper.services.model_store.own_files import add_files
from desktop_helper.services.model_store.patience import USUAL_PATIENCE, Patience
from desktop_helper.services.model_store.progress import OnProgress
from desktop_helper.services.model_store.records import (
    RECORD,
    InstalledModel,
    UnfinishedModel,
    installed,
    read_record,
    unfinished,
)
from desktop_helper.services.settings import ProfileSettings, Settings, SettingsStore
from desktop_helper.services.storage_errors import storage_error

if TYPE_CHECKING:
    from desktop_helper.services.egress import Egress

LOCAL_PROVIDER = "local"


class ModelStore:
    """All of it over one folder. May be used from any thread; one download a model at a time, over all processes.

    Args:
        folder: asked for on each call, since it can be set while the app runs.
        catalogue: what there is to choose.
        egress: makes the connections.
    """

    def __init__(self, folder: Callable[[], Path], catalogue: Catalogue, egress: Egress) -> None:
        self._folder = folder
        self.catalogue = catalogue
        self._egress = egress

    @property
    def folder(self) -> Path:
        """Where models are kept."""
        return self._folder()

    def installed(self) -> list[InstalledModel]:
        """All models that are complete, and the user's own."""
        return installed(self.folder)

    def unfinished(self) -> list[UnfinishedModel]:
        """Downloads that stopped; `download` goes on with them, `remove` forgets them."""
        return unfinished(self.folder)

    def get(self, model_id: str) -> InstalledModel:
        """One model. Raises `HelperError(USAGE)` if it is not here."""
        model = read_record(self.folder / model_id) if is_id(model_id) else None
        if model is None:
            raise HelperError(
                ErrorKind.USAGE,
                tr("There is no model called “{name}” on this machine.", name=model_id),
                command_fix=tr("“desktop-helper models list” shows those there are."),
            )
        return model

    def recommend(self, machine: Machine) -> CatalogueEntry | None:
        """The best model of the catalogue for `machine`."""
        return recommended(self.catalogue.entries(), machine)

    def add(
        self,
        gguf: Path,
        mmproj: Path | None = None,
        *,
        name: str = "",
        copy: bool = False,
        cancel: CancelToken | None = None,
        on_bytes: Callable[[int, int], None] = lambda done, total: None,
    ) -> InstalledModel:
        """Take the user's own files into the list, where they are or as copies; once more, e.g. with an mmproj file.

        Raises `HelperError`: USAGE if the name is taken, MODEL or CONFIG if llama.cpp could not use the files, STORAGE.
        """
        gguf = first_part(gguf)
        model_id = _checked_id(name or id_from(gguf.stem))
        folder = inside(self.folder, model_id)
        if (folder / RECORD).exists():
            here = read_record(folder)
            if copy or here is None or not here.referenced or here.gguf != gguf.expanduser().absolute():
                raise _taken(model_id)
            mmproj = mmproj or here.mmproj
        return add_files(folder, gguf, mmproj, copy=copy, cancel=cancel or CancelToken(), on_bytes=on_bytes)

    def download(
        self,
        entry: CatalogueEntry,
        endpoint: str,
        on_progress: OnProgress,
        cancel: CancelToken,
        patience: Patience = USUAL_PATIENCE,
    ) -> InstalledModel:
        """Bring a model, or the rest of one. `cancel` stops it so that the next call goes on.

        Raises `HelperError`. Whatever happens, each file is complete and checked, or absent.
        """
        endpoint = checked(endpoint)
        folder = inside(self.folder, _checked_id(entry.id))
        here = read_record(folder)
        if here is not None and here.source != entry.repo:
            raise _taken(entry.id)
        connection = self._egress.hub(endpoint)
        with contextlib.closing(connection):
            return Download(entry, endpoint, connection, folder, cancel, on_progress, patience).run()

    def remove(self, model_id: str) -> int:
        """Delete a model, or what is left of a download; returns the bytes that are free now.

        Files that were added where they are stay there. Raises `HelperError`: USAGE if it is not here, STORAGE.
        """
        folder = self.folder / model_id
        if not is_id(model_id) or not folder.is_dir() or folder.is_symlink():
            self.get(model_id)
            return 0
        try:
            with folder_locked(folder):
                freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                (folder / RECORD).unlink(missing_ok=True)  # from here on it is not listed, whatever fails below
                _empty(folder)
            shutil.rmtree(folder)
        except OSError as error:
            raise storage_error(folder, error) from error
        return freed


def _empty(folder: Path) -> None:
    """Without the lock, which Windows does not delete while it is held."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK_FILE:
            path.unlink()


def _checked_id(model_id: str) -> str:
    if not is_id(model_id):
        raise HelperError(
            ErrorKind.USAGE,
            tr("“{name}” cannot name a model.", name=visible(model_id)),
            tr("Use small letters, digits, dots and dashes."),
        )
    return model_id


def _taken(model_id: str) -> HelperError:
    return HelperError(
        ErrorKind.USAGE,
        tr("There is a model called “{name}” already.", name=model_id),
        tr("Give the new one another name, or take the other one off the list; files of your own stay where they are."),
    )


def use(settings: SettingsStore, model: InstalledModel) -> str:
    """Make `model` the one that answers; returns the name of its profile. Raises as `SettingsStore.update` does."""

    def change(current: Settings) -> Settings:
        name, profile = proposed_profile(current, model)
        return replace(current, active_profile=name, profiles={**current.profiles, name: profile})

    return settings.update(change).active_profile


def proposed_profile(settings: Settings, model: InstalledModel) -> tuple[str, ProfileSettings]:
    """The profile that would let `model` answer, and its name: with what the user chose for it, and nobody else's."""
    name = profile_of(settings, model) or model.id
    before = settings.profiles.get(name)
    if before is not None and before.provider != LOCAL_PROVIDER:
        number = 1
        while (name := f"{model.id}-local{number if number > 1 else ''}") in settings.profiles:
            number += 1
        before = None
    mmproj = str(model.mmproj) if model.mmproj is not None else ""
    return name, replace(before or ProfileSettings(LOCAL_PROVIDER), gguf=str(model.gguf), mmproj=mmproj)


def profile_of(settings: Settings, model: InstalledModel) -> str:
    """The profile that already uses `model`, or nothing."""
    found = (
        name
        for name, profile in settings.profiles.items()
        if profile.provider == LOCAL_PROVIDER and profile.gguf == str(model.gguf)
    )
    return next(found, "")
