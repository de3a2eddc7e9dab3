"""Reads provider files: who answers, and where, as data."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop_helper.core.box_notation import NOTATIONS
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.hosts import shown
from desktop_helper.core.i18n import language, tr
from desktop_helper.core.image_tokens import MIN_TOKENS, REMOTE_MAX_TOKENS
from desktop_helper.core.price import Price
from desktop_helper.services.settings_lines import line_of, line_of_syntax_error


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
            height, or in `pixels` of what was sent (`core.box_notation`); tools ask for an area in the same way. Empty
            if nobody says.
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
    """Read a provider file. Raises `HelperError(CONFIG)`, which names the line if there is one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _broken(path, None, tr("it is not UTF-8 text")) from None
    except OSError as error:
        raise _broken(path, None, error.strerror or type(error).__name__) from None
    try:
        return _spec(path.stem, _Table(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise _broken(path, line_of_syntax_error(str(error), text), tr("it is not valid TOML")) from None
    except (RecursionError, ValueError):  # limits of the parser's own: how deep, and digits of a number
        raise _broken(path, None, tr("it is not valid TOML")) from None
    except _FaultError as fault:
        raise _broken(path, line_of(text, fault.keys), fault.why) from None


def _broken(path: Path, line: int | None, why: str) -> HelperError:
    if line is None:
        what = tr("The provider file {path} cannot be used: {why}.", path=path, why=why)
        return HelperError(ErrorKind.CONFIG, what, tr("Correct it or delete it."))
    what = tr("The provider file {path} cannot be used, line {line}: {why}.", path=path, line=line, why=why)
    return HelperError(ErrorKind.CONFIG, what, tr("Correct that line, or delete the file."))


def one_spelling(url: str) -> str:
    """An address as it is compared: no slash at the end, no endpoint, `/v1` if it has no path. May raise ValueError."""
    url = url.strip().rstrip("/").removesuffix("/chat/completions")
    return url if not url or urlsplit(url).path else f"{url}/v1"


def _spec(name: str, table: _Table) -> ProviderSpec:
    return ProviderSpec(
        name=name,
        title=table.text("title") or name,
        backend=table.take("backend", str, "openai_compatible"),
        base_url=_base_url(table),
        key_url=table.take("key_url", str, ""),
        key_hint=table.text("key_hint"),
        key_env=table.take("key_env", str, ""),
        note=table.text("note"),
        signs=_signs(table.table("recognise")),
        models=tuple(map(_model, table.tables("models"))),
        quirks=table.take("quirks", dict, {}),
    )


def _base_url(table: _Table) -> str:
    url = table.take("base_url", str, "")
    try:
        return one_spelling(url)
    except ValueError:
        raise table.fault("base_url", tr("“{url}” is not the address of a server", url=shown(url))) from None


def _signs(table: _Table) -> Signs:
    owned_by = table.take("owned_by", list, [])
    if not all(isinstance(name, str) for name in owned_by):
        raise table.fault("owned_by", tr("“{key}” is not a list of texts", key="owned_by"))
    return Signs(
        owned_by=tuple(owned_by),
        path=table.take("path", str, ""),
        key=table.take("key", str, ""),
        sight=table.take("sight", str, ""),
    )


def _model(table: _Table) -> ModelSpec:
    model_id = table.take("id", str, "")
    if not model_id:
        raise table.fault("id", tr("a model has no id"))
    max_image_tokens = table.take("max_image_tokens", int, REMOTE_MAX_TOKENS)
    if max_image_tokens < MIN_TOKENS:
        why = tr("“{key}” must be at least {least}: no picture costs less", key="max_image_tokens", least=MIN_TOKENS)
        raise table.fault("max_image_tokens", why)
    return ModelSpec(
        id=model_id,
        title=table.text("title") or model_id,
        context_tokens=table.take("context_tokens", int, None),
        max_output_tokens=table.take("max_output_tokens", int, None),
        max_image_tokens=max_image_tokens,
        max_images=table.count("max_images"),
        max_videos=table.count("max_videos"),
        tools=table.take("tools", bool, None),
        boxes=_boxes(table),
        price=_price(table.table("price")) if table.has("price") else None,
        quirks=table.take("quirks", dict, {}),
    )


def _boxes(table: _Table) -> str:
    name = str(table.take("boxes", str, ""))
    if name and name not in NOTATIONS:
        raise table.fault("boxes", tr("“{key}” must be one of {choices}", key="boxes", choices=", ".join(NOTATIONS)))
    return name


def _price(table: _Table) -> Price:
    price = Price(
        input=table.amount("input"),
        output=table.amount("output"),
        cached=table.amount("cached") if table.has("cached") else None,
        currency=table.take("currency", str, "USD"),
    )
    if not re.fullmatch("[A-Z]{3}", price.currency):
        raise table.fault("currency", tr("a currency has three capital letters"))
    return price


class _FaultError(Exception):
    """What is wrong at `keys`, for people."""

    def __init__(self, keys: tuple[str, ...], why: str) -> None:
        super().__init__(why)
        self.keys, self.why = keys, why


class _Table:
    """A TOML table whose values are checked as they are read. What is wrong raises `_FaultError`.

    `keys` lead to it.
    """

    def __init__(self, values: object, *keys: str) -> None:
        self._keys = keys
        if not isinstance(values, dict):
            raise _FaultError(keys, tr("“{key}” must be {kind}", key=keys[0], kind=_kind_name(dict)))
        self._values: dict[str, Any] = values

    def fault(self, key: str, why: str) -> _FaultError:
        """To be raised."""
        return _FaultError((*self._keys, key), why)

    def has(self, key: str) -> bool:
        """Whether there is something at `key`."""
        return key in self._values

    def table(self, key: str) -> _Table:
        """The table at `key`; an empty one if there is none."""
        return _Table(self.take(key, dict, {}), *self._keys, key)

    def tables(self, key: str) -> list[_Table]:
        """Those at `key`."""
        listed = self.take(key, list, [])
        return [_Table(values, *self._keys, key, str(number)) for number, values in enumerate(listed)]

    def take(self, key: str, kind: type, default: Any) -> Any:
        """The value of `key`, or `default` if it is missing."""
        value = self._values.get(key, default)
        if value is not default and type(value) is not kind:
            raise self.fault(key, tr("“{key}” must be {kind}", key=key, kind=_kind_name(kind)))
        return value

    def count(self, key: str) -> int | None:
        """How many of something; None if that is missing."""
        value: int | None = self.take(key, int, None)
        if value is not None and value < 0:
            raise self.fault(key, tr("“{key}” must not be negative", key=key))
        return value

    def amount(self, key: str) -> float:
        """A sum of money."""
        value = self._values.get(key)
        if value is None:
            raise self.fault(key, tr("“{key}” is missing in a price", key=key))
        if type(value) not in (int, float) or not 0 <= value <= sys.float_info.max:
            raise self.fault(key, tr("“{key}” is not a price", key=key))
        return float(value)

    def text(self, key: str) -> str:
        """A text, either plain or a table of languages."""
        value = self._values.get(key, "")
        if isinstance(value, dict):
            value = value.get(language(), value.get("en", ""))
        if not isinstance(value, str):
            raise self.fault(key, tr("“{key}” must be {kind}", key=key, kind=_kind_name(str)))
        return value


def _kind_name(kind: type) -> str:
    names = {str: tr("a text"), int: tr("a whole number"), bool: tr("true or false"), list: tr("a list")}
    return names.get(kind) or tr("a table")
