"""What was found out about servers: which fields of a request they refuse, and what their models can do.

One small file for each model at each address, in the cache: it can all be found out again. What is a month old is not
believed any more, since servers get newer.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

FOLDER = "servers"  # in the cache
BELIEVED_S = 30 * 24 * 3600
_MOST_MODELS = 500  # of a list; there are hubs with thousands


@dataclass(frozen=True, slots=True)
class Abilities:
    """What one model at one server did when it was tried. None: it was not tried, or it could not be told.

    Args:
        tested: when, in seconds since 1970.
        first_s: until it began to answer a short question.
        models: the ids that the server lists; empty if it has no list.
        pictures: it took one.
        sees: it said what is in it.
        thinks: it thought before it answered when it was asked to.
        can_skip_thinking: it answered at once when it was asked to.
        tools: it took the description of a tool.
    """

    tested: float
    first_s: float
    models: tuple[str, ...] = ()
    pictures: bool | None = None
    sees: bool | None = None
    thinks: bool | None = None
    can_skip_thinking: bool | None = None
    tools: bool | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """About one model at one server. `refused`: names of request fields."""

    refused: tuple[str, ...] = ()
    abilities: Abilities | None = None


class KnownServers:
    """Any thread, and several processes at once: whoever writes last is believed.

    Args:
        folder: made when there is something to keep.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def get(self, base_url: str, model: str) -> Known:
        """What is known; nothing if that cannot be read."""
        try:
            file = self._file(base_url, model)
            if time.time() - file.stat().st_mtime > BELIEVED_S:
                return Known()
            return _known(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
            return Known()

    def refuse(self, base_url: str, model: str, names: tuple[str, ...]) -> None:
        """Note that the server refuses these fields."""
        with self._lock:
            known = self.get(base_url, model)
            self._write(base_url, model, replace(known, refused=tuple(dict.fromkeys((*known.refused, *names)))))

    def keep(self, base_url: str, model: str, abilities: Abilities) -> None:
        """Note what a model can do."""
        with self._lock:
            known = self.get(base_url, model)
            shorter = replace(abilities, models=abilities.models[:_MOST_MODELS])
            self._write(base_url, model, replace(known, abilities=shorter))

    def forget(self, base_url: str, model: str) -> None:
        """Believe nothing of it any more."""
        with contextlib.suppress(OSError):
            self._file(base_url, model).unlink()

    def _file(self, base_url: str, model: str) -> Path:
        import hashlib  # brings OpenSSL, which the idle app does not need

        digest = hashlib.sha256(f"{base_url}\n{model}".encode()).hexdigest()[:16]
        return self._folder / f"{digest}.json"

    def _write(self, base_url: str, model: str, known: Known) -> None:
        """As a whole or not at all; a cache that cannot be written is none."""
        text = json.dumps({"base_url": base_url, "model": model, **asdict(known)}, ensure_ascii=False, indent=1)
        file = self._file(base_url, model)
        temporary = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(file)


@runtime_checkable
class ListsModels(Protocol):
    """A backend that can also tell which models its server has."""

    def models(self, cancel: CancelToken) -> tuple[str, ...]:
        """Their ids; none if the server has no such list. Raises `HelperError`."""
        ...


def see_the_list() -> str:
    """What to do about a model that is not there."""
    return tr("Check the model and the server address; “Test connection” in Settings names the models there.")


def with_models(error: HelperError, model: str, names: Sequence[str]) -> HelperError:
    """What a test says of an `error` about `model`: with the other models that are there, if the server lists them."""
    others = [name for name in names if name != model]
    if error.kind != ErrorKind.MODEL or not (others or error.fix == see_the_list()):
        return error
    if not others:
        return HelperError(error.kind, error.message, tr("Check the model and the server address."))
    shown = ", ".join(others[:8]) + (" …" if len(others) > 8 else "")
    return HelperError(error.kind, error.message, tr("Choose one of the models there: {names}.", names=shown))


def _known(values: Any) -> Known:
    """Raises ValueError or TypeError if they are not what was written."""
    refused, found = values["refused"], values.get("abilities")
    abilities = None
    if isinstance(found, dict):
        taken = {field.name: found[field.name] for field in fields(Abilities) if field.name in found}
        abilities = Abilities(**taken | {"models": _texts(found.get("models"))})
        for name in ("tested", "first_s"):
            if type(getattr(abilities, name)) not in (int, float):
                raise TypeError(name)
    return Known(_texts(refused), abilities)


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise TypeError("no list")
    return tuple(str(value) for value in values)
