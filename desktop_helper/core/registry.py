"""Finds plugs: one module per backend, attachment kind, capture source, tool or command, each ending in a declaration.

A new plug is a new file; nothing else changes. The frozen build takes its hidden imports from `module_names`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any


def module_names(package: str) -> list[str]:
    """Full names of the modules and subpackages of `package`, sorted, names with a leading underscore left out."""
    path = importlib.import_module(package).__path__
    found = (info.name for info in pkgutil.iter_modules(path))
    return sorted(f"{package}.{name}" for name in found if not name.startswith("_"))


def discover(package: str, attribute: str) -> Iterator[Any]:
    """The value of `attribute` (e.g. `BACKEND`) of every module in `package` that declares it."""
    for name in module_names(package):
        module = importlib.import_module(name)
        if hasattr(module, attribute):
            yield getattr(module, attribute)


def load(package: str, name: str, attribute: str) -> Any | None:
    """The declaration of one module, without importing its siblings; None if there is no such plug."""
    full = f"{package}.{name}"
    if name.startswith("_") or full not in module_names(package):
        return None
    return getattr(importlib.import_module(full), attribute, None)
