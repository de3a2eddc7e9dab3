"""Names in a provider file that nothing reads, most of them misspelt: told like those in the settings."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from desktop_helper.core.native_video import QUIRK, NativeVideo
from desktop_helper.core.price import Price
from desktop_helper.services.provider_file import ModelSpec, ProviderSpec, Signs
from desktop_helper.services.settings_names import ANY, Keys, Known
from desktop_helper.services.settings_names import warnings as told


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


_SIGNS = "recognise"
_TOP = (*(name for name in _names(ProviderSpec) if name not in ("name", "signs")), _SIGNS)


def warnings(path: Path, quirks: Callable[[str], tuple[str, ...] | None]) -> tuple[str, ...]:
    """One sentence for each; none for a file that cannot be read, which is told elsewhere.

    Args:
        path: of the file.
        quirks: the names that a backend knows; None if there is no such backend, or it does not say.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = tomllib.loads(text)
    except (OSError, ValueError, RecursionError):
        return ()
    known = quirks(str(root.get("backend", "openai_compatible")))
    models = root.get("models")
    places: dict[str, str] = {}  # of models, by their ids
    if isinstance(models, list):
        listed = [(str(model.get("id")), model) for model in models if isinstance(model, dict)]
        root["models"] = dict(listed)
        places = {name: str(number) for number, (name, _model) in enumerate(listed)}

    def written(keys: Keys) -> Keys:
        of_model = keys[:1] == ("models",) and len(keys) > 1
        return (keys[0], places.get(keys[1], ""), *keys[2:]) if of_model else keys

    return told(path, text, root, _known(known), written)


def _known(quirks: tuple[str, ...] | None) -> Known:
    known: dict[tuple[str, ...], tuple[str, ...]] = {
        (): _TOP,
        (_SIGNS,): _names(Signs),
        ("models", ANY): _names(ModelSpec),
        ("models", ANY, "price"): _names(Price),
    }
    if quirks is not None:
        for place in (("quirks",), ("models", ANY, "quirks")):
            known |= {place: quirks, (*place, QUIRK): _names(NativeVideo)}
    return known
