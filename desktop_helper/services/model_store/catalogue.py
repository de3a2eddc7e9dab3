"""The catalogue: models that llama.cpp reads, as data.

Ours is `resources/models.toml`; `models.toml` beside the settings adds to it, and replaces entries of the same `id`.
What is not known is left out there, never guessed: a hub says the exact sizes before anything is downloaded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import language, tr
from desktop_helper.services.model_store.names import is_id

# Bits that a weight takes on average, where the catalogue does not know the size of the file.
_BITS = {"Q4_K_M": 4.9, "Q5_K_M": 5.7, "Q6_K": 6.6, "Q8_0": 8.5, "F16": 16.0, "BF16": 16.0}
_USUAL_BITS = 4.9
_USUAL_MMPROJ_BYTES = 1_000_000_000
# Beside the weights: about 8,000 tokens of context and what llama.cpp computes in while it reads a 1080p picture.
_WORKING_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """One file of a repository; `bytes` is None if unknown."""

    name: str
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One model to choose.

    Args:
        id: its name on the command line and of its folder.
        title: as shown.
        repo: `owner/name` on the hub.
        files: the model; more than one if it is split, the first is the one to load.
        mmproj: the part that sees; None for a model without.
        revision: branch, tag or commit; empty for the hub's main branch.
        quantisation: e.g. `Q4_K_M`.
        parameters: billions; 0 if unknown.
        active_parameters: billions that take part in each token, less than `parameters` for a mixture of experts.
        context_tokens: that it was trained for; None if unknown.
        licence: its name.
        note: one sentence, in the user's language.
        recommended: False for what only those should take who know why.
    """

    id: str
    title: str
    repo: str
    files: tuple[CatalogueFile, ...]
    mmproj: CatalogueFile | None = None
    revision: str = ""
    quantisation: str = ""
    parameters: float = 0.0
    active_parameters: float = 0.0
    context_tokens: int | None = None
    licence: str = ""
    note: str = ""
    recommended: bool = True

    @property
    def all_files(self) -> tuple[CatalogueFile, ...]:
        """Everything to download."""
        return (*self.files, self.mmproj) if self.mmproj else self.files

    @property
    def bytes(self) -> int | None:
        """Size of the download; None if a part of it is unknown."""
        return _sum(file.bytes for file in self.all_files)

    @property
    def estimated_bytes(self) -> int:
        """`bytes`, or else about as much as so many parameters take."""
        weights = _sum(file.bytes for file in self.files)
        if weights is None:
            weights = round(self.parameters * 1e9 * _BITS.get(self.quantisation, _USUAL_BITS) / 8)
        sight = self.mmproj.bytes or _USUAL_MMPROJ_BYTES if self.mmproj else 0
        return weights + sight

    @property
    def memory_bytes(self) -> int:
        """About what it needs while it answers: weights, context and room to compute."""
        return self.estimated_bytes + _WORKING_BYTES


class Catalogue:
    """Both files, read again on each call, since the user may edit theirs while the app runs."""

    def __init__(self, builtin: Path, users: Path) -> None:
        self._builtin, self._users = builtin, users

    def entries(self) -> list[CatalogueEntry]:
        """All models, the best first: the user's own before ours. Raises `HelperError(CONFIG)`."""
        own = _read(self._users) if self._users.is_file() else []
        ids = {entry.id for entry in own}
        return own + [entry for entry in _read(self._builtin) if entry.id not in ids]

    def get(self, model_id: str) -> CatalogueEntry:
        """One model. Raises `HelperError`: USAGE if there is none of that name, CONFIG if a file is broken."""
        entries = self.entries()
        for entry in entries:
            if entry.id == model_id:
                return entry
        raise HelperError(
            ErrorKind.USAGE,
            tr("There is no model called “{name}” in the catalogue.", name=model_id),
            tr("There are these: {names}.", names=", ".join(entry.id for entry in entries)),
        )


def _sum(sizes: Iterable[int | None]) -> int | None:
    total = 0
    for size in sizes:
        if size is None:
            return None
        total += size
    return total


def _read(path: Path) -> list[CatalogueEntry]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return [_entry(model) for model in _take(table, "models", list, [])]
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors, and so are ours
        raise HelperError(
            ErrorKind.CONFIG,
            tr("The model catalogue {path} cannot be used: {why}.", path=path, why=str(error).rstrip(".")),
            tr("Correct it or delete it."),
        ) from error


def _entry(table: Any) -> CatalogueEntry:
    _check(isinstance(table, dict), "a table was expected")
    model_id = _take(table, "id", str, "")
    _check(is_id(model_id), f"“{model_id}” is not an id: small letters, digits, dots, dashes")
    files = tuple(_file(file) for file in _take(table, "files", list, []))
    _check(bool(files), f"“{model_id}” has no files")
    parameters = _number(table, "parameters")
    return CatalogueEntry(
        id=model_id,
        title=_take(table, "title", str, model_id),
        repo=_take(table, "repo", str, ""),
        files=files,
        mmproj=_file(table["mmproj"]) if "mmproj" in table else None,
        revision=_take(table, "revision", str, ""),
        quantisation=_take(table, "quantisation", str, ""),
        parameters=parameters,
        active_parameters=_number(table, "active_parameters") or parameters,
        context_tokens=_take(table, "context_tokens", int, None),
        licence=_take(table, "licence", str, ""),
        note=_text(table.get("note", "")),
        recommended=_take(table, "recommended", bool, True),
    )


def _file(table: Any) -> CatalogueFile:
    if isinstance(table, str):
        return CatalogueFile(table)
    _check(isinstance(table, dict), "a file is a name, or a table with name and bytes")
    name, size = _take(table, "name", str, ""), _take(table, "bytes", int, None)
    _check(bool(name), "a file has no name")
    _check(size is None or size > 0, f"“bytes” of {name} must be above zero")
    return CatalogueFile(name, size)


def _number(table: dict[str, Any], key: str) -> float:
    value = table.get(key, 0.0)
    _check(isinstance(value, int | float) and not isinstance(value, bool) and value >= 0, f"“{key}” is not a number")
    return float(value)


def _text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get(language(), value.get("en", ""))
    _check(isinstance(value, str), "“note” is not a text")
    return str(value)


def _take(table: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = table.get(key, default)
    _check(value is default or type(value) is kind, f"“{key}” has the wrong type")
    return value


def _check(good: bool, fault: str) -> None:
    if not good:
        raise ValueError(fault)
