"""Finds plugs: one module per backend, attachment kind, capture source, tool or command, each ending in a declaration.

A new plug is a new file; nothing else changes. The frozen build takes its hidden imports from `module_names`.
A module that cannot be imported keeps none of its siblings from working; `broken` and the log tell about it.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

_log = logging.getLogger(__name__)
_broken: dict[str, str] = {}


def module_names(package: str) -> list[str]:
    """Full names of the modules and subpackages of `package`, sorted, names with a leading underscore left out."""
    path = importlib.import_module(package).__path__
    found = (info.name for info in pkgutil.iter_modules(path))
    return sorted(f"{package}.{name}" for name in found if not name.startswith("_"))


def discover(package: str, attribute: str) -> Iterator[Any]:
    """The value of `attribute` (e.g. `BACKEND`) of every module in `package` that declares it."""
    for name in module_names(package):
        module = _imported(name)
        if hasattr(module, attribute):
            yield getattr(module, attribute)


def broken() -> Mapping[str, str]:
    """The modules that `discover` met in this process and could not import, with the reason."""
    return MappingProxyType(_broken)


def load(package: str, name: str, attribute: str) -> Any | None:
    """The declaration of one module, without importing its siblings; None if there is no such plug.

    Raises whatever the module raises: it was asked for, so there is nothing to go on with.
    """
    full = f"{package}.{name}"
    if name.startswith("_") or full not in module_names(package):
        return None
    return getattr(importlib.import_module(full), attribute, None)


def _imported(name: str) -> ModuleType | None:
    try:
        module = importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - a plug is anybody's code
        if name not in _broken:
            _log.error("%s cannot be loaded: %s: %s", name, type(error).__name__, error)
        _broken[name] = f"{type(error).__name__}: {error}"
        return None
    _broken.pop(name, None)
    return module
