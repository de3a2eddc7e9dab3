"""Reads provider files: who answers, and where, as data."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import language, tr
from desktop_helper.core.image_tokens import MIN_TOKENS, REMOTE_MAX_TOKENS
from desktop_helper.core.price import Price

SCALES = {"thousandths": 1000, "percent": 100, "shares": 1}
"""How models name places in a picture: what its width and its height count as."""
USUAL_SCALE = 1000  # of every GLM-V, and understood by others


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model of a provider. `None` means unknown.

    Args:
        id: as the server knows it.
        title: as shown.
        context_tokens: how much it can read.
        max_output_tokens: the longest answer, its thinking included.
        max_image_tokens: larger pictures are made smaller before they are sent.
        max_images, max_videos: in one request; 0 for none.
        tools: it can be offered tools.
        boxes: how it says where something is in a picture: in `thousandths`, `percent` or `shares` of its width and
            height (`SCALES`); tools ask for an area in the same way. Empty if nobody says.
        price: what it costs at the provider's own address.
        quirks: where it differs from the others of its provider.
    """

    id: str
    title: str
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    max_image_tokens: int = REMOTE_MAX_TOKENS
    max_images: int | None = None
    max_videos: int | None = None
    tools: bool | None = None
    boxes: str = ""
    price: Price | None = None
    quirks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signs:
    """By what a server of this kind is recognised, if one is found on this machine.

    Args:
        owned_by: what it writes so into its list of models.
        path, key: what it answers at `path`, which begins at the root of the server, has this key.
        sight: the way in which it tells which of its models see (`services.server_sight`).
    """

    owned_by: tuple[str, ...] = ()
    path: str = ""
    key: str = ""
    sight: str = ""


@dataclass(frozen=True, slots=True)
class ProviderSpec:
    """One provider file.

    Args:
        name: of the file, without its ending.
        title: as shown, in the user's language.
        backend: the plug that reaches it.
        base_url: of the OpenAI-compatible endpoint; empty if the user gives it.
        key_url: web page where a key is made.
        key_hint: one sentence that helps when the key is refused, in the user's language.
        key_env: environment variable that commonly holds the key.
        note: what its users must know, in the user's language.
        signs: by what it is recognised.
        models: the best known ones, the default first.
        quirks: how its dialect differs.
    """

    name: str
    title: str
    backend: str
    base_url: str = ""
    key_url: str = ""
    key_hint: str = ""
    key_env: str = ""
    note: str = ""
    signs: Signs = Signs()
    models: tuple[ModelSpec, ...] = ()
    quirks: Mapping[str, Any] = field(default_factory=dict)

    def model(self, model_id: str) -> ModelSpec | None:
        """What is known of a model; None if the file does not list it."""
        return next((model for model in self.models if model.id == model_id), None)


def read(path: Path) -> ProviderSpec:
    """Read a provider file. Raises `HelperError(CONFIG)`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _spec(path.stem, _Table(table))
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors, and so are ours
        raise HelperError(
            ErrorKind.CONFIG,
            tr("The provider file {path} cannot be used: {why}.", path=path, why=str(error).rstrip(".")),
            tr("Correct it or delete it."),
        ) from error


def one_spelling(url: str) -> str:
    """An address as it is compared: no slash at the end, no endpoint, `/v1` if it has no path. May raise ValueError."""
    url = url.strip().rstrip("/").removesuffix("/chat/completions")
    return url if not url or urlsplit(url).path else f"{url}/v1"


def _spec(name: str, table: _Table) -> ProviderSpec:
    models = tuple(_model(_Table(model)) for model in table.take("models", list, []))
    return ProviderSpec(
        name=name,
        title=table.text("title") or name,
        backend=table.take("backend", str, "openai_compatible"),
        base_url=one_spelling(table.take("base_url", str, "")),
        key_url=table.take("key_url", str, ""),
        key_hint=table.text("key_hint"),
        key_env=table.take("key_env", str, ""),
        note=table.text("note"),
        signs=_signs(_Table(table.take("recognise", dict, {}))),
        models=models,
        quirks=table.take("quirks", dict, {}),
    )


def _signs(table: _Table) -> Signs:
    owned_by = table.take("owned_by", list, [])
    _check(all(isinstance(name, str) for name in owned_by), "“owned_by” is not a list of texts")
    return Signs(
        owned_by=tuple(owned_by),
        path=table.take("path", str, ""),
        key=table.take("key", str, ""),
        sight=table.take("sight", str, ""),
    )


def _model(table: _Table) -> ModelSpec:
    model_id = table.take("id", str, "")
    _check(bool(model_id), "a model has no id")
    max_image_tokens = table.take("max_image_tokens", int, REMOTE_MAX_TOKENS)
    _check(max_image_tokens >= MIN_TOKENS, f"“max_image_tokens” must be at least {MIN_TOKENS}: no picture costs less")
    return ModelSpec(
        id=model_id,
        title=table.text("title") or model_id,
        context_tokens=table.take("context_tokens", int, None),
        max_output_tokens=table.take("max_output_tokens", int, None),
        max_image_tokens=max_image_tokens,
        max_images=table.count("max_images"),
        max_videos=table.count("max_videos"),
        tools=table.take("tools", bool, None),
        boxes=_boxes(table.take("boxes", str, "")),
        price=_price(table.take("price", dict, None)),
        quirks=table.take("quirks", dict, {}),
    )


def _boxes(name: str) -> str:
    _check(not name or name in SCALES, f"“boxes” must be one of {', '.join(SCALES)}")
    return name


def _price(values: dict[str, Any] | None) -> Price | None:
    if values is None:
        return None
    table = _Table(values)
    price = Price(
        input=table.amount("input"),
        output=table.amount("output"),
        cached=table.amount("cached") if "cached" in values else None,
        currency=table.take("currency", str, "USD"),
    )
    _check(bool(re.fullmatch("[A-Z]{3}", price.currency)), "a currency has three capital letters")
    return price


class _Table:
    """A TOML table whose values are checked as they are read."""

    def __init__(self, values: object) -> None:
        _check(isinstance(values, dict), "a table was expected")
        self._values: Any = values

    def take(self, key: str, kind: type, default: Any) -> Any:
        """The value of `key`, or `default` if it is missing. Raises ValueError if it has another type."""
        value = self._values.get(key, default)
        _check(value is default or type(value) is kind, f"“{key}” has the wrong type")
        return value

    def count(self, key: str) -> int | None:
        """How many of something; None if that is missing. Raises ValueError for less than none."""
        value: int | None = self.take(key, int, None)
        _check(value is None or value >= 0, f"“{key}” must not be negative")
        return value

    def amount(self, key: str) -> float:
        """A sum of money. Raises ValueError if there is none."""
        value = self._values.get(key)
        _check(key in self._values, f"“{key}” is missing in a price")
        _check(type(value) in (int, float) and 0 <= value < math.inf, f"“{key}” is not a price")
        return float(value)

    def text(self, key: str) -> str:
        """A text, either plain or a table of languages."""
        value = self._values.get(key, "")
        if isinstance(value, dict):
            value = value.get(language(), value.get("en", ""))
        _check(isinstance(value, str), f"“{key}” is not a text")
        return str(value)


def _check(good: bool, fault: str) -> None:
    if not good:
        raise ValueError(fault)
